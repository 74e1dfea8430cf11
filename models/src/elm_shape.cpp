#include <spinule/models/elm_weights.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/random.hpp>

namespace spinule {
namespace {

constexpr std::uint64_t most_numbers = 1 << 26;  ///< of one layer, or of synapses: 256 MiB

/// Interleaved halves: 0, n / 2, 1, n / 2 + 1, ...
index_t interleaved(index_t position, index_t inputs) { return position % 2 * (inputs / 2) + position / 2; }

std::vector<index_t> routed(const elm_shape& shape, index_t branches) {
  const std::size_t synapses = std::size_t{branches} * shape.synapses_per_branch;
  std::vector<index_t> input(synapses);
  random_stream random{shape.seed, purpose::wiring, 0};
  const index_t stride = (shape.inputs + branches - 1) / branches;
  for (std::size_t j = 0; j < synapses; ++j) {
    if (shape.routing == elm_routing::none) input[j] = static_cast<index_t>(j);
    if (shape.routing == elm_routing::random)
      input[j] = static_cast<index_t>(random.below(std::uint64_t{shape.inputs}));
    if (shape.routing != elm_routing::neuronio) continue;
    const std::size_t position = j / shape.synapses_per_branch * stride + j % shape.synapses_per_branch;
    input[j] =
        position < shape.inputs ? interleaved(static_cast<index_t>(position), shape.inputs) : elm_weights::unconnected;
  }
  return input;
}

elm_layer drawn(index_t outputs, index_t inputs, random_stream& random) {
  elm_layer layer{.outputs = outputs, .inputs = inputs, .weights = {}, .bias = {}};
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  const auto next = [&] { return static_cast<float>(bound * (2 * random.uniform() - 1)); };
  for (std::size_t i = 0; i < std::size_t{outputs} * inputs; ++i) layer.weights.push_back(next());
  for (index_t i = 0; i < outputs; ++i) layer.bias.push_back(next());
  return layer;
}

void check_shape(const elm_shape& s, index_t branches, index_t hidden) {
  const auto fail = [](const std::string& what) { throw spinule_error{"elm_shape", what}; };
  if (s.inputs == 0 || s.outputs == 0 || s.memory == 0 || s.synapses_per_branch == 0 || s.hidden_layers == 0)
    fail("inputs, outputs, memory, synapses_per_branch and hidden_layers must be 1 or more");
  const std::uint64_t synapses = std::uint64_t{branches} * s.synapses_per_branch;
  if (s.routing == elm_routing::none && synapses != s.inputs)
    fail(fmt::format("{} synapses for {} inputs; without routing there is one for each", synapses, s.inputs));
  if (s.routing == elm_routing::neuronio && (s.inputs + branches - 1) / branches > s.synapses_per_branch)
    fail(fmt::format("{} synapses a branch leave inputs out; {} branches of {} inputs need {} or more",
                     s.synapses_per_branch, branches, s.inputs, (s.inputs + branches - 1) / branches));
  const std::uint64_t widest =
      std::max({std::uint64_t{branches} + s.memory, std::uint64_t{hidden}, std::uint64_t{s.outputs}});
  if (synapses > most_numbers || widest * std::max(hidden, s.memory) > most_numbers || s.hidden_layers > 64)
    fail("an ELM neuron of that size has more than 2^26 numbers in a layer, or more than 64 layers");
  if (!(s.tau_memory_min.value() > 0 && s.tau_memory_max >= s.tau_memory_min && s.tau_memory_max.value() < 1e30))
    fail("tau_memory_min must be above 0 ms and at most tau_memory_max");
}

}  // namespace

elm_weights elm_shape::build() const {
  const index_t all_branches = branches == 0 ? inputs : branches, width = hidden == 0 ? 2 * memory : hidden;
  check_shape(*this, all_branches, width);
  elm_weights w;
  w.version = version;
  w.activation = activation;
  w.inputs = inputs;
  w.branches = all_branches;
  w.bin = bin;
  w.lambda = lambda;
  w.input = routed(*this, all_branches);
  w.weight.assign(w.synapses(), static_cast<float>(synapse_weight));
  w.tau_input.assign(version == elm_version::v1 ? w.synapses() : w.branches, tau_input.value());
  const double from = portable_log(tau_memory_min.value()), to = portable_log(tau_memory_max.value());
  for (index_t k = 0; k < memory; ++k)
    w.tau_memory.push_back(portable_exp(memory == 1 ? from : from + (to - from) * k / (memory - 1)));
  random_stream random{seed, purpose::weight, 0};
  for (index_t l = 0, from_size = all_branches + memory; l <= hidden_layers; ++l) {
    w.layers.push_back(drawn(l == hidden_layers ? memory : width, from_size, random));
    from_size = width;
  }
  w.readout = drawn(outputs, memory, random);
  w.check("elm_shape");
  return w;
}

}  // namespace spinule

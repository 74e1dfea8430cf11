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

template <class T>
void check_numbers(const std::vector<T>& x, std::size_t size, double least, const std::string& where,
                   const char* name) {
  if (x.size() != size)
    throw spinule_error{where, fmt::format("{} has {} numbers; there must be {}", name, x.size(), size)};
  for (std::size_t i = 0; i < size; ++i)
    if (!(std::isfinite(x[i]) && static_cast<double>(x[i]) >= least))
      throw spinule_error{
          where, fmt::format("{}[{}] = {}; it must be finite{}", name, i, x[i], least < 0 ? "" : " and at least 0")};
}

constexpr double any = -1e308;

void check_layer(const elm_layer& layer, std::size_t inputs, const std::string& where) {
  if (layer.outputs == 0 || layer.inputs != inputs)
    throw spinule_error{where, fmt::format("it has {} inputs and {} outputs; {} inputs and some outputs fit the others",
                                           layer.inputs, layer.outputs, inputs)};
  check_numbers(layer.weights, std::size_t{layer.outputs} * layer.inputs, any, where, "weights");
  check_numbers(layer.bias, layer.outputs, any, where, "bias");
}

void check_synapses(const elm_weights& w, const std::string& where) {
  if (w.inputs == 0 || w.branches == 0 || w.synapses() == 0 || w.synapses() % w.branches != 0)
    throw spinule_error{where,
                        fmt::format("{} synapses of {} inputs on {} branches; each branch has as many, one or more",
                                    w.synapses(), w.inputs, w.branches)};
  for (std::size_t j = 0; j < w.synapses(); ++j)
    if (w.input[j] >= w.inputs && w.input[j] != elm_weights::unconnected)
      throw spinule_error{where, fmt::format("synapse {} reads input {}; there are {}", j, w.input[j], w.inputs)};
  check_numbers(w.weight, w.synapses(), 0, where, "weight");
  check_numbers(w.tau_input, w.version == elm_version::v1 ? w.synapses() : w.branches, 0, where, "tau_input");
}

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

std::size_t elm_weights::parameter_count(bool trained_tau_memory) const {
  std::size_t count = synapses() + (trained_tau_memory ? tau_memory.size() : 0);
  for (const elm_layer& l : layers) count += l.weights.size() + l.bias.size();
  return count + readout.weights.size() + readout.bias.size();
}

void elm_weights::check(const std::string& where) const {
  check_synapses(*this, where);
  if (tau_memory.empty())
    throw spinule_error{where, "tau_memory is empty; there is one time constant for each memory unit"};
  check_numbers(tau_memory, tau_memory.size(), 0, where, "tau_memory");
  if (!(bin.value() > 0 && bin.value() < 1e30))
    throw spinule_error{where, fmt::format("bin = {} ms; it must be above 0", bin.value())};
  if (!(lambda > 0 && lambda < 1e30))
    throw spinule_error{where, fmt::format("lambda = {}; it must be above 0", lambda)};
  if (layers.size() < 2) throw spinule_error{where, "the MLP needs a hidden layer and one that ends at the memory"};
  std::size_t inputs_of_next = std::size_t{branches} + memory();
  for (std::size_t l = 0; l < layers.size(); ++l) {
    check_layer(layers[l], inputs_of_next, fmt::format("{} layer {}", where, l));
    inputs_of_next = layers[l].outputs;
  }
  if (inputs_of_next != memory())
    throw spinule_error{
        where, fmt::format("the last layer has {} outputs; there are {} memory units", inputs_of_next, memory())};
  check_layer(readout, memory(), where + " readout");
}

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

#include <spinule/engine/elm_weights.hpp>

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

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

}  // namespace spinule

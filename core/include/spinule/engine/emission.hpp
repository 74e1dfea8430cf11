// What a population sends in one tick: spikes, or values.
#pragma once

#include <algorithm>
#include <concepts>
#include <span>
#include <vector>

#include <spinule/time.hpp>

namespace spinule {

/// The neurons that send something in one tick, ascending; those of a source of spikes may repeat. The neurons of a
/// graded population each have a value, which is not 0; spikes have none.
struct emission {
  std::span<const index_t> neurons;
  std::span<const float> values = {};
};

/// The value of a neuron, 0 where it sent nothing.
inline float value_of(const emission& sent, index_t neuron) {
  const auto at = std::lower_bound(sent.neurons.begin(), sent.neurons.end(), neuron);
  if (at == sent.neurons.end() || *at != neuron) return 0;
  return sent.values[static_cast<std::size_t>(at - sent.neurons.begin())];
}

/// One that is being collected. Values are kept in single precision, whatever the neurons compute in.
struct emission_buffer {
  std::vector<index_t> neurons;
  std::vector<float> values;

  operator emission() const { return {neurons, values}; }  // NOLINT: implicit by design
  std::size_t size() const { return neurons.size(); }
  bool empty() const { return neurons.empty(); }
  void clear() {
    neurons.clear();
    values.clear();
  }
  /// What the step of a neuron returned: whether it fires, or its value.
  void add(index_t neuron, bool fires) {
    if (fires) neurons.push_back(neuron);
  }
  template <std::floating_point Real>
  void add(index_t neuron, Real value) {
    const auto sent = static_cast<float>(value);
    if (sent == 0) return;
    neurons.push_back(neuron);
    values.push_back(sent);
  }
  void append(const emission_buffer& more) {
    neurons.insert(neurons.end(), more.neurons.begin(), more.neurons.end());
    values.insert(values.end(), more.values.begin(), more.values.end());
  }
  void swap(emission_buffer& other) {
    neurons.swap(other.neurons);
    values.swap(other.values);
  }
};

}  // namespace spinule

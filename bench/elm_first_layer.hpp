// The first layer of an ELM neuron, from input to W1 b, event-driven and dense.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <spinule/engine/elm_decay.hpp>
#include <spinule/engine/instruction_sets.hpp>
#include <spinule/error.hpp>
#include <spinule/random.hpp>

#include "elm_parts.hpp"
#include "measure.hpp"

namespace spinule::bench {

/// Nanoseconds a neuron and bin.
struct first_layer_times {
  double event_driven = 0, branch_traces = 0, synapse_traces = 0;
};

/// Dense weights, as compact as they can be: synapses without an input are left out.
struct dense_first_layer {
  std::vector<index_t> input;
  std::vector<float> weight;
  std::vector<std::size_t> first;  ///< [branches + 1] synapses of each branch
  aligned_vector<float> column;    ///< [branches][hidden], W1 turned
  std::size_t hidden = 0;
  float kappa = 0;

  explicit dense_first_layer(const elm_weights& w) : first{0}, hidden{w.layers[0].outputs} {
    const std::size_t each = w.synapses() / w.branches;
    for (std::size_t i = 0; i < w.branches; ++i) {
      for (std::size_t j = i * each; j < (i + 1) * each; ++j) {
        if (w.input[j] == elm_weights::unconnected) continue;
        input.push_back(w.input[j]);
        weight.push_back(w.weight[j]);
      }
      first.push_back(input.size());
      for (std::size_t h = 0; h < hidden; ++h) column.push_back(w.layers[0].weights[h * w.layers[0].inputs + i]);
    }
    kappa = static_cast<float>(decay_of(w.tau_input[0], w.bin));
  }
  std::size_t branches() const { return first.size() - 1; }
};

[[gnu::always_inline]] inline void add_columns(const dense_first_layer& l, const float* b, float* z) {
  for (std::size_t h = 0; h < l.hidden; ++h) z[h] = 0;
  for (std::size_t i = 0; i < l.branches(); ++i)
    for (std::size_t h = 0; h < l.hidden; ++h) z[h] += b[i] * l.column[i * l.hidden + h];
}

/// A trace for each branch: b decays, and what each branch reads of x is added.
SPINULE_CLONES inline void step_branches(const dense_first_layer& l, const float* x, float* b, float* z) {
  for (std::size_t i = 0; i < l.branches(); ++i) {
    float sums[8] = {};
    std::size_t j = l.first[i];
    for (; j + 8 <= l.first[i + 1]; j += 8)
      for (std::size_t k = 0; k < 8; ++k) sums[k] += l.weight[j + k] * x[l.input[j + k]];
    for (; j < l.first[i + 1]; ++j) sums[0] += l.weight[j] * x[l.input[j]];
    b[i] = b[i] * l.kappa + (((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7])));
  }
  add_columns(l, b, z);
}

/// A trace for each synapse, as the paper has it.
SPINULE_CLONES inline void step_synapses(const dense_first_layer& l, const float* x, float* s, float* b, float* z) {
  for (std::size_t j = 0; j < l.input.size(); ++j) s[j] = s[j] * l.kappa + l.weight[j] * x[l.input[j]];
  for (std::size_t i = 0; i < l.branches(); ++i) {
    float sums[8] = {};
    std::size_t j = l.first[i];
    for (; j + 8 <= l.first[i + 1]; j += 8)
      for (std::size_t k = 0; k < 8; ++k) sums[k] += s[j + k];
    for (; j < l.first[i + 1]; ++j) sums[0] += s[j];
    b[i] = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  }
  add_columns(l, b, z);
}

/// Input of some bins: as events, and as a dense vector each.
struct bins_of_input {
  std::vector<std::vector<index_t>> channels;
  std::vector<std::vector<float>> amounts;  ///< of the events on these channels
  std::vector<std::vector<float>> dense;

  bins_of_input(std::size_t bins, std::size_t count, double excitation, double inhibition) {
    random_stream random{1, purpose::user, 0};
    for (std::size_t t = 0; t < bins; ++t) {
      channels.emplace_back();
      amounts.emplace_back();
      dense.emplace_back(count, 0.0f);
      for (std::size_t c = 0; c < count; ++c) {
        const bool excites = c < count / 2;
        if (random.uniform() >= (excites ? excitation : inhibition)) continue;
        dense.back()[c] = excites ? 1.0f : -1.0f;
        channels.back().push_back(static_cast<index_t>(c));
        amounts.back().push_back(dense.back()[c]);
      }
    }
  }
};

/// The least of five runs of 2000 bins of one neuron: everything is in the cache for all of them.
inline first_layer_times time_first_layers(const elm_weights& w, double excitation, double inhibition) {
  const bins_of_input input{2000, w.inputs, excitation, inhibition};
  const dense_first_layer dense{w};
  const auto parts = prepared<float>(w, false);
  aligned_vector<float> z(dense.hidden), trace(parts.traces), b(dense.branches()), s(dense.input.size());
  const auto from_events = [&](std::size_t t) {
    decay(parts, elm_run<float>{.count = 1, .trace = trace.data()});
    arrive(parts, {input.channels[t], input.amounts[t]}, trace.data());
  };
  const auto from_branches = [&](std::size_t t) { step_branches(dense, input.dense[t].data(), b.data(), z.data()); };
  const auto from_synapses = [&](std::size_t t) {
    step_synapses(dense, input.dense[t].data(), s.data(), b.data(), z.data());
  };
  for (std::size_t t = 0; t < 200; ++t) from_events(t), from_branches(t);
  for (std::size_t h = 0; h < z.size(); ++h)
    if (std::abs(z[h] - trace[h]) > 1e-4f) throw spinule_error{"first layer", "the dense one gives other numbers"};
  const auto best_of = [&](auto step) {
    seconds best;
    for (int repeat = 0; repeat < 5; ++repeat)
      keep_least(best, time_once([&] {
                   for (std::size_t t = 0; t < input.dense.size(); ++t) step(t);
                 }));
    return 1e9 * best.cpu / static_cast<double>(input.dense.size());
  };
  first_layer_times times;
  times.event_driven = best_of(from_events);
  times.branch_traces = best_of(from_branches);
  times.synapse_traces = best_of(from_synapses);
  return times;
}

}  // namespace spinule::bench

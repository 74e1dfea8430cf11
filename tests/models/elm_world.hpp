// ELM neurons, their input, and what the dense form makes of it.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/elm.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

namespace spinule {

template <class Use>
void on_all_back_ends(const network& net, Use use) {
  use("reference", simulation{net, reference{1_ms}});
  use("cpu", simulation{net, cpu{.tick = 1_ms, .threads = 1}});
  use("cpu, two threads, double", simulation{net, cpu{.tick = 1_ms, .threads = 2, .precision = precision::full}});
  use("digital", simulation{net, digital{.tick = 1_ms, .hardware = load_hardware("odin")}});
  use("crossbar", simulation{net, crossbar{.tick = 1_ms, .hardware = load_hardware("ideal")}});
}

inline elm_shape small_shape(elm_version version, std::uint64_t seed = 1) {
  return {.inputs = 40,
          .outputs = 2,
          .memory = 6,
          .branches = 5,
          .synapses_per_branch = 12,
          .routing = elm_routing::neuronio,
          .version = version,
          .tau_memory_max = 150_ms,
          .seed = seed};
}

/// With time constants that differ from trace to trace.
inline elm_weights of_many_tau(elm_weights w) {
  for (std::size_t k = 0; k < w.tau_input.size(); ++k) w.tau_input[k] = 2 + static_cast<double>(k * 7 % 13);
  return w;
}

struct input_event {
  int bin;
  index_t channel;
};
/// Even channels excite, odd ones inhibit.
inline double sign_of(index_t channel) { return channel % 2 == 0 ? 1 : -1; }

/// One in twenty channels in each bin.
inline std::vector<input_event> events_on(index_t channels, int bins, std::uint64_t seed = 5) {
  std::vector<input_event> events;
  random_stream random{seed, purpose::user, 1};
  for (int t = 0; t < bins; ++t)
    for (index_t c = 0; c < channels; ++c)
      if (random.uniform() < 0.05) events.push_back({t, c});
  return events;
}

/// y[0], y[1], ... after each bin in the dense form in double, for events that come `delay` bins later.
inline std::vector<std::vector<double>> dense_trace(const elm_weights& w, const std::vector<input_event>& events,
                                                    int bins, int delay = 0) {
  dense_elm<double> neuron{w};
  std::vector<std::vector<double>> trace;
  for (int t = 0; t < bins; ++t) {
    std::vector<double> x(w.inputs, 0);
    for (const auto& e : events)
      if (e.bin + delay == t) x[e.channel] += sign_of(e.channel);
    const auto y = neuron.step(x);
    trace.emplace_back(y.begin(), y.end());
  }
  return trace;
}

inline spike_list spikes_of(const std::vector<input_event>& events) {
  spike_list list;
  for (const auto& e : events) list.spikes.push_back({milliseconds{static_cast<double>(e.bin)}, e.channel});
  return list;
}

/// Channel c to lane c of every neuron, with the weight of its sign.
inline std::vector<listed<number>> channel_by_channel(index_t channels, index_t neurons, milliseconds delay) {
  std::vector<listed<number>> list;
  for (index_t n = 0; n < neurons; ++n)
    for (index_t c = 0; c < channels; ++c) list.push_back({c, n * channels + c, number{sign_of(c)}, delay});
  return list;
}

template <class Cells>
double output_of(const simulation& sim, const Cells& cells, index_t neuron, std::size_t o) {
  return sim.read(cells, "y[" + std::to_string(o) + "]", neuron);
}

/// Follows a run bin by bin. `golden(neuron)`: the trace it must have.
template <class Cells, class Golden>
void expect_traces(simulation& sim, const Cells& cells, index_t neurons, int bins, Golden golden, double tolerance,
                   const char* name) {
  for (int t = 0; t < bins; ++t) {
    sim.run(1_ms);
    for (index_t n = 0; n < neurons; ++n)
      for (std::size_t o = 0; o < 2; ++o)
        ASSERT_NEAR(output_of(sim, cells, n, o), golden(n)[static_cast<std::size_t>(t)][o], tolerance)
            << name << ", neuron " << n << ", bin " << t;
  }
}

}  // namespace spinule

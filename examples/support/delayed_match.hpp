// Delayed match to sample: was the second stimulus the first one again? Two stimuli, a gap of 20 membrane time
// constants with background activity between them, and a linear readout on spike counts during the second one. Each
// stimulus alone says nothing about the answer, so the units have to remember the first and combine it with the second.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <spinule/backends/cpu.hpp>
#include <spinule/learning/cross_validation.hpp>
#include <spinule/models/astrocyte_modulated_lif.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::delayed_match {

constexpr milliseconds stimulus = 200_ms, gap = 400_ms, membrane = 20_ms;
constexpr index_t channels = 40;  ///< the first half is active in stimulus 0, the second half in stimulus 1
constexpr index_t inputs = 10;    ///< channels that a unit hears, drawn at random
constexpr double active_hz = 40, background_hz = 5;

/// Was it a match?
struct trial {
  recording input;
  milliseconds second{0};  ///< when the second stimulus begins
  std::uint32_t match = 0;
};

/// Poisson spikes, at most one of a channel in a millisecond.
inline trial draw_trial(std::uint64_t seed, std::uint64_t which, milliseconds between) {
  random_stream random{seed, purpose::user, which};
  const bool first = random.uniform() < 0.5, second = random.uniform() < 0.5;
  trial t{{{}, 2 * stimulus + between}, stimulus + between, first == second};
  const double ends = stimulus.value(), again = t.second.value();
  for (int ms = 0; ms < again + ends; ++ms)
    for (index_t c = 0; c < channels; ++c) {
      const bool upper = c >= channels / 2, shown = ms < ends ? upper == first : ms >= again && upper == second;
      if (random.uniform() < (shown ? active_hz : background_hz) / 1000) t.input.events.push_back({1000 * ms, c});
    }
  return t;
}
inline std::vector<trial> draw_trials(std::uint64_t seed, std::uint64_t first, std::size_t count,
                                      milliseconds between = gap) {
  std::vector<trial> all;
  for (std::uint64_t n = first; all.size() < count; ++n) all.push_back(draw_trial(seed, n, between));
  return all;
}

/// A number between the two, its logarithm uniform: the spread of time constants.
inline milliseconds spread(milliseconds low, milliseconds high, std::uint64_t seed, index_t unit) {
  random_stream random{seed, purpose::user, (std::uint64_t{1} << 40) + unit};
  return low * portable_exp(random.uniform() * portable_log(high.in(low)));
}

/// Leaky units with a threshold of 1 mV, without a refractory time.
template <class Unit = soft_reset_lif>
std::vector<Unit> leaky(index_t count, milliseconds low, milliseconds high, std::uint64_t seed) {
  std::vector<Unit> units;
  for (index_t i = 0; i < count; ++i)
    units.push_back({.tau = spread(low, high, seed, i), .threshold = 1_mV, .refractory = 0_ms});
  return units;
}

/// What the astrocytes do: each of 0 is off.
struct actions {
  double leak = 0.9, gain = 1;
  millivolts current{1};
};
/// Units of tau 20 ms with an astrocyte each, on the unit's own inputs.
inline std::vector<astrocyte_modulated_lif> modulated(index_t count, std::uint64_t seed, const actions& on = {}) {
  const astrocyte_modulated_lif unit{.tau = membrane,
                                     .threshold = 1_mV,
                                     .half = 8_Hz,
                                     .width = 2.5_Hz,
                                     .leak_gating = on.leak,
                                     .gain_gating = on.gain,
                                     .slow_inward = on.current,
                                     .onset = 8_Hz};
  std::vector<astrocyte_modulated_lif> units(count, unit);
  for (index_t i = 0; i < count; ++i) units[i].tau_astrocyte = spread(100_ms, 2_s, seed, i);
  return units;
}

/// Each unit hears `inputs` channels with weights from a normal law of mean `weight` / 2 and deviation `weight`; so
/// does its astrocyte, if it has one, which counts their spikes.
template <class Unit>
network wire(const std::vector<Unit>& units, millivolts weight, std::uint64_t seed) {
  network net{seed};
  const auto input = net.add("input", replay{}, channels);
  const auto cells = net.add("units", units);
  std::vector<listed<millivolts>> synapses;
  for (index_t i = 0; i < units.size(); ++i) {
    random_stream random{seed, purpose::user, (std::uint64_t{2} << 40) + i};
    std::vector<index_t> heard;
    fixed_indegree{.k = inputs}.row(i, {.sources = channels, .targets = 1}, random, heard);
    for (const index_t c : heard) synapses.push_back({c, i, (0.5 + random.normal()) * weight});
  }
  net.connect(input, cells[Unit::jump], synapses);
  if constexpr (requires { Unit::presynaptic; }) {
    std::vector<listed<number>> counted;
    for (const auto& s : synapses) counted.push_back({s.source, s.target, number{1.0 / inputs}});
    net.connect(input, cells[Unit::presynaptic], std::move(counted));
  }
  return net;
}

/// Spike counts during the second stimulus, trial by trial, and the answers.
struct responses {
  std::vector<float> counts;
  std::vector<std::uint32_t> match;
  std::size_t units = 0;
  learning::feature_table table() const { return {counts, units}; }
};
inline responses respond(const network& net, const std::vector<trial>& trials) {
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  const auto input = sim.population_at(0), cells = sim.population_at(1);
  responses r{{}, {}, sim.counts(cells).size()};
  for (const trial& t : trials) {
    sim.reset();
    sim.play(input, t.input);
    sim.run(t.second);
    sim.clear_counts();
    sim.run(stimulus);
    for (const auto n : sim.counts(cells)) r.counts.push_back(static_cast<float>(n));
    r.match.push_back(t.match);
  }
  return r;
}

inline const learning::readout_options readout{.penalty = 1e-2};

/// Share of right answers to trials that the readout has not seen.
inline double accuracy(const responses& seen, const responses& fresh) {
  const auto trained = learning::linear_readout::train(seen.table(), seen.match, 2, readout);
  double right = 0;
  for (std::size_t i = 0; i < fresh.match.size(); ++i)
    right += trained.classify(fresh.table().row(i)) == fresh.match[i];
  return right / static_cast<double>(fresh.match.size());
}

/// The same, of the weight out of several with which five-fold cross-validation on the trials for training does best:
/// every kind of unit gets the one that suits it.
template <class Unit>
double best_accuracy(const std::vector<Unit>& units, std::uint64_t seed, const std::vector<trial>& training,
                     const std::vector<trial>& test) {
  double best = -1;
  millivolts chosen{};
  responses seen;
  for (const millivolts weight : {0.1_mV, 0.3_mV, 0.6_mV}) {
    auto r = respond(wire(units, weight, seed), training);
    const double score = learning::cross_validate(r.table(), r.match, 2, 5, seed, readout).accuracy();
    if (score > best) best = score, chosen = weight, seen = std::move(r);
  }
  return accuracy(seen, respond(wire(units, chosen, seed), test));
}

}  // namespace spinule::delayed_match

// Delayed match to sample: was the second stimulus the first one again? Two stimuli in ongoing activity, between them
// a gap of 20 membrane time constants, and a linear readout on spike counts during the second one. Each stimulus alone
// says nothing about the answer, so the units have to remember the first and combine it with the second. The total rate
// never changes, and the activity goes on for long before the first stimulus, so that no membrane still rises to it.
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

constexpr milliseconds before = 4_s, stimulus = 200_ms, gap = 400_ms, membrane = 20_ms, tick = 2_ms;
constexpr index_t channels = 40;  ///< the first half is active in stimulus 0, the second half in stimulus 1
constexpr index_t inputs = 10;    ///< channels that a unit hears, drawn at random
constexpr double active_hz = 40, other_hz = 5;  ///< in a stimulus
constexpr double ongoing_hz = 22.5;             ///< of each channel outside of stimuli: the same in all

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
  const milliseconds again = before + stimulus + between;
  trial t{{{}, again + stimulus}, again, first == second};
  for (int ms = 0; ms < (again + stimulus).value(); ++ms) {
    const bool later = ms >= again.value(), shown = later || (ms >= before.value() && ms < (before + stimulus).value());
    for (index_t c = 0; c < channels; ++c) {
      const bool active = (c >= channels / 2) == (later ? second : first);
      const double hz = !shown ? ongoing_hz : active ? active_hz : other_hz;
      if (random.uniform() < hz / 1000) t.input.events.push_back({1000 * ms, c});
    }
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

/// What the astrocytes do: each of 0 is off. A gain of 1 multiplies what arrives by the gate, from 0 to 1.
struct actions {
  double leak = 0, gain = 1;
  millivolts current{0};
};
/// Units of tau 20 ms with an astrocyte each, on the unit's own inputs, whose gate is half open at the ongoing rate.
inline std::vector<astrocyte_modulated_lif> modulated(index_t count, std::uint64_t seed, const actions& on = {}) {
  const astrocyte_modulated_lif unit{.tau = membrane,
                                     .threshold = 1_mV,
                                     .half = ongoing_hz * 1_Hz,
                                     .width = 2_Hz,
                                     .leak_gating = on.leak,
                                     .gain_gating = on.gain,
                                     .neutral = 1,
                                     .slow_inward = on.current,
                                     .onset = ongoing_hz * 1_Hz};
  std::vector<astrocyte_modulated_lif> units(count, unit);
  for (index_t i = 0; i < count; ++i) units[i].tau_astrocyte = spread(100_ms, 2_s, seed, i);
  return units;
}

/// How strong the synapses of a unit are: `absolute` ones alike for all, `by_drive` in inverse proportion to the unit's
/// time constant, so that ongoing activity brings each to the same multiple of its threshold.
struct strength {
  double mv = 0;
  bool by_drive = false;
  millivolts of(milliseconds tau) const {
    return mv * 1_mV / (by_drive ? inputs * ongoing_hz / 1000 * tau.value() : 1);
  }
};

constexpr index_t together = 25;  ///< trials that are run at a time, each with units and channels of its own

/// Each unit hears `inputs` channels with weights from a normal law, its deviation half of its mean; so does its
/// astrocyte, if it has one, which counts their spikes. `together` copies of the units and channels.
template <class Unit>
network wire(const std::vector<Unit>& units, strength mean, std::uint64_t seed) {
  network net{seed};
  const auto n = static_cast<index_t>(units.size());
  std::vector<Unit> all;
  std::vector<listed<millivolts>> synapses;
  std::vector<listed<number>> counted;
  for (index_t copy = 0; copy < together; ++copy)
    for (index_t i = 0; i < n; ++i) {
      random_stream random{seed, purpose::user, (std::uint64_t{2} << 40) + i};
      std::vector<index_t> heard;
      fixed_indegree{.k = inputs}.row(i, {.sources = channels, .targets = 1}, random, heard);
      all.push_back(units[i]);
      for (const index_t c : heard) {
        const index_t from = copy * channels + c, to = copy * n + i;
        synapses.push_back({from, to, (1 + 0.5 * random.normal()) * mean.of(units[i].tau)});
        counted.push_back({from, to, number{1.0 / inputs}});
      }
    }
  const auto input = net.add("input", replay{}, together * channels);
  const auto cells = net.add("units", std::move(all));
  net.connect(input, cells[Unit::jump], std::move(synapses));
  if constexpr (requires { Unit::presynaptic; }) net.connect(input, cells[Unit::presynaptic], std::move(counted));
  return net;
}

/// Spike counts during the second stimulus, trial by trial, and the answers.
struct responses {
  std::vector<float> counts;
  std::vector<std::uint32_t> match;
  std::size_t units = 0;
  learning::feature_table table() const { return {counts, units}; }
};
/// As many trials as there are to a multiple of `together`, all of one length.
inline responses respond(const network& net, const std::vector<trial>& trials) {
  simulation sim{net, cpu{.tick = tick, .threads = 1}};
  const auto input = sim.population_at(0), cells = sim.population_at(1);
  responses r{{}, {}, sim.counts(cells).size() / together};
  for (std::size_t first = 0; first + together <= trials.size(); first += together) {
    recording all{{}, trials[first].input.length};
    for (index_t copy = 0; copy < together; ++copy) {
      const trial& t = trials[first + copy];
      for (const event& e : t.input.events) all.events.push_back({e.time_us, copy * channels + e.channel});
      r.match.push_back(t.match);
    }
    std::stable_sort(all.events.begin(), all.events.end(),
                     [](const event& a, const event& b) { return a.time_us < b.time_us; });
    sim.reset();
    sim.play(input, all);
    sim.run(trials[first].second);
    sim.clear_counts();
    sim.run(stimulus);
    for (const auto n : sim.counts(cells)) r.counts.push_back(static_cast<float>(n));
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

/// The accuracy on fresh trials, and the strength that gave it.
struct result {
  double accuracy = 0;
  strength chosen;
};

/// Of the strength out of several with which five-fold cross-validation on the trials for training does best: every
/// kind of unit gets the one that suits it.
template <class Unit>
result best(const std::vector<Unit>& units, std::uint64_t seed, const std::vector<trial>& training,
            const std::vector<trial>& test, const std::vector<strength>& strengths) {
  double highest = -1;
  strength chosen;
  responses seen;
  for (const strength s : strengths) {
    auto r = respond(wire(units, s, seed), training);
    const double score = learning::cross_validate(r.table(), r.match, 2, 5, seed, readout).accuracy();
    if (score > highest) highest = score, chosen = s, seen = std::move(r);
  }
  return {accuracy(seen, respond(wire(units, chosen, seed), test)), chosen};
}

}  // namespace spinule::delayed_match

// EventProp of a trainer against exact gradients in continuous time.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/learning/event_prop.hpp>
#include <spinule/learning/trainer.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/sources.hpp>

#include "learning/compared.hpp"

namespace spinule::learning::trainer_event_prop_test {

// EventProp on ticks that shrink.

constexpr index_t inputs = 6, neurons = 5, readouts = 2;
constexpr double tau_m = 20, tau_s = 5, duration = 60, signal_delay = 1;

/// The same network for both: times in ms, and in whole ms where they are put in.
struct timed_network {
  event_prop_network exact{.inputs = inputs,
                           .neurons = neurons,
                           .readouts = readouts,
                           .tau_m = tau_m,
                           .tau_s = tau_s,
                           .readout_tau_m = 1e-4};  // V of the readouts is their current
  std::vector<event_prop_spike> spikes;
  network net;
  population in, out;
  std::vector<projection> projections;
  std::vector<std::size_t> first;  ///< synapse of `exact`, of each projection

  /// Readouts of the trainer are the mean over ticks of what a spike adds (1 - d) weight to.
  static double readout_scale(double tick) { return tau_s * duration / tick; }

  timed_network(std::uint64_t seed, double tick) {
    random_stream random{seed, purpose::user, 1};
    const auto input = net.add("input", replay{}, inputs);
    const auto hidden = net.add("hidden",
                                current_lif{.tau = milliseconds{tau_m},
                                            .capacitance = picofarads{tau_m},
                                            .tau_excitatory = milliseconds{tau_s},
                                            .threshold = 1_mV,
                                            .refractory = 0_ms},
                                neurons);
    const auto output = net.add("output", leaky_integrator{.tau = milliseconds{tau_s}}, readouts);
    in = input, out = output;
    const auto whole = [&] { return static_cast<double>(1 + random.below(6)); };
    const auto wire = [&](index_t from, index_t to, index_t sources, index_t targets, double mean, double spread) {
      first.push_back(exact.synapses.size());
      for (index_t j = 0; j < sources; ++j)
        for (index_t i = 0; i < targets; ++i)
          exact.synapses.push_back({from + j, to + i, mean + spread * random.normal(), whole()});
    };
    wire(0, inputs, inputs, neurons, 1.2, 0.3);
    wire(inputs, inputs, neurons, neurons, 0, 0.2);
    wire(inputs, inputs + neurons, neurons, readouts, 0, 0.05);
    for (std::size_t k = first[2]; k < exact.synapses.size(); ++k) exact.synapses[k].delay = signal_delay;
    for (std::uint32_t c = 0; c < inputs; ++c)
      for (int k = 0; k < 2; ++k) spikes.push_back({1.0 + static_cast<double>(random.below(35)), c});

    connect(input, hidden[current_lif::excitatory], 0, inputs, 1);
    connect(hidden, hidden[current_lif::excitatory], inputs, inputs, 1);
    connect(hidden, output, inputs, inputs + neurons, readout_scale(tick));
  }

  template <class Onto>
  void connect(const population& from, const Onto& onto, index_t source, index_t target, double scale) {
    using unit = decltype(unit_of(onto));
    const std::size_t p = projections.size(), end = p + 1 < first.size() ? first[p + 1] : exact.synapses.size();
    std::vector<listed<unit>> all;
    for (std::size_t k = first[p]; k < end; ++k) {
      const auto& s = exact.synapses[k];
      all.push_back({s.source - source, s.target - target, unit{scale * s.weight}, milliseconds{s.delay}});
    }
    projections.push_back(net.connect(from, onto, std::move(all)));
  }
  static picoamperes unit_of(const target<picoamperes>&);
  static number unit_of(const population_of<leaky_integrator>&);

  training_sample sample(double tick) const {
    training_sample s;
    for (const auto& x : spikes)
      s.events.push_back({static_cast<std::uint32_t>(std::lround(x.time / tick)) - 1, x.unit});
    std::ranges::sort(s.events, {}, [](const raster_event& e) { return std::pair{e.bin, e.address}; });
    return s;
  }
};

/// Gradients of the weights of each projection, then of the delays onto the hidden units, on a tick.
std::vector<std::vector<double>> on_ticks(const timed_network& n, double tick, std::uint32_t label) {
  const auto length = static_cast<ticks>(std::lround(duration / tick));
  std::vector<training_sample> batch{n.sample(tick)};
  batch[0].label = label;
  std::vector<std::vector<double>> all;
  for (const bool delays : {false, true}) {
    trainer t{n.net, n.in, n.out, milliseconds{tick}, length, {}, {.rule = training_rule::event_prop}};
    for (std::size_t p = 0; p < 2; ++p) t.learn_by(n.projections[p], {.delays = delays});
    t.differentiate(batch);
    if (delays) {
      for (std::size_t p = 0; p < 2; ++p) all.push_back(t.delay_gradient(n.projections[p]));
      continue;
    }
    for (const auto& p : n.projections) all.push_back(t.gradient(p));
    for (double& g : all.back()) g *= timed_network::readout_scale(tick);
  }
  return all;
}

std::vector<std::vector<double>> exactly(const timed_network& n, std::uint32_t label, std::size_t& spikes) {
  const auto run = n.exact.forward(n.spikes, duration);
  spikes = run.spikes.size();
  const auto g = n.exact.backward(run, {.readouts = cross_entropy(run.readouts, label).gradient});
  std::vector<std::vector<double>> all;
  for (const auto* of : {&g.weights, &g.delays})
    for (std::size_t p = 0; p < (of == &g.weights ? 3U : 2U); ++p)
      all.emplace_back(of->begin() + static_cast<std::ptrdiff_t>(n.first[p]),
                       p + 1 < n.first.size() ? of->begin() + static_cast<std::ptrdiff_t>(n.first[p + 1]) : of->end());
  return all;
}

// Networks whose spikes neither graze the threshold nor swap with an arrival, where gradients have a kink.
TEST(trainer_event_prop, on_ticks_comes_to_the_exact_gradients) {
  for (const std::uint64_t seed : {2U, 3U, 4U, 7U, 8U}) {
    double coarse = 0, fine = 0;
    for (const double tick : {0.25, 0.015625}) {
      const timed_network n{seed, tick};
      std::size_t spikes = 0;
      const auto expected = exactly(n, 1, spikes), found = on_ticks(n, tick, 1);
      EXPECT_GT(spikes, 8U);
      ASSERT_EQ(found.size(), expected.size());
      for (std::size_t k = 0; k < expected.size(); ++k) {
        const double error = apart(found[k], expected[k]);
        (tick > 0.1 ? coarse : fine) += error;
        EXPECT_LT(error, tick < 0.1 ? 0.05 : 5) << seed << ' ' << k;
      }
    }
    EXPECT_LT(fine, coarse / 5) << seed;  // with a tick a sixteenth as long
  }
}

// Refractory times, which move with the spikes that start them.

/// One unit that is held for 2 ms after each spike, in continuous time. L = ln(1 + exp(-score)), where the score is the
/// sum of 0.3 (1 - exp(-(duration - t) / 30 ms)) over spikes.
double held_loss(const std::vector<double>& weights, const std::vector<double>& arrivals) {
  constexpr double held = 2;
  double score = 0, v = 0, i = 0, t = 0;
  const auto v_after = [&](double dt) {
    const double m = std::exp(-dt / tau_m), s = std::exp(-dt / tau_s);
    return v * m + i * tau_s / (tau_m - tau_s) * (m - s);
  };
  double free = 0;
  std::size_t next = 0;
  while (t < duration) {
    const double until = std::min(next < arrivals.size() ? arrivals[next] : duration, duration);
    const double start = std::clamp(free, t, until);  // held before
    i *= std::exp(-(start - t) / tau_s);
    t = start;
    double low = 0, high = -1;
    for (double at = 0.01; high < 0 && at < until - t; at += 0.01) v_after(at) >= 1 ? high = at : low = at;
    if (high < 0 && until > t && v_after(until - t) >= 1) high = until - t;
    const bool fires = high >= 0;
    for (int k = 0; fires && k < 60; ++k) (v_after((low + high) / 2) >= 1 ? high : low) = (low + high) / 2;
    const double dt = fires ? high : until - t;
    v = fires ? 0 : v_after(dt);
    i *= std::exp(-dt / tau_s);
    t += dt;
    if (fires) {
      score += 0.3 * (1 - std::exp(-(duration - t) / 30));
      free = t + held;
    } else if (next < arrivals.size() && until == arrivals[next]) {
      i += weights[next++];
    }
  }
  return std::log1p(std::exp(-score));
}

TEST(trainer_event_prop, moves_the_end_of_the_refractory_time_with_its_spike) {
  const std::vector<double> arrivals{2, 5, 9, 10, 14, 19, 23, 24, 30, 33};
  std::vector<double> weights(arrivals.size(), 3.1);
  std::vector<double> exact;
  for (double& w : weights) {
    w += 1e-5;
    const double above = held_loss(weights, arrivals);
    w -= 2e-5;
    exact.push_back((above - held_loss(weights, arrivals)) / 2e-5);
    w += 1e-5;
  }
  constexpr double tick = 0.01;
  network net;
  const auto in = net.add("in", replay{}, static_cast<index_t>(arrivals.size()));
  const auto cell = net.add("cell",
                            current_lif{.tau = milliseconds{tau_m},
                                        .capacitance = picofarads{tau_m},
                                        .tau_excitatory = milliseconds{tau_s},
                                        .threshold = 1_mV,
                                        .refractory = 2_ms},
                            1);
  const auto out = net.add("out", leaky_integrator{.tau = 30_ms}, 2);
  const auto learned =
      net.connect(in, cell[current_lif::excitatory], all_to_all{}, {.weight = picoamperes{3.1}, .delay = 0_ms});
  net.connect(cell, out, std::vector<listed<number>>{{0, 0, number{0.3 * duration / tick}, 0_ms}});
  training_sample s{.label = 0};
  for (std::uint32_t k = 0; k < arrivals.size(); ++k)
    s.events.push_back({static_cast<std::uint32_t>(std::lround(arrivals[k] / tick)) - 1, k});
  trainer t{
      net, in, out, milliseconds{tick}, static_cast<ticks>(duration / tick), {}, {.rule = training_rule::event_prop}};
  t.differentiate({&s, 1});
  const auto found = t.gradient(learned);
  EXPECT_LT(apart(found, exact), 0.01);
}

}  // namespace spinule::learning::trainer_event_prop_test

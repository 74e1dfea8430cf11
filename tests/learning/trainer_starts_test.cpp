// Learned states that samples begin with.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/simulation.hpp>

#include "learning/compared.hpp"
#include "learning/layer_to_train.hpp"

namespace spinule::learning::trainer_starts_test {

using namespace layer_to_train;

/// Every start of a field against central differences of the loss of the network with smooth spikes.
template <class Model, class Unit>
void expect_derivatives(const Model& model, Unit scale, const std::string& field, double width, double step) {
  const auto n = network_of(model, scale);
  const auto batch = samples_of(5);
  const trainer_options smooth{.surrogate = {.shape = surrogate::form::sigmoid, .width = width, .height = 0.25 / width},
                               .detach_reset = false,
                               .smooth_spikes = true};
  trainer t = trainer_of(n, smooth);
  t.learn_start(n.hidden, field, 0.01);
  t.differentiate(batch);
  const auto gradient = t.start_gradient(n.hidden, field), start = t.start(n.hidden, field);
  EXPECT_GT(largest(gradient), 0);
  ASSERT_EQ(gradient.size(), units);
  for (index_t i = 0; i < units; ++i) {
    const auto loss = [&](double by) {
      network net = n.net;
      auto moved = start;
      moved[i] += by;
      net.initialise(n.hidden, field, moved);
      return trainer{net, n.input, n.output, 1_ms, length, {}, smooth}.test(batch).loss;
    };
    EXPECT_NEAR(gradient[i], (loss(step) - loss(-step)) / (2 * step), 0.01 * largest(gradient) + 2e-7 / step)
        << field << i;
  }
}

TEST(trainer_starts, have_the_derivatives_of_the_smooth_network) {
  expect_derivatives(soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV, "v", 0.3, 0.01);
  expect_derivatives(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 0_ms}, 1_mV, "v", 0.3, 0.01);
  expect_derivatives(adaptive_lif{.tau = 8_ms, .base = 0.3, .beta = 0.5}, 1.0, "m", 0.1, 0.005);
  expect_derivatives(adaptive_lif{.tau = 8_ms, .base = 0.3, .beta = 0.5}, 1.0, "a", 0.1, 0.005);
}

TEST(trainer_starts, of_the_output_have_the_closed_form_of_a_leak) {
  // Without input m(t) = m(0) d^t, and the score is its mean over ticks: dL / dm(0) = dL / dscore sum_t d^t / T.
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  n.in = n.net.connect(input, output, all_to_all{}, {.weight = 1});
  n.net.initialise(output, "m", std::vector<double>{0.3, -0.2, 1});
  n.input = input, n.output = output;
  trainer t = trainer_of(n);
  t.learn_start(n.output, "m", 0.1);
  const training_sample nothing{.label = 1};
  t.differentiate({&nothing, 1});
  double mean = 0;
  for (int k = 1; k <= length; ++k) mean += std::exp(-k / 5.0) / length;
  std::vector<double> expected;
  double sum = 0;
  for (const double m : {0.3, -0.2, 1.0}) expected.push_back(std::exp(m * mean)), sum += expected.back();
  for (std::size_t c = 0; c < classes; ++c) expected[c] = (expected[c] / sum - (c == 1)) * mean;
  EXPECT_LT(apart(t.start_gradient(n.output, "m"), expected), 1e-5);
}

TEST(trainer_starts, move_the_times_of_spikes_as_the_solution_of_the_membrane_says) {
  // v(t) = I - (I - v0) e^(-t / tau) reaches 1 at t = tau ln((I - v0) / (I - 1)), so dt / dv0 = -tau / (I - v0). The
  // mean over T of what a spike makes of a readout is a (1 - e^(-(T - t) / tau_out)).
  constexpr double drive = 1.5, tau = 20, tau_out = 30, duration = 60;
  const std::vector<double> starts{0.2, -0.3}, gains{0.8, -0.5, 0.3, 0.6};  // [units][classes]
  constexpr ticks ticks_in_all = 6000;
  network net;
  const auto input = net.add("input", replay{}, 1);
  const current_lif unit{
      .tau = 20_ms, .capacitance = 20_pF, .threshold = 1_mV, .refractory = 100_ms, .bias = picoamperes{drive}};
  const auto hidden = net.add("hidden", unit, 2);
  const auto output = net.add("output", leaky_integrator{.tau = milliseconds{tau_out}}, 2);
  std::vector<listed<number>> readout;
  for (index_t k = 0; k < 4; ++k) readout.push_back({k / 2, k % 2, gains[k] * ticks_in_all, 0_ms});
  net.connect(hidden, output, readout);
  net.initialise(hidden, "v", starts);
  trainer t{net, input, output, milliseconds{0.01}, ticks_in_all, {}, {.rule = training_rule::event_prop}};
  t.learn_start(hidden, "v", 0.1);
  const training_sample nothing{.label = 1};
  t.differentiate({&nothing, 1});
  std::vector<double> left(2), score(2, 0), expected(2, 0);
  for (std::size_t i = 0; i < 2; ++i) {
    left[i] = std::exp(-(duration - tau * std::log((drive - starts[i]) / (drive - 1))) / tau_out);
    for (std::size_t c = 0; c < 2; ++c) score[c] += gains[2 * i + c] * (1 - left[i]);
  }
  const double first = 1 / (1 + std::exp(score[1] - score[0]));
  for (std::size_t i = 0; i < 2; ++i)
    expected[i] = first * (gains[2 * i] - gains[2 * i + 1]) * left[i] / tau_out * tau / (drive - starts[i]);
  EXPECT_LT(apart(t.start_gradient(hidden, "v"), expected), 0.005);
}

TEST(trainer_starts, are_learned_and_give_the_same_spikes_in_a_simulation) {
  const auto n = network_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1_mV);
  const auto batch = samples_of(20);
  trainer t = trainer_of(n, {.rate = 0});
  t.learn_parameter(n.hidden, "reset", 1e-3);  // which a start follows unless it is learned
  t.learn_start(n.hidden, "v", 0.05);
  t.learn_start(n.output, "m", 0.05);
  const double before = t.learn(batch).loss;
  for (int k = 0; k < 40; ++k) t.learn(batch);
  EXPECT_LT(t.test(batch).loss, 0.95 * before);

  const network net = t.trained();
  trainer exact{net, n.input, n.output, 1_ms, length, {}};
  EXPECT_EQ(exact.test(batch).answers, t.test(batch).answers);
  simulation sim{net, cpu{.tick = 1_ms}};
  const auto starts = t.start(n.hidden, "v");
  for (index_t i = 0; i < units; ++i) EXPECT_EQ(sim.read(n.hidden, "v", i), starts[i]);
  std::uint64_t spikes = 0;
  for (std::size_t s = 0; s < batch.size(); ++s) {
    sim.reset(s);
    std::vector<event> events;
    for (const raster_event& e : batch[s].events) events.push_back({e.bin * std::int64_t{1000}, e.address});
    sim.play(n.input, events);
    sim.run_ticks(length);
    for (const auto c : sim.counts(n.hidden)) spikes += c;
  }
  EXPECT_GT(spikes, 100U);
  EXPECT_NEAR(exact.layers()[0].spikes * units * static_cast<double>(batch.size()), static_cast<double>(spikes), 1e-6);
}

TEST(trainer_starts, go_on_from_a_state_to_the_same_bits_on_any_number_of_threads) {
  const auto n = network_of(adaptive_lif{.base = 0.3}, 1.0);
  const auto make = [&](unsigned threads) {
    trainer t = trainer_of(n, {.threads = threads});
    for (const char* field : {"a", "m"}) t.learn_start(n.hidden, field, 0.05);
    return t;
  };
  trainer whole = make(1), first = make(3), second = make(2);
  for (std::uint64_t k = 0; k < 6; ++k) whole.learn(samples_of(70, k));
  for (std::uint64_t k = 0; k < 3; ++k) first.learn(samples_of(70, k));
  second.restore(first.state());
  EXPECT_EQ(second.start(n.hidden, "a"), first.start(n.hidden, "a"));
  for (std::uint64_t k = 3; k < 6; ++k) second.learn(samples_of(70, k));
  EXPECT_EQ(second.state(), whole.state());
  trainer none = trainer_of(n);
  refused([&] { none.restore(whole.state()); }, "trainer::restore");
}

TEST(trainer_starts, of_fields_without_derivatives_are_refused) {
  const auto n = network_of(lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV);
  trainer t = trainer_of(n);
  refused([&] { t.learn_start(n.hidden, "hold", 1); }, "hold is a whole number");
  refused([&] { t.learn_start(n.hidden, "u", 1); }, "v, hold");
  refused([&] { t.learn_start(n.hidden, "v", 0); }, "must be positive");
  refused([&] { t.learn_start(n.input, "v", 1); }, "is a source");
  refused([&] { t.start_gradient(n.hidden, "v"); }, "learn_start");
  network other;
  refused([&] { t.learn_start(other.add("other", lif{}, 1), "v", 1); }, "trainer::learn_start");
}

}  // namespace spinule::learning::trainer_starts_test

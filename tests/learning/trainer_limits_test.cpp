// A trainer at the limits: sizes, delays and memory, and what is said of what cannot be.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/learning/fit.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>

#include "learning/layer_to_train.hpp"

namespace spinule::learning::trainer_limits_test {

using namespace layer_to_train;

// Delays.

TEST(trainer_limits, learned_delays_of_a_loop_stay_at_a_tick_or_more) {
  const auto n = plain_network();
  trainer t = trainer_of(n, {.delay_rate = 2, .longest_delay = 5});
  t.learn_by(n.in, {.delays = true});
  t.learn_by(n.loop, {.delays = true});
  t.learn_by(n.out, {.delays = true});  // which begin at 0, and nothing comes back from the output
  for (int k = 0; k < 10; ++k) t.learn(samples_of(9));
  EXPECT_GE(std::ranges::min(t.delays(n.loop)), 1);
  EXPECT_EQ(std::ranges::min(t.delays(n.in)), 0);
  EXPECT_LE(std::ranges::max(t.delays(n.loop)), 5);
  trainer again{t.trained(), n.input, n.output, 1_ms, length, {}};
  EXPECT_EQ(again.test(samples_of(9)).answers, t.test(samples_of(9)).answers);
}

TEST(trainer_limits, delays_beyond_a_sample_bring_nothing_and_take_no_memory) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  n.in = n.net.connect(input, output, all_to_all{}, {.weight = 1, .delay = 900'000_ms});
  n.out = n.net.connect(input, output, all_to_all{}, {.weight = normal{0.0, 1.0}, .delay = milliseconds{length - 1}});
  n.input = input, n.output = output;
  trainer t = trainer_of(n);
  EXPECT_LT(t.memory(10).bytes(), 1e6);
  t.learn(samples_of(40));
  EXPECT_EQ(norm(t.gradient(n.in)), 0);
  EXPECT_GT(norm(t.gradient(n.out)), 0);
}

TEST(trainer_limits, populations_of_one_sign_are_refused_before_anything_is_learned) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto hidden = n.net.add("hidden", lif{}, 10, {.sign = weight_sign::excitatory});
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  n.in = n.net.connect(input, hidden, all_to_all{}, {.weight = 0.1_mV});
  n.out = n.net.connect(hidden, output, all_to_all{}, {.weight = 0.1});
  n.input = input, n.output = output;
  try {
    trainer_of(n);
    ADD_FAILURE() << "accepted";
  } catch (const spinule_error& e) {
    EXPECT_NE(std::string{e.what()}.find("\"hidden->output\": comes from a population of one sign"), std::string::npos)
        << e.what();
  }
}

// Sizes.

TEST(trainer_limits, shares_of_silent_units_are_exact_for_any_number_of_units) {
  for (const index_t size : {7u, 10u, 49u, 50u, 400u}) {
    small_network n;
    const auto input = n.net.add("input", replay{}, channels);
    const auto hidden = n.net.add("hidden", lif{}, size);
    const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
    n.in = n.net.connect(input, hidden, all_to_all{}, {.weight = 0.1_mV});
    n.out = n.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1.0}});
    n.input = input, n.output = output;
    trainer t = trainer_of(n);
    t.learn(std::vector<training_sample>(3));
    EXPECT_EQ(t.layers().at(0).silent, 1) << size;
    EXPECT_EQ(t.layers().at(0).saturated, 0) << size;
  }
}

TEST(trainer_limits, takes_samples_without_events_and_units_without_synapses) {
  small_network n = plain_network();
  n.net.add("alone", lif{.bias = 20_mV}, 3);
  const auto more = n.net.add("more", adaptive_lif{}, 4);
  const auto dead_end = n.net.connect(n.input, target<number>{more, 0}, all_to_all{}, {.weight = 1});
  trainer t = trainer_of(n, {.threads = 64});
  std::vector<training_sample> batch(3);
  batch[2].label = 2;
  EXPECT_TRUE(std::isfinite(t.learn(batch).loss));
  EXPECT_EQ(norm(t.gradient(n.in)), 0);
  t.learn(samples_of(1));
  EXPECT_GT(norm(t.gradient(n.in)), 0);
  EXPECT_EQ(norm(t.gradient(dead_end)), 0);
}

TEST(trainer_limits, adds_up_what_two_projections_bring) {
  small_network n = plain_network();
  const auto past = n.net.connect(n.input, target<number>{n.output, 0}, all_to_all{}, {.weight = normal{0.0, 1.0}});
  trainer t = trainer_of(n, {.optimiser = sgd{}, .rate = 0.05});
  const auto batch = samples_of(9);
  const double before = t.learn(batch).loss;
  EXPECT_GT(norm(t.gradient(past)), 0);
  for (int k = 0; k < 30; ++k) t.learn(batch);
  EXPECT_LT(t.test(batch).loss, before);
}

TEST(trainer_limits, steady_input_may_go_by_one_delay_and_by_many_at_once) {
  small_network n = plain_network();
  const auto past = n.net.connect(n.input, target<number>{n.output, 0}, all_to_all{}, {.weight = normal{0.0, 1.0}});
  std::vector<training_sample> steady(3), loose;
  for (std::uint32_t s = 0; s < 3; ++s)
    for (std::uint32_t t = 0; t < length; ++t)
      steady[s].events.push_back({t, 2 * s}), steady[s].events.push_back({t, 7});
  loose = steady;
  loose.push_back({.events = {{3, 1}}});  // and so not all samples are steady
  steady.push_back({.events = {}});
  const auto gradient = [&](const std::vector<training_sample>& samples) {
    trainer t = trainer_of(n);
    t.learn_by(n.in, {.delays = true});
    t.differentiate(samples);
    return t.gradient(past);
  };
  const auto a = gradient(steady), b = gradient(loose);
  for (std::size_t i = 0; i < a.size(); ++i)
    if (i / classes != 1) {
      EXPECT_NEAR(a[i], b[i], 1e-6 * norm(a)) << i;
    }
}

TEST(trainer_limits, synapses_that_are_not_there_stay_away) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  n.in = n.net.connect(input, output, std::vector<listed<number>>{{0, 0, 1, 0_ms}, {3, 1, -1, 2_ms}});
  n.input = input, n.output = output;
  trainer t = trainer_of(n, {.optimiser = adam{}, .rate = 0.1});
  t.learn_by(n.in, {.delays = true});
  t.set_weights(n.in, std::vector<double>(std::size_t{channels} * classes, 2));
  for (int k = 0; k < 5; ++k) t.learn(samples_of(9));
  const auto weights = t.weights(n.in);
  for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_EQ(weights[i] != 0, i == 0 || i == 3 * classes + 1) << i;
  EXPECT_EQ(t.trained().projections()[0].name, n.net.projections()[0].name);
}

TEST(trainer_limits, refuses_memory_that_is_not_there_before_it_is_taken) {
  small_network n = plain_network();
  refused([&] { trainer{n.net, n.input, n.output, 1_ms, 2'000'000'000, {}}; }, "population \"hidden\"");
  trainer t{n.net, n.input, n.output, 1_ms, 1'000'000, {}};
  refused([&] { t.learn(std::vector<training_sample>(100'000)); }, "a smaller batch");
  small_network wide;
  const auto input = wide.net.add("input", replay{}, 300'000);
  const auto output = wide.net.add("output", leaky_integrator{}, 300'000);
  const auto few = wide.net.connect(input, output, one_to_one{}, {.weight = 1});
  trainer of_few{wide.net, input, output, 1_ms, 1, {}};
  EXPECT_LT(of_few.memory(1).bytes(), 50e6);
  refused([&] { of_few.learn_by(few, {.subspace = activity_subspace::options{}}); }, "a projection is a dense matrix");
  wide.net.connect(input, output, all_to_all{}, {.weight = 1});
  refused([&] { trainer{wide.net, input, output, 1_ms, 1, {}}; }, "dense matrices");
}

TEST(trainer_limits, passes_on_what_is_thrown_on_another_thread) {
  const auto n = plain_network();
  trainer t = trainer_of(n, {.threads = 4});
  t.set_weights(n.out, std::vector<double>(std::size_t{units} * classes, 1e38));
  const auto before = t.state();
  EXPECT_THROW(t.learn(samples_of(200)), spinule_error);  // sums that are not finite, in every block
  EXPECT_EQ(t.state(), before);
  const std::vector<std::size_t> some{0, 1, 2, 3, 4, 5};
  const sample_reader fails = [](std::size_t i, std::uint64_t) -> training_sample {
    throw spinule_error{"reader", "sample " + std::to_string(i)};
  };
  refused([&] { evaluate(t, fails, some); }, "sample 0");
  refused([&] { evaluate(t, fails, some, 0); }, "batch of 0");
}

TEST(trainer_limits, a_state_that_does_not_fit_changes_nothing) {
  const auto n = plain_network();
  trainer t = trainer_of(n);
  const auto before = t.state();
  for (const std::size_t size : {std::size_t{7}, before.size() - 1, before.size() + 1}) {
    refused([&] { t.restore(std::vector<double>(size, 0.5)); }, "trainer::restore");
    EXPECT_EQ(t.state(), before);
  }
}

TEST(trainer_limits, tells_a_fit_without_epochs_from_one_that_failed) {
  const auto n = plain_network();
  trainer t = trainer_of(n);
  const sample_reader read = [](std::size_t i, std::uint64_t) { return samples_of(1, i)[0]; };
  const std::vector<std::size_t> some{0, 1, 2};
  fit_progress progress;
  fit(t, read, some, some, {.epochs = 0, .patience = 2}, progress);
  EXPECT_EQ(progress.next_epoch, 0U);
}

TEST(trainer_limits, says_what_cannot_be_trained) {
  const auto n = plain_network();
  refused([&] { trainer_of(n, {.rule = training_rule::event_prop, .smooth_spikes = true}); }, "smooth spikes");
  refused([&] { trainer{n.net, n.input, n.hidden, 1_ms, length, {}, {.rule = training_rule::event_prop}}; },
          "leaky_integrator");
  refused([&] { trainer_of(n, {.rule = training_rule::event_prop}); }, "current_lif");
  trainer t = trainer_of(n);
  refused([&] { t.learn_parameter(n.hidden, "refractory", 1); }, "refractory");
  refused([&] { t.learn_by(n.in, {.delays = true, .subspace = activity_subspace::options{.levels = 9}}); },
          "one delay");
  network one;
  const auto input = one.add("input", replay{}, 2);
  const auto output = one.add("output", leaky_integrator{}, 1);
  one.connect(input, output, all_to_all{}, {.weight = 1});
  refused([&] { trainer{one, input, output, 1_ms, length, {}}; }, "2 or more");
  network behind;
  const auto source = behind.add("source", replay{}, 2);
  const auto smooth = behind.add("smooth", leaky_integrator{}, 2);
  const auto last = behind.add("last", leaky_integrator{}, 2);
  behind.connect(source, smooth, all_to_all{}, {.weight = 1});
  behind.connect(smooth, last, all_to_all{}, {.weight = 1});
  refused([&] { trainer{behind, source, last, 1_ms, length, {}}; }, "never fire");
}

}  // namespace spinule::learning::trainer_limits_test

// What stands between a gradient and the weights, windows of time, and parameters of models.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>

#include "learning/layer_to_train.hpp"

namespace spinule::learning::trainer_filters_test {

using namespace layer_to_train;

// Filters and penalties.

TEST(trainer_filters, the_largest_gradient_scales_all_weights_alike) {
  const auto n = plain_network();
  trainer free = trainer_of(n, {.rate = 0});
  free.learn(samples_of(9));
  const double whole = norm(free, n);
  trainer bounded = trainer_of(n, {.rate = 0, .largest_gradient = whole / 4});
  bounded.learn(samples_of(9));
  EXPECT_NEAR(norm(bounded, n), whole / 4, 1e-5 * whole);
  trainer wide = trainer_of(n, {.rate = 0, .largest_gradient = whole * 4});
  wide.learn(samples_of(9));
  EXPECT_EQ(wide.gradient(n.in), free.gradient(n.in));
}

TEST(trainer_filters, a_rate_penalty_moves_activity_into_its_bounds_by_any_rule) {
  const auto silent_and_loud = [](training_rule rule, double least, double most) {
    auto n = network_of(
        current_lif{.tau = 8_ms, .capacitance = 8_pF, .tau_excitatory = 4_ms, .threshold = 1_mV, .refractory = 0_ms},
        1_pA);
    trainer t = trainer_of(n, {.rule = rule,
                               .optimiser = adam{},
                               .rate = 0.02,
                               .rate_penalty = 10,
                               .least_spikes = least,
                               .most_spikes = most});
    const auto batch = samples_of(20);
    t.learn(batch);
    const double before = t.layers()[0].spikes;
    for (int k = 0; k < 60; ++k) t.learn(batch);
    return std::pair{before, t.layers()[0].spikes};
  };
  for (const auto rule : {training_rule::bptt, training_rule::event_prop, training_rule::eprop}) {
    const auto [loud, calmed] = silent_and_loud(rule, 0, 0.5);
    EXPECT_LT(calmed, 0.6 * loud) << static_cast<int>(rule);
    const auto [quiet, woken] = silent_and_loud(rule, 8, 1e9);
    EXPECT_GT(woken, 1.3 * quiet) << static_cast<int>(rule);
  }
}

TEST(trainer_filters, windows_as_long_as_a_sample_cut_nothing) {
  const auto n = plain_network();
  trainer whole = trainer_of(n), cut = trainer_of(n, {.truncate = length}), shorter = trainer_of(n, {.truncate = 4});
  for (trainer* t : {&whole, &cut, &shorter}) {
    t->learn_by(n.in, {.delays = true});
    t->differentiate(samples_of(9));
  }
  for (const auto& p : {n.in, n.loop, n.out}) EXPECT_EQ(cut.gradient(p), whole.gradient(p));
  EXPECT_NE(shorter.gradient(n.in), whole.gradient(n.in));
}

TEST(trainer_filters, cutting_changes_nothing_where_there_is_no_memory) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto hidden = n.net.add("hidden", soft_reset_lif{.tau = 0.01_ms, .threshold = 1_mV}, units);
  const auto output = n.net.add("output", leaky_integrator{.tau = 0.01_ms}, classes);
  n.in = n.net.connect(input, hidden, all_to_all{}, {.weight = normal{0.3_mV, 0.4_mV}});
  n.out = n.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1.0}});
  n.input = input, n.output = output;
  trainer whole = trainer_of(n), cut = trainer_of(n, {.truncate = 1});
  whole.differentiate(samples_of(9));
  cut.differentiate(samples_of(9));
  for (const auto& p : {n.in, n.out}) EXPECT_EQ(cut.gradient(p), whole.gradient(p));
}

TEST(trainer_filters, cutting_goes_by_the_tick_at_which_an_error_arrives_whatever_has_the_delay) {
  // The same delay for all synapses, as one number and as one for each.
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const current_lif model{
      .tau = 8_ms, .capacitance = 8_pF, .tau_excitatory = 4_ms, .threshold = 1_mV, .refractory = 1_ms};
  const auto first = n.net.add("first", model, units);
  const auto second = n.net.add("second", model, units);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  const auto onto = [](const auto& cells) { return cells[current_lif::excitatory]; };
  n.in = n.net.connect(input, onto(first), all_to_all{}, {.weight = normal{0.6_pA, 0.4_pA}});
  const auto between =
      n.net.connect(first, onto(second), all_to_all{}, {.weight = normal{1.2_pA, 0.4_pA}, .delay = 3_ms});
  n.loop = n.net.connect(second, onto(second), all_to_all{}, {.weight = normal{0_pA, 0.4_pA}, .delay = 2_ms});
  n.out = n.net.connect(second, output, all_to_all{}, {.weight = normal{0.0, 1.0}});
  n.input = input, n.output = output;
  for (const int window : {0, 5, 7})
    for (const auto rule : {training_rule::bptt, training_rule::event_prop}) {
      trainer one = trainer_of(n, {.rule = rule, .truncate = window}),
              each = trainer_of(n, {.rule = rule, .truncate = window});
      each.learn_by(between, {.delays = true});
      each.learn_by(n.loop, {.delays = true});
      one.differentiate(samples_of(9));
      each.differentiate(samples_of(9));
      for (const auto& p : {n.in, between, n.loop, n.out}) {
        const auto a = one.gradient(p), b = each.gradient(p);
        for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-4 * norm(a)) << window;
      }
    }
}

// Subspaces of earlier tasks.

TEST(trainer_filters, weights_do_not_move_along_what_is_frozen) {
  const auto n = plain_network(6);
  trainer t = trainer_of(n, {.optimiser = sgd{}, .rate = 0.5});
  t.learn_by(n.in, {.subspace = activity_subspace::options{}});
  t.begin_task(n.in, 6);  // as many neurons as inputs, orthonormal from the start: they span everything
  t.begin_task(n.in, 0);
  const auto before = t.weights(n.in), others = t.weights(n.out);
  t.learn(samples_of(9, 3, 0, 6));
  const auto after = t.weights(n.in);
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(after[i], before[i], 1e-7);
  EXPECT_NE(t.weights(n.out), others);
}

TEST(trainer_filters, a_later_task_leaves_what_was_learned_on_old_activity) {
  const auto n = plain_network();
  const auto old = samples_of(40, 3, 0, 4), later = samples_of(40, 8);
  for (const int levels : {0, 200}) {
    const auto moved = [&](bool protect) {
      trainer t = trainer_of(n, {.optimiser = sgd{}, .rate = 0.2});
      t.learn_by(n.loop, {.weights = false});
      t.learn_by(n.out, {.weights = false});
      t.learn_by(n.in, {.subspace = activity_subspace::options{.learning_rate = 0.05, .levels = levels}});
      t.begin_task(n.in, 4);
      for (int k = 0; k < 400; ++k) t.learn(old);
      if (protect) t.begin_task(n.in, 4);
      const auto before = t.weights(n.in);
      for (int k = 0; k < 20; ++k) t.learn(later);
      auto after = t.weights(n.in);
      double sum = 0;  // what the old channels say
      for (std::size_t i = 0; i < std::size_t{4} * units; ++i) sum += std::pow(after[i] - before[i], 2);
      double all = 0;
      for (std::size_t i = 0; i < after.size(); ++i) all += std::pow(after[i] - before[i], 2);
      EXPECT_GT(all, 1e-4);
      return std::sqrt(sum);
    };
    EXPECT_LT(moved(true), (levels == 0 ? 0.03 : 0.2) * moved(false)) << levels;
  }
}

TEST(trainer_filters, both_ways_to_project_a_gradient_agree) {
  constexpr index_t many = 30;  // one sample has fewer ticks than that, two have more
  const auto n = plain_network(many);
  const auto both = samples_of(2, 9, 0, many);
  const auto filtered = [&](std::span<const training_sample> samples, unsigned threads) {
    trainer t = trainer_of(n, {.optimiser = sgd{}, .rate = 0, .threads = threads});
    t.learn_by(n.in, {.subspace = activity_subspace::options{}});
    t.begin_task(n.in, 9);
    t.begin_task(n.in, 3);
    t.learn(samples);
    return t.gradient(n.in);
  };
  const auto together = filtered(both, 1), a = filtered({&both[0], 1}, 1), b = filtered({&both[1], 1}, 1);
  for (std::size_t i = 0; i < together.size(); ++i) EXPECT_NEAR(together[i], (a[i] + b[i]) / 2, 1e-6 * norm(together));
  EXPECT_EQ(filtered(both, 2), together);
}

TEST(trainer_filters, subspaces_are_the_same_on_two_threads_and_frozen_rows_stay) {
  const auto n = plain_network();
  const auto learned = [&](unsigned threads, int more) {
    trainer t = trainer_of(n, {.optimiser = sgd{}, .rate = 0.1, .threads = threads});
    t.learn_by(n.in, {.subspace = activity_subspace::options{.levels = 40}});
    t.begin_task(n.in, 3);
    for (int k = 0; k < 5; ++k) t.learn(samples_of(70));
    t.begin_task(n.in, 2);
    for (int k = 0; k < more; ++k) t.learn(samples_of(70, 4));
    return t.state();
  };
  EXPECT_EQ(learned(2, 5), learned(1, 5));
  // Of the state: weights of n.in [channels][16] and slack, then its subspace: frozen, neurons, weights [5][channels].
  const auto at = [](const std::vector<double>& state) {
    for (std::size_t i = std::size_t{channels} * 16; i + 1 < state.size(); ++i)
      if (state[i] == 3 && state[i + 1] == 5)
        return std::vector<double>(state.begin() + static_cast<std::ptrdiff_t>(i) + 2,
                                   state.begin() + static_cast<std::ptrdiff_t>(i) + 2 + 3 * channels);
    return std::vector<double>{};
  };
  const auto rows = at(learned(1, 0));
  ASSERT_EQ(rows.size(), std::size_t{3} * channels);
  EXPECT_EQ(at(learned(1, 5)), rows);
}

// Parameters.

TEST(trainer_filters, parameters_of_reset_and_start_have_the_derivatives_of_differences) {
  const trainer_options smooth{.surrogate = {.shape = surrogate::form::sigmoid, .width = 0.3, .height = 0.25 / 0.3},
                               .detach_reset = false,
                               .smooth_spikes = true};
  const auto check = [&](const small_network& n, const std::string& name, double base, double step) {
    trainer t = trainer_of(n, smooth);
    t.learn_parameter(n.hidden, name, 0.01);
    t.differentiate(samples_of(5));
    const auto gradient = t.parameter_gradient(n.hidden, name);
    EXPECT_GT(norm(gradient), 1e-5) << name;
    for (index_t i = 0; i < units; ++i) {
      const auto loss = [&](double by) {
        network net = n.net;
        std::vector<double> values(units, base);
        values[i] += by;
        net.set(n.hidden, name, values);
        return trainer{net, n.input, n.output, 1_ms, length, {}, smooth}.test(samples_of(5)).loss;
      };
      EXPECT_NEAR(gradient[i], (loss(step) - loss(-step)) / (2 * step), 0.02 * norm(gradient) + 1e-6) << name << i;
    }
  };
  for (const auto& n : {plain_network(), network_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 0_ms}, 1_mV)}) {
    check(n, "reset", 0, 0.01);
    check(n, "threshold", 1, 0.01);
    check(n, "rest", 0, 0.01);
  }
  check(network_of(adaptive_lif{.tau = 8_ms, .base = 0.1, .beta = 0.5}, 1.0), "beta", 0.5, 0.01);
}

TEST(trainer_filters, learned_parameters_are_those_of_the_trained_network_start_included) {
  const auto n = plain_network();
  trainer t = trainer_of(n);
  t.learn_parameter(n.hidden, "rest", 0.05);
  t.learn_parameter(n.hidden, "threshold", 0.05);
  for (int k = 0; k < 5; ++k) t.learn(samples_of(9));
  trainer again{t.trained(), n.input, n.output, 1_ms, length, {}};
  EXPECT_NEAR(again.test(samples_of(9)).loss, t.test(samples_of(9)).loss, 1e-6);
}

TEST(trainer_filters, a_parameter_that_is_learned_twice_moves_once_at_the_last_rate) {
  const auto n = plain_network();
  trainer once = trainer_of(n), twice = trainer_of(n);
  once.learn_parameter(n.hidden, "tau", 0.05);
  twice.learn_parameter(n.hidden, "tau", 3);
  twice.learn_parameter(n.hidden, "tau", 0.05);
  once.learn(samples_of(9));
  twice.learn(samples_of(9));
  EXPECT_EQ(twice.state(), once.state());
}

TEST(trainer_filters, parameters_stay_within_what_the_model_allows) {
  auto n = plain_network();
  n.net.set(n.hidden, "tau", std::vector<double>{100, 8, 8, 8, 8, 8, 0.05});  // one less than steps of differences
  trainer t = trainer_of(n);
  t.learn_parameter(n.hidden, "tau", 50);        // steps far beyond 0
  t.learn_parameter(n.hidden, "threshold", 50);  // and below the reset
  for (int k = 0; k < 20; ++k) t.learn(samples_of(9));
  EXPECT_TRUE(std::isfinite(t.test(samples_of(9)).loss));
  static_cast<void>(t.trained());
}

TEST(trainer_filters, parameters_may_lie_at_the_edge_of_what_others_allow) {
  // The first threshold is nearer to the reset than the step by which its derivative is taken.
  auto n = network_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 0_ms}, 1_mV);
  n.net.set(n.hidden, "threshold", std::vector<double>{1e-5, 1, 1, 1, 1, 1, 1});
  for (const double rate : {0.3, 10.0}) {
    trainer t = trainer_of(n);
    t.learn_parameter(n.hidden, "threshold", rate);
    for (int k = 0; k < 30; ++k) t.learn(samples_of(9));
    EXPECT_TRUE(std::isfinite(t.test(samples_of(9)).loss));
    const network learned = t.trained();
    for (index_t i = 0; i < units; ++i) EXPECT_GT(learned.populations()[n.hidden.id].model->parameter(2, i), 0);
  }
}

}  // namespace spinule::learning::trainer_filters_test

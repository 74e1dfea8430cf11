// Published and independently recomputed numbers: iaf_psc_delta and iaf_psc_exp of NEST, and closed forms.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/engine/described.hpp>
#include <spinule/error.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/balance_astrocyte.hpp>
#include <spinule/models/cuba_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>

namespace spinule::golden_test {

/// First tick in which the model fires, driven by `input(tick)`; -1 for none.
template <class Model>
int first_spike(const Model& m, milliseconds tick, int ticks, auto input) {
  const kernel_of<Model, double> k{m, tick};
  state_of<Model, double> s;
  for (int t = 0; t < ticks; ++t)
    if (k.step(s, input(t))) return t;
  return -1;
}

TEST(lif, decays_to_its_closed_form) {
  const lif::kernel<double> k{{.tau = 10_ms, .threshold = 15_mV}, 0.1_ms};
  lif::state<double> s{.v = 10};
  for (int t = 1; t <= 100; ++t) k.step(s, {0, 0});
  EXPECT_NEAR(s.v, 10 * std::exp(-1.0), 1e-13);
}

TEST(lif, follows_a_constant_drive) {
  const lif::kernel<double> k{{.tau = 10_ms, .threshold = 15_mV}, 0.1_ms};
  lif::state<double> by_port, by_bias;
  const lif::kernel<double> biased{{.tau = 10_ms, .threshold = 15_mV, .bias = 12_mV}, 0.1_ms};
  for (int t = 1; t <= 70; ++t) {
    k.step(by_port, {0, 12});
    biased.step(by_bias, {0, 0});
  }
  EXPECT_NEAR(by_port.v, 12 * (1 - std::exp(-0.7)), 1e-12);
  EXPECT_NEAR(by_bias.v, 12 * (1 - std::exp(-0.7)), 1e-12);
}

TEST(lif, fires_in_the_tick_in_which_the_input_arrives_and_is_held_afterwards) {
  const lif::kernel<double> k{{.refractory = 0.3_ms}, 0.1_ms};
  lif::state<double> s;
  EXPECT_TRUE(k.step(s, {15, 0}));
  for (int t = 0; t < 3; ++t) {
    EXPECT_FALSE(k.step(s, {100, 0})) << "input during refractoriness is lost";
    EXPECT_EQ(s.v, 0);
  }
  EXPECT_TRUE(k.step(s, {15, 0}));
}

TEST(lif, fires_by_its_bias_when_the_closed_form_says_so) {
  const double expected = 10 * std::log(20.0 / (20.0 - 15.0));  // tau ln(RI / (RI - theta))
  const int t = first_spike(lif{.tau = 10_ms, .bias = 20_mV}, 0.1_ms, 1000, [](int) { return arriving<double, 2>{}; });
  EXPECT_EQ(t, static_cast<int>(std::ceil(expected / 0.1)) - 1);
}

/// One tick of the membrane with one quantity set: the propagators themselves.
double after_one_tick(current_lif::state<double> s, double current = 0) {
  const current_lif::kernel<double> k{{}, 0.1_ms};
  k.step(s, {0, 0, current});
  return s.v;
}

TEST(current_lif, has_the_published_propagators) {
  EXPECT_NEAR(after_one_tick({.v = 1}), 0.9900498337491681, 1e-15);
  EXPECT_NEAR(after_one_tick({.i_ex = 1}), 3.882040924845409e-4, 1e-18);
  EXPECT_NEAR(after_one_tick({.i_in = 1}), 3.882040924845409e-4, 1e-18);
  EXPECT_NEAR(after_one_tick({}, 1), 3.9800665003327575e-4, 1e-17);
  const current_lif::kernel<double> k{{}, 0.1_ms};
  current_lif::state<double> s{.i_ex = 1};
  k.step(s, {});
  EXPECT_NEAR(s.i_ex, 0.951229424500714, 1e-15);
}

TEST(current_lif, has_the_published_postsynaptic_potential) {
  const membrane_flow flow{0_mV, 1_pA, 0_pA, 10_ms, 2_ms, 250_pF};
  EXPECT_NEAR(*flow.maximum(), 4.0235947811, 1e-9);
  EXPECT_NEAR(flow.u(*flow.maximum()), 5.3499224e-3, 1e-10);
  const membrane_flow strong{0_mV, picoamperes{2803.77897}, 0_pA, 10_ms, 2_ms, 250_pF};
  EXPECT_NEAR(strong.u(*strong.maximum()), 15, 1e-7);
}

TEST(current_lif, fires_when_a_strong_input_says_so) {
  const auto t = next_crossing({0_mV, 4000_pA, 0_pA, 10_ms, 2_ms, 250_pF}, 15_mV);
  ASSERT_TRUE(t);
  EXPECT_NEAR(t->value(), 1.41387079640, 1e-10);
  // On the grid: the input of tick 0 acts from tick 1 on, so time t falls into tick 1 + floor(t / h).
  EXPECT_EQ(first_spike(current_lif{}, 0.1_ms, 100,
                        [](int i) {
                          return arriving<double, 3>{i == 0 ? 4000.0 : 0.0, 0, 0};
                        }),
            15);
}

TEST(current_lif, fires_at_the_published_times_under_constant_current) {
  const auto t = next_crossing({0_mV, 0_pA, 500_pA, 10_ms, 2_ms, 250_pF}, 15_mV);
  ASSERT_TRUE(t);
  EXPECT_NEAR(t->value(), 13.8629436112, 1e-9);
  const current_lif::kernel<double> k{{.bias = 500_pA}, 0.001_ms};
  current_lif::state<double> s;
  std::vector<double> spikes;
  for (int i = 1; i <= 60000; ++i)
    if (k.step(s, {})) spikes.push_back(i * 0.001);
  ASSERT_GE(spikes.size(), 3u);
  EXPECT_NEAR(spikes[0], 13.8629436112, 1e-3);
  EXPECT_NEAR(spikes[1] - spikes[0], 15.8629436112, 2e-3);
  EXPECT_FALSE(next_crossing({0_mV, 0_pA, 374.9_pA, 10_ms, 2_ms, 250_pF}, 15_mV)) << "rheobase is 375 pA";
  EXPECT_TRUE(next_crossing({0_mV, 0_pA, 375.1_pA, 10_ms, 2_ms, 250_pF}, 15_mV));
}

TEST(crossing, agrees_with_the_closed_forms) {
  const auto quadratic = next_crossing({0_mV, 3000_pA, 0_pA, 10_ms, 5_ms, 250_pF}, 15_mV);
  ASSERT_TRUE(quadratic);
  EXPECT_NEAR(quadratic->value(), 1.5834718382, 1e-10);
  const auto lambert = next_crossing({2_mV, 3000_pA, 0_pA, 5_ms, 5_ms, 250_pF}, 15_mV);
  ASSERT_TRUE(lambert);
  EXPECT_NEAR(lambert->value(), 1.5312282548, 1e-10);
}

TEST(crossing, finds_the_double_crossing_that_end_point_tests_miss) {
  const auto t = next_crossing({millivolts{15 - 3e-4}, picoamperes{380.668402512}, 0_pA, 10_ms, 2_ms, 250_pF}, 15_mV);
  ASSERT_TRUE(t);
  EXPECT_NEAR(t->value(), 0.0197430, 1e-6);
}

TEST(crossing, agrees_with_a_fine_grid_on_random_states) {
  random_stream random{5, purpose::user, 1};
  for (int trial = 0; trial < 300; ++trial) {
    const double tau_m = 2 + 20 * random.uniform(), tau_s = trial % 10 == 0 ? tau_m : 0.5 + 20 * random.uniform();
    const membrane_flow flow{millivolts{-10 + 24 * random.uniform()},
                             picoamperes{-1000 + 5000 * random.uniform()},
                             picoamperes{600 * random.uniform()},
                             milliseconds{tau_m},
                             milliseconds{tau_s},
                             250_pF};
    double brute = -1;
    for (double t = 0; t < 200 && brute < 0; t += 1e-3)
      if (flow.u(t) >= 15) brute = t;
    const auto exact = next_crossing(flow, 15_mV);
    if (brute >= 0) {
      ASSERT_TRUE(exact);
      EXPECT_NEAR(exact->value(), brute, 1.01e-3);
    } else if (exact) {
      EXPECT_NEAR(flow.u(exact->value()), 15, 1e-6) << "missed by the grid, not imagined";
    }
  }
}

/// One scale of voltages for all: a shift of every potential moves v and nothing else.
template <class Model>
void expect_shift_to_move_nothing_but_v(Model m, double input) {
  const kernel_of<Model, double> plain{m, 0.1_ms};
  for (millivolts* v : {&m.rest, &m.threshold, &m.reset}) *v = *v - 65_mV;
  const kernel_of<Model, double> shifted{m, 0.1_ms};
  auto a = plain.start(), b = shifted.start();
  EXPECT_EQ(b.v, -65);
  random_stream random{3, purpose::user, 1};
  int spikes = 0;
  for (int n = 0; n < 20000; ++n) {
    arriving_at<Model, double> in{};
    if (random.uniform() < 0.1) in[0] = input * random.uniform();
    const bool fired = plain.step(a, in);
    ASSERT_EQ(shifted.step(b, in), fired);
    spikes += fired;
    ASSERT_NEAR(a.v, b.v + 65, 1e-10);
    auto later_a = a, later_b = b;
    plain.skip(later_a, 30);
    shifted.skip(later_b, 30);
    ASSERT_NEAR(later_a.v, later_b.v + 65, 1e-10);
    ASSERT_LE(std::abs(plain.quiet(a) - shifted.quiet(b)), 1);
  }
  EXPECT_GT(spikes, 50);
}
TEST(lif, may_be_given_absolute_voltages) { expect_shift_to_move_nothing_but_v(lif{.bias = 3_mV}, 8); }
TEST(current_lif, may_be_given_absolute_voltages) {
  expect_shift_to_move_nothing_but_v(current_lif{.bias = 50_pA}, 1500);
}

TEST(adaptive_lif, follows_its_recurrence) {
  const adaptive_lif::kernel<double> k{{.tau = 20_ms, .tau_adaptation = 100_ms}, 10_ms};
  adaptive_lif::state<double> x;
  const double d = std::exp(-0.5), r = std::exp(-0.1);
  double m = 0, a = 0.01, s = 0;
  for (int t = 0; t < 50; ++t) {
    const double in = t % 7 == 0 ? 0.5 : 0.02;
    a = r * a + (1 - r) * s;
    const double b = 0.01 + 1.8 * a;
    m = d * m + (1 - d) * in - b * s;
    s = m - b > 0 ? 1 : 0;
    EXPECT_EQ(k.step(x, in), s == 1);
    EXPECT_NEAR(x.m, m, 1e-13);
    EXPECT_NEAR(x.a, a, 1e-13);
  }
}

TEST(cuba_lif, follows_the_golden_trace_of_nalsm) {
  const milliseconds tau{-1 / std::log(63.0 / 64)};  // of Euler steps
  const cuba_lif::kernel<double> k{{.tau = tau}, 1_ms};
  cuba_lif::state<double> s;
  for (const double v : {3.0, 4.05676, 4.39938, 4.48000, 4.46495, 4.41540}) {
    k.step(s, {s.u == 0 ? 3.0 : 0.0, 0});
    EXPECT_NEAR(s.v, v, 6e-6);
  }
  const auto fires = [&](double input) {
    return first_spike(cuba_lif{.tau = tau}, 1_ms, 30, [=](int t) {
      return arriving<double, 2>{t == 0 ? input : 0, 0};
    });
  };
  EXPECT_EQ(fires(12), -1);
  EXPECT_GT(fires(15), 0) << "five of 3 mV are enough";
}

TEST(cuba_lif, goes_on_while_it_is_not_tested) {
  const cuba_lif::kernel<double> k{{}, 1_ms};
  cuba_lif::state<double> s;
  std::vector<int> fired;
  for (int t = 0; t < 10; ++t)
    if (k.step(s, {0, t == 0 || t == 1 ? 100.0 : 0.0})) fired.push_back(t);
  EXPECT_EQ(fired, (std::vector{0, 3})) << "every third tick at most, and nothing is lost";
}

TEST(balance_astrocyte, follows_the_golden_numbers_of_nalsm) {
  const balance_astrocyte::kernel<double> k{{.tau = milliseconds{-1 / std::log(0.99)}, .base = 0.15}, 1_ms};
  auto s = k.start();
  EXPECT_EQ(s.a, 0.15);
  for (int t = 0; t < 100; ++t) k.step(s, 10 * 0.015);
  EXPECT_NEAR(s.a, 0.24510, 6e-6);
  for (int t = 0; t < 5000; ++t) k.step(s, 10 * 0.015);
  EXPECT_NEAR(s.a, 0.30, 1e-12);
}

template <class Model>
void expect_refused(const Model& m) {
  EXPECT_THROW(check_model(m, "population \"x\""), spinule_error);
}

TEST(models, refuse_parameters_out_of_range) {
  expect_refused(lif{.tau = 0_ms});
  expect_refused(lif{.threshold = 1_mV, .reset = 2_mV});
  expect_refused(lif{.refractory = milliseconds{-1}});
  expect_refused(lif{.bias = millivolts{std::nan("")}});
  expect_refused(current_lif{.tau_excitatory = 0_ms});
  expect_refused(current_lif{.capacitance = picofarads{-1}});
  expect_refused(cuba_lif{.tau_current = 0_ms});
  expect_refused(adaptive_lif{.tau = milliseconds{-1}});
}

}  // namespace spinule::golden_test

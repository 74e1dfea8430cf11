// The unit of our own design against a table that was worked out apart from it, and against `lif`, whose soft reset it
// shares.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/models/astrocyte_modulated_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/random.hpp>

namespace spinule::astrocyte_modulated_lif_test {

const astrocyte_modulated_lif unit{.threshold = 1_mV};

/// 1000 ms of one input of 0.3 mV that spikes every 10 ms.
struct course {
  int spikes = 0, first = -1;
  double v_99 = 0, v_499 = 0, a_hz = 0;
};
course of_regular_input(const astrocyte_modulated_lif& m) {
  const astrocyte_modulated_lif::kernel<double> k{m, 1_ms};
  auto s = k.start();
  course c;
  for (int t = 0; t < 1000; ++t) {
    const double in = t % 10 == 0 ? 1 : 0;
    if (k.step(s, {0.3 * in, in, 0}) && c.spikes++ == 0) c.first = t;
    if (t == 99) c.v_99 = s.v;
    if (t == 499) c.v_499 = s.v;
  }
  c.a_hz = 1000 * s.a;
  return c;
}

TEST(astrocyte_modulated_lif, has_the_golden_table) {
  struct row {
    double leak_gating, slow_inward_mv;
    course expected;
  };
  const row rows[] = {{0, 0, {0, -1, 0.482883, 0.486158}},
                      {0.5, 0, {15, 150, 0.584934, 0.704573}},
                      {0.9, 0, {24, 110, 0.686628, 0.061546}},
                      {0.9, 0.1, {28, 110, 0.686628, 0.057886}}};
  for (const auto& [leak_gating, slow_inward_mv, expected] : rows) {
    auto m = unit;
    m.leak_gating = leak_gating, m.slow_inward = millivolts{slow_inward_mv};
    const course c = of_regular_input(m);
    EXPECT_EQ(c.spikes, expected.spikes);
    EXPECT_EQ(c.first, expected.first);
    EXPECT_NEAR(c.v_99, expected.v_99, 5e-7);
    EXPECT_NEAR(c.v_499, expected.v_499, 5e-7);
    EXPECT_NEAR(c.a_hz, 85.77607, 5e-6);
  }
}

/// What a tick leaves of v = 1 mV where the gate is held by an astrocyte outside.
double retained(double outside_khz) {
  const astrocyte_modulated_lif::kernel<double> k{{.threshold = 2_mV}, 1_ms};
  astrocyte_modulated_lif::state<double> s{.v = 1};
  k.step(s, {0, 0, outside_khz});
  return s.v;
}

TEST(astrocyte_modulated_lif, keeps_its_potential_longer_where_the_gate_opens) {
  EXPECT_NEAR(retained(0.02), 0.972875, 5e-7) << "half open: tau is 36.36 ms";
  EXPECT_NEAR(retained(10), 0.995012, 5e-7) << "open: tau is 200 ms";
  EXPECT_NEAR(retained(-10), std::exp(-0.05), 1e-15);
}

TEST(astrocyte_modulated_lif, weighs_its_input_by_the_gate) {
  const astrocyte_modulated_lif m{.leak_gating = 0, .gain_gating = 0.8, .neutral = 0.25};
  for (const auto& [outside, gain] : {std::pair{10.0, 1.6}, {0.02, 1.2}, {-10.0, 0.8}}) {
    const astrocyte_modulated_lif::kernel<double> k{m, 1_ms};
    auto s = k.start();
    k.step(s, {5, 0, outside});
    EXPECT_NEAR(s.v, 5 * gain, 1e-12);
  }
}

TEST(astrocyte_modulated_lif, counts_its_own_spikes_a_tick_later) {
  const astrocyte_modulated_lif::kernel<double> k{{.own_spikes = 0.5}, 1_ms};
  auto s = k.start();
  EXPECT_TRUE(k.step(s, {20, 0, 0}));
  EXPECT_EQ(s.a, 0);
  k.step(s, {0, 0, 0});
  EXPECT_NEAR(s.a, 0.5 / 500, 1e-18);
}

/// 20000 ticks of both under the same input.
template <class Real, class Plain>
void expect_to_be(const Plain& plain, const astrocyte_modulated_lif& off) {
  const kernel_of<Plain, Real> expected{plain, 0.1_ms};
  const astrocyte_modulated_lif::kernel<Real> k{off, 0.1_ms};
  auto a = expected.start();
  auto b = k.start();
  random_stream random{1, purpose::user, 3};
  const auto drawn = [&](double low, double high) { return static_cast<Real>(low + (high - low) * random.uniform()); };
  int spikes = 0;
  for (int n = 0; n < 20000; ++n) {
    const Real in = random.uniform() < 0.2 ? drawn(-8, 22) : 0;
    const bool fires = expected.step(a, {in, 0});
    ASSERT_EQ(k.step(b, {in, drawn(0, 1), drawn(0, 1)}), fires);
    ASSERT_EQ(a.v, b.v);
    ASSERT_EQ(a.hold, b.hold);
    spikes += fires;
  }
  EXPECT_GT(spikes, 500);
}

TEST(astrocyte_modulated_lif, without_its_actions_is_lif_with_a_soft_reset_bit_for_bit) {
  const auto off = [](millivolts rest, milliseconds refractory, double carry) {
    return astrocyte_modulated_lif{.rest = rest,
                                   .threshold = rest + 15_mV,
                                   .reset = rest,
                                   .refractory = refractory,
                                   .carry = carry,
                                   .leak_gating = 0};
  };
  expect_to_be<double>(soft_reset_lif{}, off(0_mV, 0_ms, 1));
  expect_to_be<float>(soft_reset_lif{}, off(0_mV, 0_ms, 1));
  for (const auto refractory : {0_ms, 2_ms}) {
    const soft_reset_lif soft{.rest = -65_mV, .threshold = -50_mV, .reset = -65_mV, .refractory = refractory};
    const lif hard{.rest = -65_mV, .threshold = -50_mV, .reset = -65_mV, .refractory = refractory};
    expect_to_be<double>(soft, off(-65_mV, refractory, 1));
    expect_to_be<float>(soft, off(-65_mV, refractory, 1));
    expect_to_be<double>(hard, off(-65_mV, refractory, 0));
    expect_to_be<float>(hard, off(-65_mV, refractory, 0));
  }
}

}  // namespace spinule::astrocyte_modulated_lif_test

// Short-term plasticity and its modulation by gliotransmitter, against numbers worked out apart from them.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <spinule/models/chi_astrocyte.hpp>
#include <spinule/models/gliotransmission_terminal.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>

namespace spinule::terminals_test {

TEST(tsodyks_markram_terminal, has_the_golden_releases_of_three_spikes) {
  const tsodyks_markram_terminal::kernel<double> k{{}, 1_ms};
  tsodyks_markram_terminal::state<double> s;
  const double u[] = {0.6, 0.80319, 0.87200}, r[] = {0.6, 0.36714, 0.15396}, y[] = {1500, 917.84, 384.91};
  for (int n = 0; n <= 100; ++n) {
    const double sent = k.step(s, n % 50 == 0);
    if (n % 50 != 0) {
      EXPECT_EQ(sent, 0);
      continue;
    }
    EXPECT_NEAR(s.u, u[n / 50], 5e-6);
    EXPECT_NEAR(sent, r[n / 50], 5e-6);
    EXPECT_NEAR(0.005 * 500000 * sent, y[n / 50], 5e-3) << "transmitter in the cleft, uM";
  }
}

/// Releases of a terminal without facilitation under a regular train come to this.
TEST(tsodyks_markram_terminal, depresses_to_its_closed_form) {
  const tsodyks_markram_terminal m{.utilisation = 0.5, .tau_facilitation = 0_ms, .tau_recovery = 800_ms};
  const tsodyks_markram_terminal::kernel<double> k{m, 1_ms};
  tsodyks_markram_terminal::state<double> s;
  double last = 0;
  for (int n = 0; n <= 5000; ++n)
    if (const double sent = k.step(s, n % 50 == 0); n % 50 == 0) last = sent;
  const double e = std::exp(-50.0 / 800);
  EXPECT_NEAR(last, 0.5 * (1 - e) / (1 - 0.5 * e), 1e-12);
}

/// With U = 1 everything is released; what has recovered 100 ms later with tau_recovery = 100 ms is sent then, wherever
/// the first spike lies.
TEST(tsodyks_markram_terminal, recovers_from_the_first_spike_on) {
  for (const double inactivation : {0.0, 1e-9})
    for (const double tick : {0.1, 0.5, 1.0})
      for (const int first : {1, 37, 500}) {
        const tsodyks_markram_terminal m{.utilisation = 1,
                                         .tau_facilitation = 0_ms,
                                         .tau_recovery = 100_ms,
                                         .tau_inactivation = milliseconds{inactivation}};
        const tsodyks_markram_terminal::kernel<double> k{m, milliseconds{tick}};
        tsodyks_markram_terminal::state<double> s;
        std::vector<double> sent;
        const int apart = static_cast<int>(std::lround(100 / tick));
        for (int n = 1; n <= first + 3 * apart; ++n)
          if (const bool in = n >= first && (n - first) % apart == 0; const double r = k.step(s, in)) sent.push_back(r);
        ASSERT_EQ(sent.size(), 4u);
        EXPECT_EQ(sent[0], 1);
        for (int n = 1; n < 4; ++n) EXPECT_NEAR(sent[n], 1 - std::exp(-1.0), 1e-9);  // 0.632121
      }
}

/// Three pools against small steps of their equations (Tsodyks, Uziel & Markram 2000), in steps and skipped.
TEST(tsodyks_markram_terminal, of_three_pools_is_exact) {
  const tsodyks_markram_terminal m{
      .utilisation = 0.5, .tau_facilitation = 50_ms, .tau_recovery = 80_ms, .tau_inactivation = 3_ms};
  const tsodyks_markram_terminal::kernel<double> k{m, 1_ms};
  tsodyks_markram_terminal::state<double> s, skipped;
  double u = 0, x = 1, y = 0;
  for (int n = 1; n <= 200; ++n) {
    for (int i = 0; i < 10000; ++i) {  // midpoint rule
      const double h = 1e-4, um = u - h / 2 * u / 50, ym = y - h / 2 * y / 3, xm = x + h / 2 * (1 - x - y) / 80;
      u -= h * um / 50;
      x += h * (1 - xm - ym) / 80;
      y -= h * ym / 3;
    }
    const bool spikes = n % 7 == 0 || n % 40 == 1;
    double expected = 0;
    if (spikes) {
      u += 0.5 * (1 - u);
      expected = u * x;
      x -= expected;
      y += expected;
    }
    EXPECT_NEAR(k.step(s, spikes), expected, 1e-8);
  }
  k.step(skipped, 1);
  auto stepped = skipped;
  for (int n = 0; n < 25; ++n) k.step(stepped, 0);
  k.skip(skipped, 25);
  EXPECT_NEAR(skipped.x, stepped.x, 1e-14);
  EXPECT_NEAR(skipped.y, stepped.y, 1e-14);
  EXPECT_NEAR(skipped.u, stepped.u, 1e-14);
}

TEST(gliotransmission_terminal, is_the_plain_one_without_gliotransmitter) {
  const gliotransmission_terminal::kernel<float> k{{}, 1_ms};
  const tsodyks_markram_terminal::kernel<float> plain{{}, 1_ms};
  gliotransmission_terminal::state<float> s;
  tsodyks_markram_terminal::state<float> p;
  for (int n = 0; n < 2000; ++n) {
    const float in = n % 37 == 0 || n % 11 == 0;
    ASSERT_EQ(k.step(s, {in, 0}), plain.step(p, in));
  }
}

TEST(gliotransmission_terminal, binds_what_one_release_brings) {
  const gliotransmission_terminal m{.unbinding = kilohertz{0}};
  for (const auto tick : {0.1_ms, 1_ms, 10_ms}) {
    const gliotransmission_terminal::kernel<double> k{m, tick};
    gliotransmission_terminal::state<double> s;
    k.step(s, {0, 78});
    double integral = 0;
    for (double t = 0; t < (2_s).in(tick); ++t) {
      integral += s.g * (1 - std::exp(-0.06 * tick.value())) / 0.06;
      k.step(s, {});
    }
    EXPECT_NEAR(integral, 1300, 1e-6) << "1.3 uM s";
    EXPECT_EQ(s.g, 0);
    EXPECT_NEAR(s.gamma, 0.857726, 5e-7);
    EXPECT_NEAR(k.step(s, {1, 0}), 0.085364, 5e-7) << "u x with u = U_0 and x = 1";
  }
}

TEST(gliotransmission_terminal, forgets_at_the_rate_of_unbinding) {
  const gliotransmission_terminal::kernel<double> k{{}, 1_ms};
  gliotransmission_terminal::state<double> s{.gamma = 0.8};
  for (int n = 0; n < 60000; ++n) k.step(s, {});
  EXPECT_NEAR(s.gamma, 0.8 * std::exp(-0.5), 1e-11);
}

TEST(gliotransmission_terminal, releases_more_where_the_effect_is_above_the_utilisation) {
  const gliotransmission_terminal::kernel<double> k{{.utilisation = 0.05, .effect = 1}, 1_ms};
  gliotransmission_terminal::state<double> bound{.gamma = 0.5}, free;
  EXPECT_NEAR(k.step(free, {1, 0}), 0.05, 1e-15);
  EXPECT_NEAR(k.step(bound, {1, 0}), 0.525, 1e-5);
}

/// The implicit solution of g' = -clearance g - uptake g / (half + g) where there is no clearance:
/// half ln(g / g0) + g - g0 = -uptake t.
TEST(gliotransmission_terminal, takes_up_what_saturates_to_second_order) {
  const gliotransmission_terminal m{.clearance = kilohertz{0}, .uptake = kilohertz{0.1}, .uptake_half = 10};
  double error[2] = {};
  for (int fine : {0, 1}) {
    const milliseconds tick{fine ? 5.0 : 10.0};
    const gliotransmission_terminal::kernel<double> k{m, tick};
    gliotransmission_terminal::state<double> s{.g = 20};
    for (double t = 0; t < (100_ms).in(tick); ++t) k.step(s, {});
    error[fine] = std::fabs(10 * std::log(s.g / 20) + s.g - 20 + 0.1 * 100);
  }
  EXPECT_LT(error[0], 1e-2);
  EXPECT_NEAR(error[0] / error[1], 4, 0.5);
}

}  // namespace spinule::terminals_test

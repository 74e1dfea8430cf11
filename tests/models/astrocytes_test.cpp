// Astrocytes against fixed points, periods and times of events that were worked out apart from them.
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include <spinule/models/chi_astrocyte.hpp>
#include <spinule/models/li_rinzel_astrocyte.hpp>

namespace spinule::astrocytes_test {

/// Calcium of a Li-Rinzel astrocyte whose IP3 is held, by the end of ticks.
std::vector<double> calcium_at(double ip3, milliseconds tick, milliseconds length) {
  const li_rinzel_astrocyte::kernel<double> k{{.ip3_0 = ip3}, tick};
  auto s = k.start();
  std::vector<double> ca;
  for (double t = 0; t < length.in(tick); ++t) {
    k.step(s, {});
    ca.push_back(s.ca);
  }
  return ca;
}

TEST(li_rinzel_astrocyte, comes_to_rest_at_its_fixed_points) {
  for (const auto& [ip3, rests] :
       {std::pair{0.16, 0.07222}, {0.3, 0.1231}, {0.8, 0.3906}, {1.0, 0.4527}, {1.5, 0.5525}})
    EXPECT_NEAR(calcium_at(ip3, 5_ms, 500_s).back(), rests, 1e-4) << ip3;
  const li_rinzel_astrocyte::kernel<double> k{{}, 5_ms};
  auto s = k.start();
  for (int n = 0; n < 100000; ++n) k.step(s, {});
  EXPECT_NEAR(s.h, 0.79242, 1e-5);
}

TEST(li_rinzel_astrocyte, oscillates_with_the_published_periods) {
  struct row {
    double ip3, low, high, period_s;
  };
  for (const auto& [ip3, low, high, period_s] :
       {row{0.4, 0.105, 0.313, 12.77}, row{0.5, 0.108, 0.445, 11.49}, row{0.6, 0.136, 0.500, 10.96}}) {
    auto ca = calcium_at(ip3, 5_ms, 500_s);
    ca.erase(ca.begin(), ca.begin() + static_cast<std::ptrdiff_t>(ca.size() / 2));
    EXPECT_NEAR(*std::min_element(ca.begin(), ca.end()), low, 5e-4);
    EXPECT_NEAR(*std::max_element(ca.begin(), ca.end()), high, 5e-4);
    std::vector<double> rises;
    for (std::size_t n = 1; n < ca.size(); ++n)
      if (ca[n - 1] < 0.2 && ca[n] >= 0.2) rises.push_back(0.005 * static_cast<double>(n));
    ASSERT_GT(rises.size(), 10u);
    const double period = (rises.back() - rises.front()) / static_cast<double>(rises.size() - 1);
    EXPECT_NEAR(period, period_s, 0.01 * period_s);
  }
}

TEST(li_rinzel_astrocyte, takes_its_spikes_after_the_calcium_has_moved) {
  const li_rinzel_astrocyte::kernel<double> k{{.delta_ip3 = 0.5}, 0.1_ms};
  auto with = k.start(), without = k.start();
  k.step(with, {3, 0});
  k.step(without, {});
  EXPECT_EQ(with.ca, without.ca) << "calcium of this tick knows nothing of the spikes";
  EXPECT_NEAR(with.ip3 - without.ip3, 1.5, 1e-15);
  k.step(with, {});
  k.step(without, {});
  EXPECT_GT(with.ca, without.ca);
}

TEST(li_rinzel_astrocyte, sends_the_logarithm_of_its_calcium) {
  const li_rinzel_astrocyte m;
  EXPECT_NEAR(m.slow_inward_current(0.6), 5.9997, 5e-5);
  EXPECT_EQ(m.slow_inward_current(0.19669 + 0.0009), 0);
  EXPECT_EQ(m.slow_inward_current(0.1), 0);
  const li_rinzel_astrocyte::kernel<double> k{{.sic_scale = 2}, 0.1_ms};
  li_rinzel_astrocyte::state<double> s{.ca = 0.6};
  const double sent = k.step(s, {});
  EXPECT_NE(s.ca, 0.6);
  EXPECT_NEAR(sent, 2 * m.slow_inward_current(s.ca), 1e-12) << "of the new calcium";
}

TEST(li_rinzel_astrocyte, keeps_its_calcium_between_nothing_and_all) {
  const li_rinzel_astrocyte m;
  const li_rinzel_astrocyte::kernel<double> k{m, 1_ms};
  auto s = k.start();
  EXPECT_LE(k.step(s, {0, 100}), m.largest_output());
  EXPECT_EQ(s.ca, m.ca_tot);
  k.step(s, {0, -100});
  EXPECT_EQ(s.ca, 0);
}

TEST(li_rinzel_astrocyte, follows_ip3_that_is_faster_than_a_tick) {
  const li_rinzel_astrocyte::kernel<double> k{{.tau_ip3 = 0.3_ms}, 1_ms};
  auto s = k.start();
  s.ip3 = 5;
  for (int n = 0; n < 100; ++n) k.step(s, {});
  EXPECT_NEAR(s.ip3, 0.16, 1e-6);
}

/// A closed cell, but for its exchange with a bath: times in s at which it releases.
std::vector<double> releases(double ip3_bias, milliseconds tick) {
  const chi_astrocyte closed{.o_delta = kilohertz{0.0006}, .f = kilohertz{0.002}, .ip3_bias = ip3_bias};
  const chi_astrocyte::kernel<double> k{closed, tick};
  chi_astrocyte::state<double> s{.i = 0.4, .c = 0};
  std::vector<double> when;
  for (double t = 0; t < (30_s).in(tick); ++t)
    if (k.step(s, {}) > 0) when.push_back(t * tick.in(1_s));
  return when;
}

TEST(chi_astrocyte, releases_at_the_golden_times) {
  for (const auto& [bias, first, second] : {std::tuple{0.8, 2.084, 19.349}, {1.25, 1.058, 10.341}}) {
    const auto when = releases(bias, 1_ms);
    ASSERT_EQ(when.size(), 2u);
    EXPECT_NEAR(when[0], first, 1.001e-3);
    EXPECT_NEAR(when[1], second, 1.001e-3);
  }
}

TEST(chi_astrocyte, releases_at_the_same_times_on_other_grids) {
  const auto fine = releases(0.8, 0.1_ms), coarse = releases(0.8, 10_ms);
  ASSERT_EQ(fine.size(), 2u);
  ASSERT_EQ(coarse.size(), 2u);
  for (int n : {0, 1}) EXPECT_NEAR(fine[n], coarse[n], 0.01);
}

TEST(chi_astrocyte, releases_a_share_of_what_is_left_and_refills) {
  const chi_astrocyte m{.omega_a = kilohertz{0}};
  EXPECT_NEAR(m.largest_output(), 78, 1e-12);
  const chi_astrocyte::kernel<double> k{m, 1_ms};
  chi_astrocyte::state<double> s{.i = 1, .c = 0.4999};
  while (s.c < m.c_theta) EXPECT_TRUE(k.step(s, {}) == 0 || s.c >= m.c_theta);
  EXPECT_NEAR(s.x, 0.4, 1e-15);
  const chi_astrocyte::kernel<double> refilling{{}, 1_ms};
  chi_astrocyte::state<double> empty{.x = 0.4};
  for (int n = 0; n < 1000; ++n) refilling.step(empty, {});
  EXPECT_NEAR(empty.x, 1 - 0.6 * std::exp(-0.6), 1e-12);
}

TEST(chi_astrocyte, clears_transmitter_that_is_gone_within_a_tick) {
  const chi_astrocyte::kernel<double> k{{.omega_c = 3.5_kHz}, 10_ms};
  chi_astrocyte::state<double> s;
  k.step(s, {1e12, 0});
  EXPECT_EQ(s.y, 1e6) << "the most there can be";
  s.y = 5;
  k.step(s, {});
  EXPECT_LT(std::fabs(s.y), 1e-3);
}

TEST(chi_astrocyte, binds_transmitter_and_makes_ip3_of_it) {
  const chi_astrocyte::kernel<double> k{{}, 1_ms};
  chi_astrocyte::state<double> s, silent;
  k.step(s, {1500, 0});
  EXPECT_EQ(s.gamma, 0) << "what arrives acts from the next tick on";
  for (int n = 0; n < 100; ++n) k.step(s, {}), k.step(silent, {});
  EXPECT_NEAR(s.y, 1500 * std::exp(-4.0), 1e-5);
  EXPECT_GT(s.gamma, 0.9);
  EXPECT_GT(s.i, silent.i + 0.03);
}

}  // namespace spinule::astrocytes_test

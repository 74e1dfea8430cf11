// current_lif where its time constants nearly meet, against closed forms in extended precision.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/models/current_lif.hpp>
#include <spinule/random.hpp>

namespace spinule::near_equal_test {

/// P21 of Rotter & Diesmann in 64 bits of mantissa, and in a series where the time constants meet.
long double response(long double t, long double tau_m, long double tau_s, long double c) {
  const long double x = t * (tau_m - tau_s) / (tau_m * tau_s);
  return t / c * std::exp(-t / tau_m) * (x == 0 ? 1 : -std::expm1(-x) / x);
}

TEST(crossing, keeps_all_digits_where_the_time_constants_nearly_meet) {
  for (const double tau : {2.0, 10.0, 0.3})
    for (int exponent = -160; exponent <= 0; ++exponent)
      for (const double sign : {-1.0, 1.0}) {
        const double other = tau * (1 + 0.9 * sign * std::pow(10, exponent / 10.0));
        const membrane_flow flow{0_mV, 1_pA, 0_pA, milliseconds{tau}, milliseconds{other}, 250_pF};
        for (const double t : {1e-3, 0.1, 0.5, 1.0}) {
          const double right = static_cast<double>(response(t, tau, other, 250));
          EXPECT_NEAR(flow.u(t) / right, 1, 1.5e-15) << tau << " and " << other << " at " << t;
        }
      }
}

TEST(crossing, finds_the_maximum_where_the_time_constants_nearly_meet) {
  for (int exponent = -150; exponent <= -10; ++exponent)
    for (const double above : {-3.0, 0.0, 2.0}) {
      const double tau_s = 10 * (1 + std::pow(10, exponent / 10.0));
      const membrane_flow flow{millivolts{above}, 2000_pA, 0_pA, 10_ms, milliseconds{tau_s}, 250_pF};
      const auto peak = flow.maximum();
      ASSERT_TRUE(peak);
      const long double scale = 250.0L * (10.0L - tau_s) * above + 2000.0L * 10 * tau_s;
      const long double delta = (10.0L - tau_s) * (2000.0L * 10 - 250.0L * above) / scale;
      const long double right = std::log1p(delta) * 10.0L * tau_s / (10.0L - tau_s);
      EXPECT_NEAR(*peak / static_cast<double>(right), 1, 4e-15) << tau_s;
    }
}

/// Visiting a neuron with input now and then, against stepping it through every tick.
TEST(current_lif, visited_fires_whenever_it_fires_when_stepped) {
  for (const double ratio : {1e-12, 1e-10, 1e-9, 1e-8, 1e-7, -1e-9, 0.0})
    for (std::uint32_t seed = 0; seed < 5; ++seed) {
      const current_lif::kernel<double> k{{.tau = 5_ms, .tau_excitatory = milliseconds{5 * (1 + ratio)}}, 0.1_ms};
      random_stream random{seed, purpose::user, 9};
      current_lif::state<double> stepped, visited;
      ticks waiting = 0, quiet = k.quiet(visited);
      int spikes = 0;
      for (int n = 0; n < 20000; ++n) {
        arriving<double, 3> in{};
        if (random.uniform() < 0.02) in[0] = 1500 * random.uniform();
        const bool fired = k.step(stepped, in);
        spikes += fired;
        if (in[0] == 0 && waiting < quiet) {
          ASSERT_FALSE(fired) << "tick " << n << ", ratio " << ratio;
          ++waiting;
          continue;
        }
        k.skip(visited, waiting);
        ASSERT_EQ(k.step(visited, in), fired) << "tick " << n << ", ratio " << ratio;
        EXPECT_NEAR(visited.v, stepped.v, 1e-11);
        waiting = 0;
        quiet = k.quiet(visited);
      }
      EXPECT_GT(spikes, 20);
    }
}

/// The highest v that one current from rest brings, with a threshold out of reach.
double peak_of(current_lif m, double current) {
  m.threshold = 1000_mV;
  const current_lif::kernel<double> k{m, 0.1_ms};
  auto s = k.start();
  s.i_ex = current;
  double peak = s.v;
  for (int n = 0; n < 600; ++n) {
    k.step(s, {});
    peak = std::fmax(peak, s.v);
  }
  return peak;
}

/// In single precision v rounds in proportion to its size: from a rest far from 0 it may reach a threshold near 0 that
/// it misses by a little in double.
TEST(current_lif, promises_no_quiet_that_rounding_breaks_from_a_rest_far_from_0) {
  random_stream random{1, purpose::user, 1};
  int promised = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const millivolts rest{-50 - 30 * random.uniform()}, below{std::pow(10.0, -7 + 7 * random.uniform())};
    const current_lif m{.tau = milliseconds{2 + 30 * random.uniform()},
                        .tau_excitatory = 5_ms,
                        .rest = rest,
                        .threshold = 0.001_mV,
                        .reset = rest};
    const double needed = (m.threshold - below - rest).value() / (peak_of(m, 1) - rest.value());
    const current_lif::kernel<float> k{m, 0.1_ms};
    auto s = k.start();
    s.i_ex = static_cast<float>(needed);
    const ticks quiet = k.quiet(s);
    promised += quiet > 600;
    for (int n = 0; n < std::min(quiet, 600); ++n)
      ASSERT_FALSE(k.step(s, {})) << "tick " << n << " of " << quiet << ", " << below.value() << " mV below";
  }
  EXPECT_GT(promised, 100);
}

}  // namespace spinule::near_equal_test

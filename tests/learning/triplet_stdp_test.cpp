// Triplet STDP gives the published changes of weights over pairings at many frequencies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/triplet_stdp.hpp>

#include "learning/pair_of_neurons.hpp"

namespace spinule::triplet_stdp_test {

/// Changes after 60 pairings at a frequency, the target 10 ms after the arrival (`after`) or before it.
struct pairings {
  double hertz, after, before;
};
using published = std::array<pairings, 5>;

/// A tenth of the amplitudes on ten times the range: changes of 1 mV where the published one is 1, bounds far away.
template <class Unit>
triplet_stdp<Unit> wide(triplet_stdp<Unit> rule) {
  for (double* a : {&rule.a2_plus, &rule.a3_plus, &rule.a2_minus, &rule.a3_minus}) *a *= 0.1;
  rule.w_max = Unit{10};
  return rule;
}

double change(const triplet_stdp<millivolts>& rule, double hertz, double later_ms, const auto& on) {
  std::vector<double> pre, post;
  for (int k = 0; k < 60; ++k) {
    pre.push_back(20 + 1000 / hertz * k);
    post.push_back(pre.back() + later_ms);
  }
  const pair_of_neurons two{pre, post, rule, 5_mV};
  return two.weight_after(milliseconds{pre.back() + 20}, on) - 5;
}

void expect(const triplet_stdp<millivolts>& fit, const published& numbers) {
  const auto rule = wide(fit);
  for (const auto& [hertz, after, before] : numbers) {
    SCOPED_TRACE(hertz);
    const auto digits = [](double given) { return std::fabs(given) < 1.2 ? 6e-5 : 6e-4; };  // four are given, or three
    EXPECT_NEAR(change(rule, hertz, 10, reference{1_ms}), after, digits(after));
    EXPECT_NEAR(change(rule, hertz, -10, reference{1_ms}), before, digits(before));
    if (hertz < 1) continue;
    const cpu full{.tick = 1_ms, .threads = 1, .precision = precision::full};
    EXPECT_NEAR(change(rule, hertz, 10, full), change(rule, hertz, 10, reference{1_ms}), 1e-11);
    EXPECT_NEAR(change(rule, hertz, -10, cpu{.tick = 1_ms, .threads = 1}), before, digits(before) + 1e-5);
  }
}

TEST(triplet_stdp, changes_weights_as_published_for_visual_cortex) {
  expect(triplet_fits::visual_cortex(1_mV), {{{0.1, 0.0000, -0.3122},
                                              {10, 0.1321, -0.3336},
                                              {20, 0.2470, -0.3516},
                                              {40, 0.5337, 0.1548},
                                              {50, 0.7409, 0.7272}}});
  expect(triplet_fits::visual_cortex_minimal(1_mV), {{{0.1, 0.0000, -0.3166},
                                                      {10, 0.1186, -0.3322},
                                                      {20, 0.2278, -0.3417},
                                                      {40, 0.5321, 0.1737},
                                                      {50, 0.7627, 0.7492}}});
  expect(triplet_fits::visual_cortex_nearest_minimal(1_mV), {{{0.1, 0.0000, -0.3568},
                                                              {10, 0.1009, -0.3556},
                                                              {20, 0.3220, -0.2786},
                                                              {40, 0.5683, 0.2898},
                                                              {50, 0.6358, 0.6299}}});
}

TEST(triplet_stdp, changes_weights_as_published_for_hippocampus) {
  expect(triplet_fits::hippocampus(1_mV), {{{0.1, 0.2018, -0.0714},
                                            {10, 0.1551, -0.5658},
                                            {20, -0.2031, -1.0758},
                                            {40, -1.556, -1.997},
                                            {50, -2.369, -2.380}}});
  expect(triplet_fits::hippocampus_nearest_minimal(1_mV), {{{0.1, 0.1390, -0.1293},
                                                            {10, 0.1660, -0.1278},
                                                            {20, 0.1970, -0.0879},
                                                            {40, 0.2149, 0.1099},
                                                            {50, 0.2177, 0.2132}}});
}

TEST(triplet_stdp, without_triplets_is_additive_pair_stdp) {
  const triplet_stdp rule{.tau_plus = 20_ms,
                          .tau_minus = 20_ms,
                          .a2_plus = 0.01,
                          .a3_plus = 0,
                          .a2_minus = 0.01,
                          .a3_minus = 0,
                          .w_max = 100_mV};
  const pair_of_neurons two{{10, 30, 50, 90}, {15, 28, 60, 95}, rule, 50_mV};
  EXPECT_NEAR(two.weight_after(100_ms, reference{0.1_ms}), 50.858808604347, 1e-10);
}

TEST(triplet_stdp, refuses_amplitudes_below_0_and_no_largest_weight) {
  const auto refused = [](const triplet_stdp<millivolts>& rule, const char* what) {
    try {
      pair_of_neurons{{10}, {15}, rule, 0_mV};
      ADD_FAILURE();
    } catch (const spinule_error& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr(what));
    }
  };
  refused({.a3_plus = -1, .w_max = 1_mV}, "at least 0");
  refused({}, "give the largest weight");
  refused({.tau_y = 0_ms, .w_max = 1_mV}, "must be positive");
}

}  // namespace spinule::triplet_stdp_test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <spinule/distribution.hpp>

#include "statistics.hpp"

namespace spinule::distribution_test {

using testing::HasSubstr;

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

std::vector<double> drawn(const law& l, int n = 20000) {
  random_stream random{5, purpose::user, 0};
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(l.draw(random));
  return x;
}

std::string refusal(const law& l) {
  return error_of([&] { l.check("weight"); });
}

TEST(distribution, a_constant_is_drawn_as_it_is) {
  const value<millivolts> v = 1.5_mV;
  EXPECT_TRUE(v.is_constant());
  for (const double x : drawn(v, 10)) EXPECT_EQ(x, 1.5);
}

TEST(distribution, normal_has_its_mean_and_spread) {
  const value<millivolts> v = normal{2_mV, 0.5_mV};
  EXPECT_FALSE(v.is_constant());
  EXPECT_LT(kolmogorov_smirnov(drawn(v), [](double x) { return normal_cdf((x - 2) / 0.5); }), 1.95);
}

TEST(distribution, lognormal_has_its_median_and_spread) {
  const value<millivolts> v = lognormal{3_mV, 0.4};
  EXPECT_LT(kolmogorov_smirnov(drawn(v), [](double x) { return normal_cdf(std::log(x / 3) / 0.4); }), 1.95);
}

TEST(distribution, uniform_fills_its_range) {
  const value<milliseconds> v = uniform{1_ms, 30_ms};
  EXPECT_LT(kolmogorov_smirnov(drawn(v), [](double x) { return (x - 1) / 29; }), 1.95);
}

TEST(distribution, a_clipped_law_is_the_law_given_its_bounds) {
  const value<millivolts> v = clipped{normal{0_mV, 1_mV}, -0.5_mV, 2_mV};
  const double low = normal_cdf(-0.5), high = normal_cdf(2);
  EXPECT_LT(kolmogorov_smirnov(drawn(v), [&](double x) { return (normal_cdf(x) - low) / (high - low); }), 1.95);
  for (const double x : drawn(v)) ASSERT_TRUE(x >= -0.5 && x <= 2);
}

TEST(distribution, one_bound_may_be_infinite) {
  const millivolts infinite{std::numeric_limits<double>::infinity()};
  const value<millivolts> v = clipped{normal{1_mV, 1_mV}, 0_mV, infinite};
  EXPECT_EQ(refusal(v), "no error");
  const auto x = drawn(v);
  EXPECT_GE(*std::min_element(x.begin(), x.end()), 0);
  EXPECT_GT(*std::max_element(x.begin(), x.end()), 3);
}

TEST(distribution, bounds_that_no_draw_meets_in_reasonable_tries_are_refused) {
  using mv = value<millivolts>;
  const millivolts infinite{std::numeric_limits<double>::infinity()};
  for (const mv& v :
       {mv{clipped{normal{0_mV, 1_mV}, 40_mV, 50_mV}}, mv{clipped{normal{0_mV, 1_mV}, -50_mV, -40_mV}},
        mv{clipped{normal{0_mV, 1_mV}, 3.2_mV, infinite}}, mv{clipped{normal{0_mV, 1_mV}, 0_mV, 1e-9_mV}},
        mv{clipped{lognormal{1_mV, 0.5}, 0_mV, 0.01_mV}}, mv{clipped{lognormal{-1_mV, 0.5}, -9_mV, -8_mV}},
        mv{clipped{uniform{1_mV, 3_mV}, 3_mV, 4_mV}}, mv{clipped{uniform{0_mV, 1_mV}, 0.5_mV, 0.5005_mV}}})
    EXPECT_THAT(refusal(v), HasSubstr("too little to draw from")) << v.low << " to " << v.high;
}

TEST(distribution, bounds_that_hold_a_thousandth_of_the_law_keep_its_shape) {
  const value<millivolts> normals = clipped{normal{0_mV, 1_mV}, 3_mV, 9_mV};
  EXPECT_EQ(refusal(normals), "no error");
  const double tail = normal_cdf(-3);
  EXPECT_LT(kolmogorov_smirnov(drawn(normals, 2000), [&](double x) { return 1 - normal_cdf(-x) / tail; }), 1.95);
  const value<millivolts> uniforms = clipped{uniform{0_mV, 1_mV}, 0.5_mV, 0.502_mV};
  EXPECT_EQ(refusal(uniforms), "no error");
  EXPECT_LT(kolmogorov_smirnov(drawn(uniforms, 2000), [](double x) { return (x - 0.5) / 0.002; }), 1.95);
}

TEST(distribution, equal_bounds_make_a_constant) {
  for (const value<millivolts>& v : {value<millivolts>{clipped{normal{0_mV, 1_mV}, 2_mV, 2_mV}},
                                     value<millivolts>{clipped{normal{2_mV, 0_mV}, 2_mV, 2_mV}},
                                     value<millivolts>{clipped{lognormal{1_mV, 1}, 2_mV, 2_mV}},
                                     value<millivolts>{clipped{uniform{1_mV, 3_mV}, 2_mV, 2_mV}}}) {
    EXPECT_EQ(refusal(v), "no error");
    EXPECT_TRUE(v.is_constant());
    EXPECT_EQ(v.greatest_magnitude(), 2);
    std::vector<double> batch(100);
    random_stream random{5, purpose::user, 0};
    v.draw(random, batch);
    for (const auto& x : {drawn(v, 100), batch}) EXPECT_THAT(x, testing::Each(2.0));
  }
}

TEST(distribution, plain_numbers_have_no_unit) {
  const value<number> v = clipped{normal{0.5, 0.1}, 0.0, 1.0};
  EXPECT_EQ(refusal(v), "no error");
  EXPECT_NEAR(moments_of(drawn(v)).mean, 0.5, 0.005);
  EXPECT_EQ(drawn(value<number>{2.0}, 1).front(), 2);
}

TEST(distribution, refuses_parameters_out_of_range) {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  using mv = value<millivolts>;
  EXPECT_EQ(refusal(mv{normal{0_mV, 0_mV}}), "no error");
  EXPECT_THAT(refusal(mv{millivolts{nan}}), HasSubstr("weight: a parameter is not a finite number"));
  EXPECT_THAT(refusal(mv{normal{millivolts{infinity}, 1_mV}}), HasSubstr("not a finite number"));
  EXPECT_THAT(refusal(mv{normal{0_mV, -1_mV}}), HasSubstr("spread -1 is negative"));
  EXPECT_THAT(refusal(mv{lognormal{1_mV, -0.1}}), HasSubstr("spread -0.1 is negative"));
  EXPECT_THAT(refusal(mv{uniform{2_mV, 1_mV}}), HasSubstr("range 2 to 1 is reversed"));
}

TEST(distribution, refuses_bounds_that_leave_nothing) {
  using mv = value<millivolts>;
  EXPECT_THAT(refusal(mv{clipped{normal{0_mV, 1_mV}, 2_mV, -2_mV}}), HasSubstr("bounds 2 to -2 are reversed"));
  EXPECT_THAT(refusal(mv{clipped{uniform{1_mV, 2_mV}, 3_mV, 3_mV}}), HasSubstr("exclude all"));
  const millivolts infinite{std::numeric_limits<double>::infinity()};
  EXPECT_THAT(refusal(mv{clipped{normal{0_mV, 1_mV}, infinite, infinite}}), HasSubstr("no finite number"));
  EXPECT_THAT(refusal(mv{clipped{uniform{1_mV, 2_mV}, 3_mV, 4_mV}}), HasSubstr("exclude all"));
  EXPECT_THAT(refusal(mv{clipped{lognormal{1_mV, 1}, -4_mV, -3_mV}}), HasSubstr("exclude all"));
  EXPECT_THAT(refusal(mv{clipped{normal{0_mV, 0_mV}, 1_mV, 2_mV}}), HasSubstr("exclude all"));
  EXPECT_EQ(refusal(mv{clipped{lognormal{-1_mV, 1}, -4_mV, -3_mV}}), "no error");
}

TEST(distribution, refuses_spans_of_time_that_can_only_be_negative) {
  using ms = value<milliseconds>;
  const auto refused = [](const ms& v) { return error_of([&] { v.check_span("delay"); }); };
  EXPECT_THAT(refused(-1.5_ms), HasSubstr("delay: -1.5 ms is negative, which no span of time can be; give 0 or more"));
  EXPECT_THAT(refused(clipped{normal{0_ms, 1_ms}, -2_ms, -2_ms}), HasSubstr("-2 ms is negative"));
  for (const ms& v : {ms{uniform{-2_ms, -1_ms}}, ms{lognormal{-1_ms, 1}}, ms{normal{-1_ms, 0_ms}},
                      ms{clipped{normal{1_ms, 1_ms}, -2_ms, -1_ms}}})
    EXPECT_THAT(refused(v), HasSubstr("negative numbers only"));
  for (const ms& v : {ms{0_ms}, ms{uniform{-2_ms, 1_ms}}, ms{normal{-1_ms, 1_ms}}, ms{lognormal{1_ms, 1}}})
    EXPECT_EQ(refused(v), "no error");
  EXPECT_THAT(refused(uniform{2_ms, 1_ms}), HasSubstr("reversed")) << "what `check` finds";
}

}  // namespace spinule::distribution_test

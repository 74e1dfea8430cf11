#include <gtest/gtest.h>

#include <cmath>

#include <spinule/math.hpp>

namespace spinule::math_test {

/// |a - b| relative to b.
double deviation(double a, double b) { return std::fabs(a - b) / std::fabs(b); }

TEST(math, portable_log_is_the_logarithm_to_1e_15) {
  for (double x = 1e-300; x < 1e300; x *= 1.37) ASSERT_LT(deviation(portable_log(x), std::log(x)), 1e-15) << x;
  for (double x = 0.5; x < 2; x += 1e-4)
    ASSERT_LE(std::fabs(portable_log(x) - std::log(x)), 1e-15 * std::fabs(std::log(x))) << x;
  EXPECT_EQ(portable_log(1), 0);
  EXPECT_LT(deviation(portable_log(5e-324), std::log(5e-324)), 1e-15);
}

TEST(math, portable_exp_is_the_exponential_to_1e_15) {
  for (double x = -700; x < 700; x += 0.0371) ASSERT_LT(deviation(portable_exp(x), std::exp(x)), 1e-15) << x;
  EXPECT_EQ(portable_exp(0), 1);
  EXPECT_EQ(portable_exp(-701), 0);
}

TEST(math, portable_expm1_does_not_cancel) {
  for (double x = 1e-18; x < 100; x *= 1.7)
    for (const double y : {x, -x}) ASSERT_LT(deviation(portable_expm1(y), std::expm1(y)), 4e-15) << y;
}

TEST(math, normal_quantile_inverts_the_normal_distribution) {
  const auto below = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  for (double p = 1e-300; p < 0.5; p *= 1.9) ASSERT_LT(deviation(below(normal_quantile(p)), p), 2e-12) << p;
  for (double p = 0.001; p < 1; p += 0.001) ASSERT_LT(deviation(below(normal_quantile(p)), p), 1e-14) << p;
  EXPECT_EQ(normal_quantile(0.5), 0);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  for (double p = 1.0 / 64; p < 0.5; p += 1.0 / 64) EXPECT_EQ(normal_quantile(p), -normal_quantile(1 - p)) << p;
}

TEST(math, power_multiplies) {
  EXPECT_EQ(power(3, 0), 1);
  EXPECT_EQ(power(3, 13), 1594323);
  EXPECT_EQ(power(0.5, 1000), std::ldexp(1.0, -1000));
}

}  // namespace spinule::math_test

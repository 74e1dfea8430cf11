#include <spinule/learning/engine/lbfgs.hpp>

#include <cmath>

#include <gtest/gtest.h>

#include <spinule/error.hpp>

namespace spinule::learning::lbfgs_test {

TEST(lbfgs, finds_the_minimum_of_a_badly_scaled_parabola) {
  std::vector<double> x(50, 3.0);
  const auto f = [](std::span<const double> at, std::span<double> gradient) {
    double value = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double stiffness = std::pow(10.0, static_cast<double>(i % 5)), d = at[i] - static_cast<double>(i);
      value += stiffness * d * d / 2;
      gradient[i] = stiffness * d;
    }
    return value;
  };
  const auto result = minimise(f, x, {.tolerance = 1e-9});
  EXPECT_EQ(result.end, lbfgs_end::converged);
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(x[i], static_cast<double>(i), 1e-8);
}

TEST(lbfgs, follows_the_curved_valley_of_rosenbrock) {
  std::vector<double> x{-1.2, 1};
  const auto f = [](std::span<const double> v, std::span<double> g) {
    const double a = 1 - v[0], b = v[1] - v[0] * v[0];
    g[0] = -2 * a - 400 * v[0] * b;
    g[1] = 200 * b;
    return a * a + 100 * b * b;
  };
  const auto result = minimise(f, x, {.tolerance = 1e-9});
  EXPECT_EQ(result.end, lbfgs_end::converged);
  EXPECT_NEAR(x[0], 1, 1e-8);
  EXPECT_NEAR(x[1], 1, 1e-8);
  EXPECT_LT(result.iterations, 60);
}

TEST(lbfgs, says_how_it_ended) {
  const auto slope = [](std::span<const double> x, std::span<double> g) { return g[0] = 1, x[0]; };
  std::vector<double> x{0};
  EXPECT_EQ(minimise(slope, x, {.iterations = 5}).end, lbfgs_end::exhausted);
  const auto wrong_sign = [](std::span<const double> v, std::span<double> g) { return g[0] = -1, v[0]; };
  EXPECT_EQ(minimise(wrong_sign, x).end, lbfgs_end::no_descent);
  const auto flat = [](std::span<const double>, std::span<double> g) { return g[0] = 0, 4.0; };
  const auto result = minimise(flat, x);
  EXPECT_EQ(result.end, lbfgs_end::converged);
  EXPECT_EQ(result.iterations, 0);
  EXPECT_EQ(result.value, 4.0);
}

TEST(lbfgs, refuses_a_function_that_is_not_finite_at_the_start) {
  const auto f = [](std::span<const double>, std::span<double> g) { return g[0] = 0, std::nan(""); };
  std::vector<double> x{0};
  EXPECT_THROW(minimise(f, x), spinule_error);
}

}  // namespace spinule::learning::lbfgs_test

// The functions inside of ELM neurons against those of the C++ library in more digits.
#include <spinule/engine/elm_functions.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace spinule::elm_functions_test {

/// In units of the last place of the expected number.
template <class Real>
double error_in_ulp(Real value, long double expected) {
  const Real near = static_cast<Real>(expected);
  const Real ulp = std::nextafter(std::fabs(near), std::numeric_limits<Real>::infinity()) - std::fabs(near);
  return static_cast<double>(std::fabs(static_cast<long double>(value) - expected) / static_cast<long double>(ulp));
}

template <class Real>
class elm_functions : public testing::Test {};
using both = testing::Types<float, double>;
TYPED_TEST_SUITE(elm_functions, both);

TYPED_TEST(elm_functions, phi_and_silu_err_by_a_few_units_in_the_last_place) {
  double worst_phi = 0, worst_silu = 0;
  for (long double x = -60; x < 60; x += 0.00717L) {
    const auto z = static_cast<TypeParam>(x);
    const long double exact = z;
    worst_phi = std::max(worst_phi, error_in_ulp(phi(z), 1.7159L * std::tanh(2 * exact / 3)));
    worst_silu = std::max(worst_silu, error_in_ulp(silu(z), exact / (1 + std::exp(-exact))));
  }
  EXPECT_LT(worst_phi, 6);
  EXPECT_LT(worst_silu, 6);
  for (long double x = 1e-30L; x < 1; x *= 1.7L) {
    const auto z = static_cast<TypeParam>(x);
    EXPECT_LT(error_in_ulp(phi(z), 1.7159L * std::tanh(2 * static_cast<long double>(z) / 3)), 6) << "no cancellation";
  }
}

TYPED_TEST(elm_functions, far_arguments_give_limits) {
  for (const TypeParam z : {TypeParam(1e3), TypeParam(1e30)}) {
    EXPECT_EQ(phi(z), TypeParam(1.7159));
    EXPECT_EQ(phi(-z), -TypeParam(1.7159));
    EXPECT_EQ(silu(z), z);
    EXPECT_LE(std::fabs(silu(-z)), TypeParam(1e-5));
  }
  EXPECT_EQ(phi(TypeParam(0)), 0);
  EXPECT_EQ(silu(TypeParam(0)), 0);
  EXPECT_EQ(relu(TypeParam(-3)), 0);
  EXPECT_EQ(relu(TypeParam(3)), 3);
}

}  // namespace spinule::elm_functions_test

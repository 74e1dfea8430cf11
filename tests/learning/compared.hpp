// How far numbers that were found are from those that are expected.
#pragma once

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace spinule::learning {

inline double largest(const std::vector<double>& x) {
  double most = 0;
  for (const double y : x) most = std::fmax(most, std::fabs(y));
  return most;
}
/// Largest difference over the largest number that is expected.
inline double apart(const std::vector<double>& found, const std::vector<double>& expected) {
  EXPECT_EQ(found.size(), expected.size());
  double most = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) most = std::fmax(most, std::fabs(found[i] - expected[i]));
  return most / largest(expected);
}

}  // namespace spinule::learning

// Whether many draws follow a law: the distance of Kolmogorov and Smirnov.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace spinule {

/// Largest distance between the distribution of `draws`, at least one, and the continuous cumulative law `law(x)`.
template <class Law>
double ks_distance(std::vector<double> draws, const Law& law) {
  std::sort(draws.begin(), draws.end());
  const auto n = static_cast<double>(draws.size());
  double distance = 0;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double expected = law(draws[i]), below = static_cast<double>(i) / n;
    distance = std::max({distance, std::abs(expected - below), std::abs(expected - below - 1 / n)});
  }
  return distance;
}

/// The distance that one sample of `n` draws of the law itself in a thousand exceeds.
inline double ks_limit(std::size_t n) { return 1.95 / std::sqrt(static_cast<double>(n)); }

/// The normal law of mean 0 and sd 1 up to x.
inline double normal_law(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace spinule

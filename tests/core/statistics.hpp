// Draws against closed forms.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <spinule/error.hpp>

namespace spinule {

struct moments {
  double mean = 0, variance = 0;
};

inline moments moments_of(const std::vector<double>& x) {
  moments m;
  const auto n = static_cast<double>(x.size());
  for (const double v : x) m.mean += v / n;
  for (const double v : x) m.variance += (v - m.mean) * (v - m.mean) / (n - 1);
  return m;
}

/// The largest distance between the empirical and the given distribution function, times sqrt(n): above 1.95 once in
/// a thousand (Kolmogorov).
template <class Cdf>
double kolmogorov_smirnov(std::vector<double> x, Cdf cdf) {
  std::sort(x.begin(), x.end());
  const auto n = static_cast<double>(x.size());
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = cdf(x[i]), rank = static_cast<double>(i);
    largest = std::max({largest, p - rank / n, (rank + 1) / n - p});
  }
  return largest * std::sqrt(n);
}

/// Pearson's sum over categories; a chi-squared law of about observed.size() - 1 degrees lies below `degrees + 4 *
/// sqrt(2 * degrees)` but for one time in ten thousand.
inline double chi_squared(const std::vector<double>& observed, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < observed.size(); ++i)
    sum += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
  return sum;
}
inline double chi_squared_limit(std::size_t categories) {
  const auto degrees = static_cast<double>(categories - 1);
  return degrees + 4 * std::sqrt(2 * degrees);
}

/// The message of the `spinule::error` that `act` throws; "no error" when it throws none.
template <class Act>
std::string error_of(Act act) {
  try {
    act();
  } catch (const spinule_error& wrong) {
    return wrong.what();
  }
  return "no error";
}

}  // namespace spinule

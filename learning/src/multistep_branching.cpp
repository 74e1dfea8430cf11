#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/learning/branching.hpp>

namespace spinule::learning {
namespace {

double mean_of(std::span<const double> x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

/// The slope of the regression of A(t + k) on A(t).
double slope(std::span<const double> counts, std::size_t k) {
  const auto now = counts.first(counts.size() - k), later = counts.subspan(k);
  const double mean_now = mean_of(now), mean_later = mean_of(later);
  double both = 0, own = 0;
  for (std::size_t t = 0; t < now.size(); ++t) {
    both += (now[t] - mean_now) * (later[t] - mean_later);
    own += (now[t] - mean_now) * (now[t] - mean_now);
  }
  if (!(own > 0))
    throw spinule_error{"multistep_branching", "the counts never change; there is nothing to be told from them"};
  return both / own;
}

struct fit {
  double b = 0, error = 0;
};

/// The best b for a given m, and the squared error that is left.
fit fitted(std::span<const double> slopes, double m) {
  double both = 0, own = 0, power = 1;
  for (const double r : slopes) {
    power *= m;
    both += r * power;
    own += power * power;
  }
  fit f{own > 0 ? both / own : 0, 0};
  power = 1;
  for (const double r : slopes) {
    power *= m;
    f.error += (r - f.b * power) * (r - f.b * power);
  }
  return f;
}

/// The m of the least error: the best of a grid, then golden sections between its neighbours.
double best_m(std::span<const double> slopes) {
  constexpr int steps = 2400;
  constexpr double highest = 1.2, width = highest / steps;
  const auto error = [&](double m) { return fitted(slopes, m).error; };
  double m = width;
  for (int i = 2; i <= steps; ++i)
    if (error(i * width) < error(m)) m = i * width;
  double low = std::max(m - width, width / 2), high = std::min(m + width, highest);
  const double golden = (std::sqrt(5.0) - 1) / 2;
  while (high - low > 1e-12) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    (error(a) < error(b) ? high : low) = error(a) < error(b) ? b : a;
  }
  return (low + high) / 2;
}

}  // namespace

milliseconds multistep::tau(milliseconds step) const {
  return m < 1 ? -1 / std::log(m) * step : milliseconds{std::numeric_limits<double>::infinity()};
}

multistep multistep_branching(std::span<const double> counts, std::size_t lags) {
  const std::string where = "multistep_branching";
  if (lags < 2) throw spinule_error{where, fmt::format("{} lags; give at least 2", lags)};
  if (counts.size() < lags + 3)
    throw spinule_error{
        where, fmt::format("{} counts are too few for {} lags; give {} or more", counts.size(), lags, lags + 3)};
  multistep result;
  for (std::size_t k = 1; k <= lags; ++k) result.slopes.push_back(slope(counts, k));
  result.m = best_m(result.slopes);
  result.b = fitted(result.slopes, result.m).b;
  return result;
}

}  // namespace spinule::learning

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/learning/liquid_measures.hpp>

namespace spinule::learning {
namespace {

/// Events by channel, then time.
std::vector<event> by_channel(std::span<const event> events) {
  std::vector<event> sorted(events.begin(), events.end());
  std::ranges::sort(sorted, {}, [](const event& e) { return std::pair{e.channel, e.time_us}; });
  return sorted;
}

/// The scalar product of two smoothed recordings, over that of one spike with itself. Spikes further apart than `reach`
/// have none that a double could tell from 0.
double product(std::span<const event> u, std::span<const event> v, double tau_us) {
  const double reach = 9 * tau_us;
  double sum = 0;
  auto first = v.begin();
  for (const event& a : u) {
    const auto before = [&](const event& b) {
      return b.channel < a.channel || (b.channel == a.channel && static_cast<double>(a.time_us - b.time_us) > reach);
    };
    while (first != v.end() && before(*first)) ++first;
    for (auto b = first; b != v.end() && b->channel == a.channel; ++b) {
      const double apart = static_cast<double>(b->time_us - a.time_us);
      if (apart > reach) break;
      sum += std::exp(-0.5 * (apart / tau_us) * (apart / tau_us));
    }
  }
  return sum;
}

}  // namespace

double train_distance(std::span<const event> u, std::span<const event> v, milliseconds tau) {
  if (!(tau.value() > 0))
    throw spinule_error{"train_distance", fmt::format("tau = {} ms; it must be positive", tau.value())};
  const double tau_us = 1000 * tau.value();
  const auto a = by_channel(u), b = by_channel(v);
  const double squared = product(a, a, tau_us) - 2 * product(a, b, tau_us) + product(b, b, tau_us);
  return std::sqrt(std::max(squared, 0.0) * tau.value() * std::sqrt(std::numbers::pi / 2));
}

std::vector<double> separation(const state_table& u, const state_table& v) {
  if (u.columns != v.columns || u.values.size() != v.values.size())
    throw spinule_error{"separation", fmt::format("states of {} x {} and of {} x {} numbers; give equally many",
                                                  u.rows(), u.columns, v.rows(), v.columns)};
  std::vector<double> distances;
  for (std::size_t r = 0; r < u.rows(); ++r) {
    double squared = 0;
    for (std::size_t c = 0; c < u.columns; ++c) {
      const double d = u.row(r)[c] - v.row(r)[c];
      squared += d * d;
    }
    distances.push_back(std::sqrt(squared));
  }
  return distances;
}

}  // namespace spinule::learning

#include <spinule/learning/associative_memory.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {

associative_memory::associative_memory(std::vector<double> patterns, std::size_t units, int order)
    : patterns_{std::move(patterns)},
      units_{units},
      order_{order},
      scale_{std::pow(static_cast<double>(units), 1 - order)} {
  if (units == 0 || patterns_.empty() || patterns_.size() % units != 0)
    throw spinule_error{"associative_memory",
                        fmt::format("{} numbers are no patterns over {} units", patterns_.size(), units)};
  if (order < 2) throw spinule_error{"associative_memory", fmt::format("order {}; it must be at least 2", order)};
  if (!std::ranges::all_of(patterns_, [](double x) { return std::isfinite(x); }))
    throw spinule_error{"associative_memory", "an entry of a pattern is not finite"};
}

void associative_memory::check(std::span<const double> state) const {
  if (state.size() != units_)
    throw spinule_error{"associative_memory",
                        fmt::format("a state of {} units; the patterns have {}", state.size(), units_)};
}

double associative_memory::raised(double x) const {
  double power = x;
  for (int p = 1; p < order_; ++p) power *= x;
  return power;
}

std::vector<double> associative_memory::products(std::span<const double> state) const {
  check(state);
  std::vector<double> all(size());
  for (std::size_t mu = 0; mu < all.size(); ++mu)
    all[mu] = std::inner_product(state.begin(), state.end(), pattern(mu).begin(), 0.0);
  return all;
}

std::vector<double> associative_memory::overlaps(std::span<const double> state) const {
  auto m = products(state);
  for (double& x : m) x /= static_cast<double>(units_);
  return m;
}

double associative_memory::energy(std::span<const double> state) const {
  double sum = 0;
  for (const double x : products(state)) sum += raised(x);
  return -sum * scale_;
}

std::vector<double> associative_memory::flip_costs(std::span<const double> state) const {
  const auto product = products(state);
  std::vector<double> cost(units_);
  for (std::size_t mu = 0; mu < product.size(); ++mu) {
    const auto xi = pattern(mu);
    const double now = raised(product[mu]);
    for (std::size_t i = 0; i < units_; ++i) cost[i] += now - raised(product[mu] - 2 * xi[i] * state[i]);
  }
  for (double& c : cost) c *= scale_;
  return cost;
}

std::size_t associative_memory::sweep(std::span<double> state) const {
  auto product = products(state);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < units_; ++i) {
    double cost = 0;
    for (std::size_t mu = 0; mu < product.size(); ++mu)
      cost += raised(product[mu]) - raised(product[mu] - 2 * pattern(mu)[i] * state[i]);
    if (!(cost < 0)) continue;
    for (std::size_t mu = 0; mu < product.size(); ++mu) product[mu] -= 2 * pattern(mu)[i] * state[i];
    state[i] = -state[i];
    ++changed;
  }
  return changed;
}

std::vector<double> random_patterns(std::size_t count, std::size_t units, double dilution, std::uint64_t seed) {
  if (!(dilution >= 0 && dilution <= 1))
    throw spinule_error{"random_patterns", fmt::format("dilution {} must be from 0 to 1", dilution)};
  std::vector<double> entries(count * units);
  for (std::size_t mu = 0; mu < count; ++mu) {
    random_stream random{seed, purpose::generator, mu};
    for (std::size_t i = 0; i < units; ++i) {
      const double u = random.uniform();
      entries[mu * units + i] = u < dilution ? 0 : (random.bits() & 1U) != 0 ? 1 : -1;
    }
  }
  return entries;
}

std::vector<double> hierarchical_state(std::span<const double> patterns, std::size_t units) {
  if (units == 0 || patterns.size() % units != 0)
    throw spinule_error{"hierarchical_state",
                        fmt::format("{} numbers are no patterns over {} units", patterns.size(), units)};
  std::vector<double> state(units, 1.0);
  for (std::size_t k = patterns.size(); k > 0; --k) {  // from the last to the first, which has the last word
    const double x = patterns[k - 1];
    if (x != 0) state[(k - 1) % units] = x > 0 ? 1 : -1;
  }
  return state;
}

bool hierarchy_is_stable(double dilution, std::size_t count) {
  return 1 - dilution > dilution * (1 - std::pow(dilution, static_cast<double>(count) - 1));
}

double expected_bit_error(std::size_t units, std::size_t patterns, int order) {
  double pairings = 1;  // (2 P - 3)!!
  for (int k = 2 * order - 3; k > 1; k -= 2) pairings *= k;
  const double room = std::pow(static_cast<double>(units), order - 1);
  return std::erfc(std::sqrt(room / (2 * static_cast<double>(patterns) * pairings))) / 2;
}

}  // namespace spinule::learning

// How many patterns a Hebbian memory of 100 units holds where two, three or four of them interact at a time: bits that
// leave a stored pattern in the first step, beside the formula for large networks.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/learning/associative_memory.hpp>

using namespace spinule::learning;

struct load {
  int order;
  std::size_t patterns;
  std::uint64_t networks;  ///< over which the error is averaged
};

double bit_error(std::size_t units, const load& l) {
  double wrong = 0;
  for (std::uint64_t seed = 1; seed <= l.networks; ++seed) {
    const associative_memory memory{random_patterns(l.patterns, units, 0, seed), units, l.order};
    const std::size_t shown = std::min<std::size_t>(l.patterns, 1000);
    for (std::size_t mu = 0; mu < shown; ++mu) {
      const auto costs = memory.flip_costs(memory.pattern(mu));
      wrong += static_cast<double>(std::ranges::count_if(costs, [](double c) { return c < 0; })) /
               static_cast<double>(shown * units * l.networks);
    }
  }
  return wrong;
}

int main() {
  constexpr std::size_t units = 100;
  bool as_expected = true;
  fmt::print("P  patterns  bits lost  formula\n");
  for (const load& l : {load{2, 14, 200}, load{2, 20, 200}, load{3, 600, 1}, load{3, 1000, 1}, load{4, 3000, 1}}) {
    const double error = bit_error(units, l), formula = expected_bit_error(units, l.patterns, l.order);
    fmt::print("{}  {:8}  {:9.5f}  {:7.5f}\n", l.order, l.patterns, error, formula);
    as_expected &= formula > 0.005 ? std::fabs(error - formula) < 0.4 * formula : error < 0.006;
  }
  return as_expected ? 0 : 1;
}

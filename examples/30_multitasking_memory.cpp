// A Hebbian memory that recalls several patterns at the same time: blank entries of one leave units free for the next.
// Up to a share of blanks, a network of 4000 units stays in the state that serves its patterns in order.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <spinule/learning/associative_memory.hpp>

using namespace spinule::learning;

struct outcome {
  std::vector<double> overlaps;  ///< with each pattern, mean over networks
  double kept = 0, least = 1;    ///< how much of the state in order is left: mean and least
};

outcome settle(std::size_t units, std::size_t count, double blank, std::uint64_t networks) {
  outcome all{.overlaps = std::vector<double>(count)};
  for (std::uint64_t seed = 1; seed <= networks; ++seed) {
    const auto patterns = random_patterns(count, units, blank, seed);
    const associative_memory memory{patterns, units};
    const auto in_order = hierarchical_state(patterns, units);
    auto state = in_order;
    while (memory.sweep(state) > 0) continue;
    const auto m = memory.overlaps(state);
    for (std::size_t k = 0; k < count; ++k) all.overlaps[k] += m[k] / static_cast<double>(networks);
    const double same =
        std::inner_product(state.begin(), state.end(), in_order.begin(), 0.0) / static_cast<double>(units);
    all.kept += same / static_cast<double>(networks);
    all.least = std::min(all.least, same);
  }
  return all;
}

int main() {
  bool as_expected = true;
  fmt::print("patterns  blank  kept   overlaps (of the state in order)\n");
  for (const auto& [count, blank] :
       {std::pair<std::size_t, double>{3, 0.4}, {3, 0.55}, {3, 0.7}, {5, 0.55}, {5, 0.7}}) {
    const outcome found = settle(4000, count, blank, 10);
    const bool stable = hierarchy_is_stable(blank, count);
    std::string numbers;
    for (std::size_t k = 0; k < count; ++k) {
      const double formula = (1 - blank) * std::pow(blank, k);
      numbers += fmt::format("{:.3f} ({:.3f}) ", found.overlaps[k], formula);
      as_expected &= !stable || std::fabs(found.overlaps[k] - formula) < 0.03;
    }
    as_expected &= stable ? found.least == 1 : found.kept < 0.999;
    fmt::print("{:8}  {:5.2f}  {:.3f}  {}{}\n", count, blank, found.kept, numbers, stable ? "" : "unstable");
  }
  return as_expected ? 0 : 1;
}

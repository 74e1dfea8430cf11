// Was the second stimulus the first one again? Units with an astrocyte each remember it over a gap of 20 membrane time
// constants in which they go on firing; leaky units do not, even where their membranes are as slow as the astrocytes.
// Each kind has the strength of synapses out of several that suits it (`bench/delayed_match.cpp` tries more).
#include <fmt/format.h>

#include "support/delayed_match.hpp"

using namespace spinule;
using namespace spinule::delayed_match;

int main() {
  const index_t units = 100;
  const std::uint64_t seed = 1;
  const auto training = draw_trials(seed, 0, 200), test = draw_trials(seed, 200, 75);
  const auto percent = [&](const auto& kind, const std::vector<strength>& strengths) {
    return 100 * best(kind, seed, training, test, strengths).accuracy;
  };
  const double lif = percent(leaky(units, membrane, membrane, seed), {{0.4}});
  const double spread_lif = percent(leaky(units, 100_ms, 2_s, seed), {{0.004}, {0.4}, {1.05, true}});
  const double astrocytes = percent(modulated(units, seed), {{0.4}});
  fmt::print("match or not, chance 50 %, gap {} ms\n", gap.value());
  fmt::print("leaky, tau 20 ms              {:5.1f} %\n", lif);
  fmt::print("leaky, tau 100 to 2000 ms     {:5.1f} %\n", spread_lif);
  fmt::print("with astrocytes, tau 20 ms    {:5.1f} %\n", astrocytes);
  return astrocytes >= lif + 20 && astrocytes >= spread_lif + 20 ? 0 : 1;
}

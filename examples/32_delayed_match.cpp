// Was the second stimulus the first one again? Units with an astrocyte each remember it over a gap of 20 membrane time
// constants, in which they go on firing; leaky units do not, even where their membranes are as slow as the astrocytes.
#include <fmt/format.h>

#include "support/delayed_match.hpp"

using namespace spinule;
using namespace spinule::delayed_match;

int main() {
  const index_t units = 100;
  const std::uint64_t seed = 1;
  const auto training = draw_trials(seed, 0, 400), test = draw_trials(seed, 400, 400);
  const auto percent = [&](const auto& network) { return 100 * best_accuracy(network, seed, training, test); };

  const double lif = percent(leaky(units, membrane, membrane, seed));
  const double spread_lif = percent(leaky(units, 100_ms, 2_s, seed));
  const double astrocytes = percent(modulated(units, seed));
  fmt::print("match or not, chance 50 %, gap {} ms\n", gap.value());
  fmt::print("leaky, tau 20 ms              {:5.1f} %\n", lif);
  fmt::print("leaky, tau 100 to 2000 ms     {:5.1f} %\n", spread_lif);
  fmt::print("with astrocytes, tau 20 ms    {:5.1f} %\n", astrocytes);
  return astrocytes >= lif + 20 && astrocytes >= spread_lif + 20 ? 0 : 1;
}

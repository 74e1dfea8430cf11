// Brunel's network with plastic synapses among its excitatory neurons.
#include <spinule/learning/pair_stdp.hpp>

#include "brunel_network.hpp"
#include "network_bench.hpp"

namespace spinule::bench {
namespace {

/// All-to-all pairs, both time constants 20 ms: w += 0.01 (0.2 mV - w) x when the target fires, w -= 0.01 w y when a
/// spike arrives. The mean weight stays at J, so rates stay as in the static network.
template <class Dependence>
network build(double scale, Dependence dependence) {
  const pair_stdp rule{.lambda = 0.01, .w_max = 2 * brunel_j, .dependence = dependence};
  return brunel_network(scale, [&](network& net, auto e) {
    net.connect(e, e, fixed_probability{.p = 0.1}, {.weight = brunel_j, .delay = 1.5_ms}, rule);
  });
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule;
  static double scale = 1;
  static std::string dependence = "multiplicative";
  return bench::network_main(
      count, words, "brunel_stdp", "Brunel's network, 10 M of its 15.6 M synapses with pair STDP, 0.1 ms", 0.1_ms,
      [](CLI::App& app) {
        app.add_option("--scale", scale, "Of the number of neurons")->check(CLI::Range(0.01, 20.0));
        app.add_option("--dependence", dependence, "Of changes on the weight")
            ->check(CLI::IsMember({"additive", "multiplicative", "power_law"}));
        return []() -> network {
          if (dependence == "additive") return bench::build(scale, weight_dependence::additive{});
          if (dependence == "power_law") return bench::build(scale, weight_dependence::power_law{});
          return bench::build(scale, weight_dependence::multiplicative{});
        };
      });
}

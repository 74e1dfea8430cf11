// Brunel's network with plastic synapses among its excitatory neurons.
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/learning/triplet_stdp.hpp>

#include "brunel_network.hpp"
#include "network_bench.hpp"

namespace spinule::bench {
namespace {

template <class Rule>
network build(double scale, const Rule& rule) {
  return brunel_network(scale, [&](network& net, auto e) {
    net.connect(e, e, fixed_probability{.p = 0.1}, {.weight = brunel_j, .delay = 1.5_ms}, rule);
  });
}

/// All-to-all pairs, both time constants 20 ms: w += 0.01 (0.2 mV - w) x when the target fires, w -= 0.01 w y when a
/// spike arrives. The mean weight stays at J, so rates stay as in the static network.
template <class Dependence>
network of_pairs(double scale, Dependence dependence) {
  return build(scale, pair_stdp{.lambda = 0.01, .w_max = 2 * brunel_j, .dependence = dependence});
}

/// The fit to visual cortex with a hundredth of its amplitudes: at 30 spikes a second weights would leave J at once.
network of_triplets(double scale) {
  auto rule = triplet_fits::visual_cortex(2 * brunel_j);
  for (double* a : {&rule.a2_plus, &rule.a3_plus, &rule.a2_minus, &rule.a3_minus}) *a *= 0.01;
  return build(scale, rule);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule;
  static double scale = 1;
  static std::string rule = "pair", dependence = "multiplicative";
  return bench::network_main(
      count, words, "brunel_stdp", "Brunel's network, 10 M of its 15.6 M synapses plastic, 0.1 ms", 0.1_ms,
      [](CLI::App& app) {
        app.add_option("--scale", scale, "Of the number of neurons")->check(CLI::Range(0.01, 20.0));
        app.add_option("--rule", rule, "Of all plastic synapses")->check(CLI::IsMember({"pair", "triplet"}));
        app.add_option("--dependence", dependence, "Of changes on the weight, of pairs")
            ->check(CLI::IsMember({"additive", "multiplicative", "power_law"}));
        return []() -> network {
          if (rule == "triplet") return bench::of_triplets(scale);
          if (dependence == "additive") return bench::of_pairs(scale, weight_dependence::additive{});
          if (dependence == "power_law") return bench::of_pairs(scale, weight_dependence::power_law{});
          return bench::of_pairs(scale, weight_dependence::multiplicative{});
        };
      });
}

// Digests of spikes and weights under each plasticity rule. A new rule is one line in `add_plasticity`.
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/learning/triplet_stdp.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "running.hpp"

namespace spinule {
namespace {

/// Noise into 100 neurons over plastic synapses, and the same neurons among each other.
template <class Rule>
auto learning(const Rule& rule) {
  return [rule] {
    network net{41};
    const auto noise = net.add("noise", poisson{.rate = 50_Hz}, 60);
    const auto cells = net.add("cells", lif{}, 100);
    net.connect(noise, cells, fixed_probability{0.2}, {.weight = uniform{2_mV, 5_mV}, .delay = 1_ms}, rule);
    net.connect(cells, cells, fixed_total_number{.n = 2000}, {.weight = 0.5_mV, .delay = uniform{1_ms, 6_ms}}, rule);
    return net;
  };
}

template <class Dependence>
pair_stdp<millivolts, Dependence> pairs(Dependence dependence, bool nearest = false) {
  return {.tau_minus = 30_ms, .lambda = 0.02, .w_max = 6_mV, .nearest = nearest, .dependence = dependence};
}

}  // namespace

void add_plasticity(goldens& all) {
  using namespace weight_dependence;
  add_everywhere(all, "plasticity/pair_additive", learning(pairs(additive{})));
  add_everywhere(all, "plasticity/pair_multiplicative", learning(pairs(multiplicative{})));
  add_everywhere(all, "plasticity/pair_van_rossum", learning(pairs(van_rossum{})));
  add_everywhere(all, "plasticity/pair_guetig", learning(pairs(guetig{})));
  add_everywhere(all, "plasticity/pair_power_law", learning(pairs(power_law{})));
  add_everywhere(all, "plasticity/pair_nearest", learning(pairs(additive{}, true)));
  add_everywhere(all, "plasticity/triplet", learning(triplet_fits::hippocampus(6_mV)));
}

}  // namespace spinule

// Digests of spikes and weights under each plasticity rule. A new rule is one line in `add_plasticity`.
#include <spinule/learning/bistable_synapse.hpp>
#include <spinule/learning/clopath.hpp>
#include <spinule/learning/dopamine_stdp.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/learning/triplet_stdp.hpp>
#include <spinule/learning/voltage_stdp.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>

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
    const auto fed =
        net.connect(noise, cells, fixed_probability{0.2}, {.weight = uniform{2_mV, 5_mV}, .delay = 1_ms}, rule);
    const auto recurrent = net.connect(cells, cells, fixed_total_number{.n = 2000},
                                       {.weight = 0.5_mV, .delay = uniform{1_ms, 6_ms}}, rule);
    if constexpr (has_modulation<Rule>) {
      const auto third = net.add("factor", value_list{{{10_ms, 0, 0.5}, {50_ms, 0, 0.1}}}, 1);
      for (const auto& p : {fed, recurrent}) net.modulate(third, p, factor::learning, 1_ms);
    }
    return net;
  };
}

template <class Dependence, class Pairs = spike_pairs::all_to_all>
pair_stdp<millivolts, Dependence, Pairs> pairs(Dependence dependence, Pairs paired = {}) {
  return {.tau_minus = 30_ms, .lambda = 0.02, .w_max = 6_mV, .dependence = dependence, .paired = paired};
}

}  // namespace

void add_plasticity(goldens& all) {
  using namespace weight_dependence;
  add_everywhere(all, "plasticity/pair_additive", learning(pairs(additive{})));
  add_everywhere(all, "plasticity/pair_multiplicative", learning(pairs(multiplicative{})));
  add_everywhere(all, "plasticity/pair_van_rossum", learning(pairs(van_rossum{})));
  add_everywhere(all, "plasticity/pair_guetig", learning(pairs(guetig{})));
  add_everywhere(all, "plasticity/pair_power_law", learning(pairs(power_law{})));
  add_everywhere(all, "plasticity/pair_nearest", learning(pairs(additive{}, spike_pairs::nearest_symmetric{})));
  add_everywhere(all, "plasticity/pair_presynaptic_centred",
                 learning(pairs(additive{}, spike_pairs::presynaptic_centred{})));
  add_everywhere(all, "plasticity/pair_reduced_symmetric",
                 learning(pairs(multiplicative{}, spike_pairs::reduced_symmetric{})));
  add_everywhere(
      all, "plasticity/clopath",
      learning(clopath{.theta_plus = 5_mV, .theta_minus = 1_mV, .a_ltp = 1e-3, .rest = 0_mV, .w_max = 6_mV}));
  add_everywhere(all, "plasticity/voltage",
                 learning(voltage_stdp{.a_ltp = 2e-4,
                                       .a_ltd = 1e-3,
                                       .depression = {.theta = 1_mV, .power = 0.5},
                                       .potentiation = {.theta = 5_mV, .power = 2},
                                       .coincidence = {.tau = 7_ms, .delay = 1_ms, .theta = 1_mV},
                                       .w_max = 6_mV}));
  add_everywhere(all, "plasticity/bistable",
                 learning(bistable_synapse{.theta_v = 5_mV, .up = {0.2, 3}, .down = {0.1, 2}, .w_max = 6_mV}));
  add_everywhere(all, "plasticity/dopamine", learning(dopamine_stdp{.tau_c = 100_ms, .w_max = 6_mV}));
  add_everywhere(all, "plasticity/triplet", learning(triplet_fits::hippocampus(6_mV)));
}

}  // namespace spinule

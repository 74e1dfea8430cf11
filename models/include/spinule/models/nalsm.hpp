// NALSM, the neuron-astrocyte liquid state machine: a liquid whose synapses learn as its one astrocyte lets them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

#include <spinule/engine/any_rule.hpp>
#include <spinule/liquid.hpp>
#include <spinule/model.hpp>

namespace spinule {

/// What changes the synapses of a kind of source; all or none. Weights are |w| <= w_max: of excitatory units positive,
/// of inhibitory ones negative, of the input both.
struct nalsm_rules {
  std::shared_ptr<const any_rule> excitatory, inhibitory, input;
};
/// In that order: `nalsm_stdp` of <spinule/learning/astrocyte_stdp.hpp>, or another rule that the astrocyte drives.
template <plasticity_rule Rule>
nalsm_rules learned_by(const std::array<Rule, 3>& rules) {
  const auto held = [](const Rule& r) { return std::make_shared<rule_holder<Rule>>(r); };
  return {.excitatory = held(rules[0]), .inhibitory = held(rules[1]), .input = held(rules[2])};
}

/// Its parts: the liquid as others have it, and what stands beside it.
struct nalsm_network {
  liquid whole;
  population receptors;              ///< units that an event makes fire, one for each channel
  population astrocyte;              ///< where there are rules
  std::vector<projection> synapses;  ///< from receptors to the two layers, then ee, ei, ie, ii
};

/// Ivanov & Michmizos, NeurIPS 2021, after their code; simulate it with ticks of 1 ms. `cuba_lif` units at shuffled
/// places of a cubic grid, four fifths of them excitatory, wired by distance: P = c exp(-(D / lambda)^2). Of all pairs
/// of channel and unit, floor(`density` channels neurons) are connected, with a sign drawn for each. All |w| begin
/// alike. Receptors are `cuba_lif` as well and so fire every third ms at most. Delays are 1 ms, half of it on either
/// side of the synapse, so that rules see all spikes when they happen.
///
/// With rules, a `balance_astrocyte` hears the liquid with weight `w_astro` and the receptors with its negative, and
/// modulates what all synapses learn, by A, which rests at `base`. tau and tau_astro are those of the authors' Euler
/// steps of 1 ms: decay is 1 - 1 / tau. One thing differs: their synapses forget a spike when the next one comes,
/// here what is left of it (5 % after 3 ms) adds to that.
struct nalsm {
  index_t neurons = 1000;
  std::uint64_t seed = 1;
  double tau = 64, tau_astro = 100;  ///< ms
  millivolts threshold{20};
  millivolts weight{3}, input_weight{3};
  double density = 0.15, lambda = 3;
  double ee = 0.2, ei = 0.1, ie = 0.3, ii = 0.05;
  double w_astro = 0.015;  ///< 0.0075 for 8000 neurons
  double base = 0.15;

  static constexpr auto numbers = std::tuple{
      parameter{"tau", &nalsm::tau},
      parameter{"tau_astro", &nalsm::tau_astro},
      parameter{"threshold", &nalsm::threshold},
      parameter{"weight", &nalsm::weight},
      parameter{"input_weight", &nalsm::input_weight},
      parameter{"density", &nalsm::density},
      parameter{"lambda", &nalsm::lambda},
      parameter{"ee", &nalsm::ee},
      parameter{"ei", &nalsm::ei},
      parameter{"ie", &nalsm::ie},
      parameter{"ii", &nalsm::ii},
      parameter{"w_astro", &nalsm::w_astro},
      parameter{"base", &nalsm::base},
  };
  /// Throws `spinule_error` for neurons that fill no cube, no channel, a number out of range, and rules that are
  /// missing beside others.
  nalsm_network build(const liquid_input& from, const nalsm_rules& rules = {}) const;
  bool operator==(const nalsm&) const = default;
};

}  // namespace spinule

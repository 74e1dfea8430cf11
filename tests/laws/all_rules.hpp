// Every plasticity rule under the laws of tests/laws/rule_*_test.cpp: one line each, with weights in mV.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <spinule/learning/astrocyte_stdp.hpp>
#include <spinule/learning/bistable_synapse.hpp>
#include <spinule/learning/clopath.hpp>
#include <spinule/learning/dopamine_stdp.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/learning/rate_stdp.hpp>
#include <spinule/learning/symmetric_stdp.hpp>
#include <spinule/learning/triplet_stdp.hpp>
#include <spinule/learning/voltage_stdp.hpp>
#include <spinule/models/value_list.hpp>
#include <spinule/network.hpp>

#include "laws/trial.hpp"
#include "learning/vogels.hpp"

namespace spinule {

// Compiled once, with the flags that ship, in all_rules.cpp; the others are in the library.
extern template class rule_holder<
    pair_stdp<millivolts, weight_dependence::multiplicative, spike_pairs::nearest_symmetric>>;
extern template class rule_holder<
    pair_stdp<millivolts, weight_dependence::multiplicative, spike_pairs::presynaptic_centred>>;
extern template class rule_holder<pair_stdp<millivolts, weight_dependence::additive, spike_pairs::nearest_symmetric>>;
extern template class rule_holder<pair_stdp<millivolts, weight_dependence::additive, spike_pairs::reduced_symmetric>>;
extern template class rule_holder<pair_stdp<millivolts, weight_dependence::van_rossum>>;
extern template class rule_holder<pair_stdp<millivolts, weight_dependence::guetig>>;
extern template class rule_holder<pair_stdp<millivolts, weight_dependence::power_law>>;
extern template class rule_holder<symmetric_stdp<millivolts>>;
extern template class rule_holder<oja_stdp<millivolts>>;
extern template class rule_holder<bcm_stdp<millivolts>>;
extern template class rule_holder<vogels<millivolts>>;

}  // namespace spinule

namespace spinule::laws {

/// One set of parameters, with steps large enough that weights meet their bounds within some hundred spikes.
template <class Rule>
struct rule_trial {
  using rule_type = Rule;
  rule_trial(std::string called, Rule on_trial) : name{std::move(called)}, rule{std::move(on_trial)} {}
  std::string name;
  Rule rule;
};

namespace {

namespace dependence = weight_dependence;

/// Values of the third factor in the worlds of these laws; ms.
inline std::vector<value_list::entry> factor_over_time() {
  return {{0_ms, 0, 0.25}, {31_ms, 0, 2}, {40_ms, 0, 0}, {55_ms, 0, 0.75}, {160_ms, 0, 0.125}, {290_ms, 0, 1.5}};
}
inline double factor_at(moment ms) {
  double value = 0;
  for (const auto& entry : factor_over_time())
    if (entry.when.value() <= static_cast<double>(ms)) value = entry.value;
  return value;
}
/// Gives the rule of these projections, where it has one, its third factor.
template <class Rule>
void drive_third_factor(network& net, const Rule&, const std::vector<projection>& all) {
  if constexpr (has_modulation<Rule>) {
    const auto sender = net.add("third factor", value_list{factor_over_time()}, 1);
    for (const projection& p : all) net.modulate(sender, p, factor::learning, 1_ms);
  }
}

// clang-format off
using all_rules = testing::Types<
    on<[] { return rule_trial{"multiplicative", pair_stdp{.lambda = 0.05, .alpha = 1.1, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"multiplicative_nearest", pair_stdp{.tau_plus = 7_ms, .lambda = 0.05, .w_max = 3_mV, .paired = spike_pairs::nearest_symmetric{}}}; }>,
    on<[] { return rule_trial{"additive", pair_stdp{.tau_minus = 34_ms, .lambda = 0.05, .w_max = 3_mV, .dependence = dependence::additive{}}}; }>,
    on<[] { return rule_trial{"additive_nearest", pair_stdp{.lambda = 0.1, .alpha = 0.9, .w_max = 3_mV, .dependence = dependence::additive{}, .paired = spike_pairs::nearest_symmetric{}}}; }>,
    on<[] { return rule_trial{"van_rossum_inhibitory", pair_stdp{.lambda = 0.05, .w_max = -3_mV, .dependence = dependence::van_rossum{}}}; }>,
    on<[] { return rule_trial{"guetig", pair_stdp{.lambda = 0.05, .w_max = 3_mV, .dependence = dependence::guetig{0.3, 0.5}}}; }>,
    on<[] { return rule_trial{"power_law", pair_stdp{.lambda = 0.05, .w_max = 3_mV, .dependence = dependence::power_law{}}}; }>,
    on<[] { return rule_trial{"triplet", triplet_stdp{.a2_plus = 0.02, .a3_plus = 0.05, .a2_minus = 0.06, .a3_minus = 0.02, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"triplet_nearest", triplet_stdp{.tau_y = 40_ms, .a2_plus = 0.02, .a3_plus = 0.05, .a2_minus = 0.05, .w_max = -3_mV, .nearest = true}}; }>,
    on<[] { return rule_trial{"presynaptic_centred", pair_stdp{.tau_minus = 30_ms, .lambda = 0.05, .w_max = 3_mV, .paired = spike_pairs::presynaptic_centred{}}}; }>,
    on<[] { return rule_trial{"reduced_symmetric", pair_stdp{.tau_plus = 30_ms, .lambda = 0.07, .w_max = 3_mV, .dependence = dependence::additive{}, .paired = spike_pairs::reduced_symmetric{}}}; }>,
    on<[] { return rule_trial{"clopath", clopath{.delay = 5_ms, .theta_plus = 5_mV, .theta_minus = 1_mV, .a_ltp = 2e-3, .a_ltd = 4e-3, .target = 5_mV, .rest = 0_mV, .spike_height = 20_mV, .spike_width = 5_ms, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"voltage", voltage_stdp{.a_ltp = 3e-2, .a_ltd = 2e-2, .depression = {.tau = 12_ms, .delay = 5_ms, .theta = 0.5_mV, .power = 0.5}, .potentiation = {.tau = 3_ms, .delay = 5_ms, .theta = 2_mV, .power = 1.5}, .coincidence = {.tau = 9_ms, .delay = 5_ms, .theta = 1_mV, .power = 2}, .target = 5_mV, .rest = 1_mV, .spike_height = 20_mV, .spike_width = 5_ms, .w_max = -3_mV}}; }>,
    on<[] { return rule_trial{"bistable", bistable_synapse{.tau_c = 40_ms, .theta_v = 0.5_mV, .up = {1, 3}, .down = {0.8, 2.6}, .a = 0.171, .b = 0.13, .alpha = 0.9_Hz, .beta = 0.7_Hz, .w_min = 1.5_mV, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"dopamine", dopamine_stdp{.tau_c = 60_ms, .tau_n = 20_ms, .a_plus = 0.005, .a_minus = 0.006, .baseline = 0.2_kHz, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"astrocyte", astrocyte_stdp{.eta = 0.5, .w_step = 2_mV, .tau_gain = 400_ms, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"astrocyte_of_inhibition", astrocyte_stdp{.eta = 0.5, .w_step = 2_mV, .tau_gain = 400_ms, .w_max = -3_mV}}; }>,
    on<[] { return rule_trial{"symmetric", symmetric_stdp{.tau = 15_ms, .eta = 0.06, .offset = 0.03, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"oja", oja_stdp{.tau_plus = 30_ms, .eta = 0.2, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"bcm", bcm_stdp{.tau_mean = 150_ms, .eta = 2, .rate = 20_Hz, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"of_ones_own", vogels<millivolts>{.eta = 0.05, .alpha = 0.4, .w_max = -3_mV}}; }>>;
// clang-format on

}  // namespace
}  // namespace spinule::laws

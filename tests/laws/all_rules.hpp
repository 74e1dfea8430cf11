// Every plasticity rule under the laws of tests/laws/rule_*_test.cpp: one line each, with weights in mV.
#pragma once

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <spinule/learning/pair_stdp.hpp>
#include <spinule/learning/triplet_stdp.hpp>

#include "laws/trial.hpp"
#include "learning/vogels.hpp"

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

// clang-format off
using all_rules = testing::Types<
    on<[] { return rule_trial{"multiplicative", pair_stdp{.lambda = 0.05, .alpha = 1.1, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"multiplicative_nearest", pair_stdp{.tau_plus = 7_ms, .lambda = 0.05, .w_max = 3_mV, .nearest = true}}; }>,
    on<[] { return rule_trial{"additive", pair_stdp{.tau_minus = 34_ms, .lambda = 0.05, .w_max = 3_mV, .dependence = dependence::additive{}}}; }>,
    on<[] { return rule_trial{"additive_nearest", pair_stdp{.lambda = 0.1, .alpha = 0.9, .w_max = 3_mV, .nearest = true, .dependence = dependence::additive{}}}; }>,
    on<[] { return rule_trial{"van_rossum_inhibitory", pair_stdp{.lambda = 0.05, .w_max = -3_mV, .dependence = dependence::van_rossum{}}}; }>,
    on<[] { return rule_trial{"guetig", pair_stdp{.lambda = 0.05, .w_max = 3_mV, .dependence = dependence::guetig{0.3, 0.5}}}; }>,
    on<[] { return rule_trial{"power_law", pair_stdp{.lambda = 0.05, .w_max = 3_mV, .dependence = dependence::power_law{}}}; }>,
    on<[] { return rule_trial{"triplet", triplet_stdp{.a2_plus = 0.02, .a3_plus = 0.05, .a2_minus = 0.06, .a3_minus = 0.02, .w_max = 3_mV}}; }>,
    on<[] { return rule_trial{"triplet_nearest", triplet_stdp{.tau_y = 40_ms, .a2_plus = 0.02, .a3_plus = 0.05, .a2_minus = 0.05, .w_max = -3_mV, .nearest = true}}; }>,
    on<[] { return rule_trial{"of_ones_own", vogels<millivolts>{.eta = 0.05, .alpha = 0.4, .w_max = -3_mV}}; }>>;
// clang-format on

}  // namespace
}  // namespace spinule::laws

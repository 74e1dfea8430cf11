// Every model under the laws of tests/laws/model_*_test.cpp: one line each, more where parameters lead to other code.
#pragma once

#include <gtest/gtest.h>

#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/astrocyte_modulated_lif.hpp>
#include <spinule/models/balance_astrocyte.hpp>
#include <spinule/models/chi_astrocyte.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/cuba_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/gliotransmission_terminal.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/li_rinzel_astrocyte.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/quadratic_lif.hpp>
#include <spinule/models/rate_astrocyte.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/relay.hpp>
#include <spinule/models/sigmoid_unit.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>

#include "laws/trial.hpp"

namespace spinule::laws {
namespace {

// clang-format off
using all_models = testing::Types<
    on<[] { return trial{"lif", lif{.tau = 10_ms}, {jumps(-5, 7), levels(0, 30)}}; }>,
    on<[] { return trial{"lif_biased", lif{.tau = 10_ms, .reset = -2_mV, .bias = 16_mV}, {jumps(-2.4, 3.6), levels(-5, 5)}}.alone_every(30.95_ms); }>,
    on<[] { return trial{"lif_unrefractory", lif{.refractory = 0_ms}, {jumps(-5, 7), levels(0, 30)}}; }>,
    on<[] { return trial{"soft_reset_lif", soft_reset_lif{}, {jumps(-5, 9), levels(0, 30)}}; }>,
    on<[] { return trial{"astrocyte_modulated_lif", astrocyte_modulated_lif{.refractory = 1_ms, .carry = 0.8, .own_spikes = 0.5, .gain_gating = 0.5, .slow_inward = 0.5_mV}, {jumps(-3, 5), jumps(0, 0.3), levels(0, 0.03)}, accuracy::first_order}; }>,
    on<[] { return trial{"cuba_lif", cuba_lif{.tau = 20_ms, .tau_current = 2_ms, .reset = -2_mV}, {jumps(-0.02, 0.03), jumps(-5, 9)}, accuracy::first_order}; }>,
    on<[] { return trial{"cuba_lif_of_a_slow_current", cuba_lif{.tau = 4_ms, .tau_current = 9_ms}, {jumps(-0.02, 0.03), jumps(-5, 9)}, accuracy::first_order}; }>,
    on<[] { return trial{"current_lif", current_lif{.tau_inhibitory = 5_ms}, {jumps(0, 900), jumps(-100, 0), levels(-50, 200)}}; }>,
    on<[] { return trial{"current_lif_of_one_time_constant", current_lif{.tau = 2_ms}, {jumps(-1200, 3000), jumps(-900, 0), levels(0, 9)}}; }>,
    on<[] { return trial{"current_lif_biased", current_lif{.bias = 390_pA}, {jumps(-800, 1200), jumps(-50, 50), levels(-50, 50)}}.alone_every(34.63_ms); }>,
    on<[] { return trial{"conductance_lif", conductance_lif{.refractory = 1_ms}, {jumps(0, 15), jumps(0, 9)}, accuracy::third_order}; }>,
    on<[] { return trial{"adaptive_lif", adaptive_lif{}, {levels(-0.5, 1)}}; }>,
    on<[] { return trial{"quadratic_lif", quadratic_lif{.bias = 0.5}, {jumps(-0.4, 0.5)}}.alone_every(44.4288_ms); }>,
    on<[] { return trial{"relay", relay{}, {levels(-2, 1), levels(-1, 1)}}; }>,
    on<[] { return trial{"threshold_unit", threshold_unit{.bias = -0.1}, {levels(-3, 3)}}; }>,
    on<[] { return trial{"leaky_integrator", leaky_integrator{}, {levels(-1, 2)}}.silent(); }>,
    on<[] { return trial{"rate_unit", rate_unit{.tau = 10_ms, .bias = 0.3, .largest = 0.4}, {levels(-1, 2)}}.silent(); }>,
    on<[] { return trial{"sigmoid_unit", sigmoid_unit{.tau = 10_ms, .gain = 3, .threshold = 0.2}, {levels(-1, 2)}, accuracy::first_order}.silent(); }>,
    on<[] { return trial{"rate_astrocyte", rate_astrocyte{.tau = 20_ms, .largest = 0.1_kHz}, {jumps(0, 2)}}.silent(); }>,
    on<[] { return trial{"balance_astrocyte", balance_astrocyte{.tau = 20_ms, .base = 0.2, .largest = 0.4}, {jumps(-2, 2)}, accuracy::first_order}.silent(); }>,
    on<[] { return trial{"li_rinzel_astrocyte", li_rinzel_astrocyte{.k_ip3r = 0.05_kHz, .rate_ip3r = 0.6_kHz, .rate_l = 0.05_kHz, .rate_serca = 0.2_kHz, .tau_ip3 = 20_ms, .delta_ip3 = 0.05}, {jumps(0, 3), levels(-0.001, 0.02)}, accuracy::fourth_order}.silent().in_ticks_of(0.5_ms); }>,
    on<[] { return trial{"tsodyks_markram_terminal", tsodyks_markram_terminal{.tau_facilitation = 20_ms, .tau_recovery = 30_ms}, {jumps(-3, 3)}}.silent().sending_at_least(300); }>,
    on<[] { return trial{"tsodyks_markram_three_pools", tsodyks_markram_terminal{.tau_facilitation = 20_ms, .tau_recovery = 30_ms, .tau_inactivation = 3_ms}, {jumps(-3, 3)}}.silent().sending_at_least(300); }>,
    on<[] { return trial{"gliotransmission_terminal", gliotransmission_terminal{.effect = 0.1, .unbinding = 0.1_kHz, .uptake = 0.2_kHz}, {jumps(-3, 3), jumps(0, 20)}, accuracy::second_order}.silent().sending_at_least(300); }>,
    on<[] { return trial{"chi_astrocyte", chi_astrocyte{.omega_c = 0.4_kHz, .f = 0.001_kHz, .ip3_bias = 0.4, .omega_ch = 0.06_kHz, .c_theta = 0.3, .omega_a = 0.02_kHz}, {jumps(0, 30), levels(0, 0.05)}, accuracy::fourth_order}.silent().in_ticks_of(0.5_ms).sending_at_least(1); }>>;
// clang-format on

}  // namespace
}  // namespace spinule::laws

// Brunel's network with synapses that change: one rule or another among its excitatory neurons, or onto them.
#include <functional>
#include <map>

#include <spinule/learning/clopath.hpp>
#include <spinule/learning/dopamine_stdp.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/learning/symmetric_stdp.hpp>
#include <spinule/learning/triplet_stdp.hpp>
#include <spinule/models/rectified_unit.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>

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

/// The time constants of the fit to visual cortex, and depression by pairs that balances potentiation by triplets at 38
/// spikes a second on both sides, the rate of the static network.
network of_triplets(double scale) {
  auto rule = triplet_fits::visual_cortex(2 * brunel_j);
  rule.a2_plus = rule.a3_minus = 0;
  rule.a3_plus *= 1e-4;
  rule.a2_minus = rule.a3_plus * 0.038 * rule.tau_y.value() * (rule.tau_plus.value() / rule.tau_minus.value());
  return build(scale, rule);
}

/// Voltages of a membrane between 0 and 20 mV, of which only spikes pass the upper threshold; steps so small that rates
/// stay.
network of_voltages(double scale, milliseconds spike_width) {
  return build(scale, clopath{.theta_plus = 25_mV,
                              .theta_minus = 5_mV,
                              .a_ltp = 1e-6,
                              .a_ltd = 1e-7,
                              .rest = 0_mV,
                              .spike_height = 30_mV,
                              .spike_width = spike_width,
                              .w_max = 2 * brunel_j});
}

/// Ten dopaminergic neurons of 5 Hz; potentiation and depression alike, so that rates stay.
network of_dopamine(double scale) {
  return brunel_network(scale, [&](network& net, auto e) {
    const dopamine_stdp rule{.a_plus = 1e-4, .a_minus = 1e-4, .baseline = 50_Hz, .w_max = 2 * brunel_j};
    const auto learned = net.connect(e, e, fixed_probability{.p = 0.1}, {.weight = brunel_j, .delay = 1.5_ms}, rule);
    const auto cells = net.add("dopaminergic", poisson{.rate = 5_Hz}, 10);
    const auto counter = net.add("dopamine", rectified_unit{.largest = 320}, 1);
    net.connect(cells, counter, all_to_all{}, {.weight = 1, .delay = 1.5_ms});
    net.modulate(counter, learned, factor::learning, 1.5_ms);
  });
}

/// Static weights behind depressing terminals, such that J arrives at 38 spikes a second.
network of_terminals(double scale) {
  return brunel_network(scale, [&](network& net, auto e) {
    const tsodyks_markram_terminal one{.utilisation = 0.2, .tau_facilitation = 0_ms, .tau_recovery = 100_ms};
    const double left = portable_exp(-1 / 0.038 / 100), x = (1 - left) / (1 - left * 0.8);
    const auto terminals = net.add("terminals", one, net.populations()[0].size);
    net.connect(e, terminals, one_to_one{}, {.weight = 1});
    net.connect(terminals, e, fixed_probability{.p = 0.1}, {.weight = brunel_j / (0.2 * x), .delay = 1.5_ms});
  });
}

/// Inhibition of excitatory neurons that learns to hold them at 38 Hz; all other synapses are static.
network of_inhibition(double scale) {
  return brunel_network(
      scale,
      [](network& net, auto e) {
        net.connect(e, e, fixed_probability{.p = 0.1}, {.weight = brunel_j, .delay = 1.5_ms});
      },
      inhibitory_stdp(38_Hz, -10 * brunel_j));
}

const std::map<std::string, std::function<network(double)>> rules{
    {"pair", [](double s) { return of_pairs(s, weight_dependence::multiplicative{}); }},
    {"pair_additive", [](double s) { return of_pairs(s, weight_dependence::additive{}); }},
    {"pair_power_law", [](double s) { return of_pairs(s, weight_dependence::power_law{}); }},
    {"triplet", of_triplets},
    {"clopath", [](double s) { return of_voltages(s, 0.1_ms); }},
    {"clopath_wide", [](double s) { return of_voltages(s, 2_ms); }},
    {"dopamine", of_dopamine},
    {"stp", of_terminals},
    {"vogels", of_inhibition},
};

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule;
  static double scale = 1;
  static std::string rule = "pair";
  return bench::network_main(
      count, words, "brunel_stdp", "Brunel's network, 10 M of its 15.6 M synapses plastic, 0.1 ms", 0.1_ms,
      [](CLI::App& app) {
        app.add_option("--scale", scale, "Of the number of neurons")->check(CLI::Range(0.01, 20.0));
        std::vector<std::string> names;
        for (const auto& [name, make] : bench::rules) names.push_back(name);
        app.add_option("--rule", rule, "Of the synapses that change")->check(CLI::IsMember(names));
        return []() -> network { return bench::rules.at(rule)(scale); };
      });
}

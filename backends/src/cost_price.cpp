#include "cost_plan.hpp"

#include <algorithm>

namespace spinule {
namespace {

double times(std::uint64_t n, const constant& c) { return static_cast<double>(n) * c.value; }

void price_neurons(const cost_plan& plan, const price_list& prices, const activity_totals& did, cost_report& r) {
  const auto& neuron = prices.hw.neuron;
  const auto totals = did.populations;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    const auto& layout = plan.layout.populations[i];
    if (layout.input) continue;
    const std::uint64_t updates = layout.neurons * did.ticks, active = std::min(totals[i].active, updates);
    r.dynamic.push_back({layout.name, "neuron update", updates,
                         times(active, neuron.active_energy) + times(updates - active, neuron.inactive_energy)});
    r.dynamic.push_back({layout.name, "spike", totals[i].spikes, times(totals[i].spikes, neuron.spike_energy)});
  }
}

/// Of columns that all have the mean conductance of those that were read.
double conversion_energy(const price_list& prices, const tile_activity& n) {
  const auto& array = prices.hw.array;
  const double of_1_us = array.read_voltage.value * array.read_voltage.value * array.read_time.value * 1e-3;
  const auto conversions = static_cast<double>(n.conversions);
  const double column_us = n.conversions > 0 ? n.cell_energy_pj * prices.cell_energy / of_1_us / conversions : 0;
  return prices.conversion.energy(conversions, static_cast<double>(n.codes), column_us);
}

void price_array(const price_list& prices, const projection_layout& p, const tile_activity& n, cost_report& r) {
  const auto& hw = prices.hw;
  const std::string& layer = p.name;
  r.dynamic.push_back({layer, "row drive", n.rows_driven, times(n.rows_driven, hw.driver.energy)});
  if (p.carries_values)
    r.dynamic.push_back({layer, "row conversion", n.row_conversions, times(n.row_conversions, hw.dac.energy)});
  r.dynamic.push_back({layer, "cell read", n.cells_read, n.cell_energy_pj * prices.cell_energy});
  r.dynamic.push_back({layer, "conversion", n.conversions, conversion_energy(prices, n), n.clipped});
  r.dynamic.push_back({layer, "accumulation", n.additions, times(n.additions, hw.accumulator.energy)});
  r.dynamic.push_back({layer, "routing", n.packets,
                       times(n.packets, hw.mesh.packet_energy) + times(n.hops_x, hw.mesh.hop_x_energy) +
                           times(n.hops_y, hw.mesh.hop_y_energy)});
}

void price_core(const cost_plan& plan, const price_list& prices, std::size_t projection, const projection_activity& n,
                cost_report& r) {
  const auto& hw = prices.hw;
  const auto& layer = plan.layout.projections[projection].name;
  const crossed_links links = n.links.value_or(crossed_links{});
  // Spikes of an input are injected, not sent by a core.
  const bool injected = plan.layout.populations[plan.layout.projections[projection].source].input;
  const double send = (injected ? 0 : hw.message.out_energy.value) + hw.message.in_energy.value;
  r.dynamic.push_back({layer, "synaptic operation", n.synaptic_events, times(n.synaptic_events, hw.synapse.energy)});
  r.dynamic.push_back({layer, "message", n.messages, static_cast<double>(n.messages) * send});
  r.dynamic.push_back({layer, "routing", n.messages,
                       times(n.messages, hw.mesh.packet_energy) + links.x * hw.mesh.hop_x_energy.value +
                           links.y * hw.mesh.hop_y_energy.value});
}

void add_standing(cost_report& r, std::string component, double power_uw) {  // uW us = pJ
  r.standing.push_back({.component = std::move(component),
                        .power_uw = power_uw,
                        .energy_pj = power_uw * r.latency_us,
                        .real_time_pj = power_uw * std::max(r.latency_us, r.duration_us)});
}

}  // namespace

cost_report price(const cost_plan& plan, const price_list& prices, double time_ns, const activity_totals& totals) {
  const auto& hw = prices.hw;
  cost_report r;
  r.latency_us = time_ns * 1e-3;
  r.duration_us = totals.duration_us;
  for (std::size_t j = 0; j < totals.projections.size(); ++j) {
    if (hw.kind == hardware_kind::crossbar)
      price_array(prices, plan.layout.projections[j], totals.projections[j].array, r);
    else
      price_core(plan, prices, j, totals.projections[j], r);
  }
  price_neurons(plan, prices, totals, r);
  if (hw.kind == hardware_kind::crossbar) {
    add_standing(r, "arrays", times(plan.units, hw.standing.array_power));
    add_standing(r, "nodes", times(plan.nodes, hw.standing.node_power));
  } else {
    add_standing(r, "chips", times(plan.chips, hw.standing.chip_power));
    add_standing(r, "clock", plan.chips * hw.clock.power.value * hw.clock.frequency.value);
  }
  return r;
}

}  // namespace spinule

#include "hardware_accountant.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "tile_fabric.hpp"

namespace spinule {
namespace {

hardware_layout layout_of(const lowered_network& net, const synapse_fabric& synapses) {
  const auto* on_tiles = dynamic_cast<const tile_fabric*>(&synapses);
  hardware_layout layout;
  for (const auto& p : net.populations) layout.populations.push_back({p.name, p.size, p.model->is_source()});
  for (std::size_t j = 0; j < net.descriptions.size(); ++j) {
    const auto& d = net.descriptions[j];
    auto& p = layout.projections.emplace_back();
    p.name = d.name;
    p.source = d.source;
    p.target = d.target;
    p.synapses = net.summaries[j].synapses;
    p.carries_values = net.summaries[j].graded;
    if (!on_tiles) continue;
    p.band_tiles = on_tiles->tiles(j).band_tiles();
    p.band_rows = on_tiles->tiles(j).band_rows();
  }
  return layout;
}

/// A message carries a spike to a core, which holds it until the delay of each synapse is over and serves all
/// projections between the same populations: neither more delays nor more projections make more messages.
hardware_accountant::destinations destinations_of(const lowered_network& net,
                                                  std::span<const connectivity* const> synapses, double core_neurons) {
  hardware_accountant::destinations cores;
  for (const auto& d : net.descriptions) cores.emplace_back(net.populations[d.source].size, 0);
  std::map<std::pair<index_t, index_t>, std::vector<std::size_t>> joining;  // projections, by the ends they join
  for (std::size_t j = 0; j < cores.size(); ++j)
    joining[{net.descriptions[j].source, net.descriptions[j].target}].push_back(j);
  const auto core_size = static_cast<index_t>(std::fmin(core_neurons, 0xffffffff));
  for (const auto& [ends, projections] : joining) {
    std::vector<std::int64_t> reached(net.populations[ends.second].size / core_size + std::size_t{1}, -1);  // by whom
    for (index_t i = 0; i < net.populations[ends.first].size; ++i)
      for (const std::size_t j : projections) {
        const index_t width = ends_of(net, net.descriptions[j]).width;
        for (std::size_t k = 0; k < synapses[j]->delays.size(); ++k)
          for (const index_t t : synapses[j]->targets_of(synapses[j]->line(i, k)))
            cores[j][i] += std::exchange(reached[t / width / core_size], i) != i;
      }
  }
  return cores;
}

}  // namespace

hardware_accountant::hardware_accountant(const hardware& hw, const lowered_network& net, synapse_fabric& synapses)
    : net_{&net},
      meter_{hw, layout_of(net, synapses)},
      populations_(net.populations.size()),
      projections_(net.descriptions.size()) {
  for (const auto& p : net.populations) receivers_.emplace_back(p.size);
  for (index_t j = 0; j < net.descriptions.size(); ++j) {
    const auto& d = net.descriptions[j];
    synapses_.push_back(&net.synapses(j));
    number_.push_back(receivers_[d.target].add(*synapses_[j], net.populations[d.target].width(d.port)));
  }
  if (auto* on_tiles = dynamic_cast<tile_fabric*>(&synapses))
    for (std::size_t j = 0; j < projections_.size(); ++j) on_tiles->tiles(j).route(meter_.routes(j));
  else
    destinations_ =
        std::make_shared<const destinations>(destinations_of(net, synapses_, hw.capacity.core_neurons.value));
}

void hardware_accountant::reset() { meter_.reset(); }

void hardware_accountant::count(const tick_view& tick, const synapse_fabric& synapses) {
  const auto* on_tiles = dynamic_cast<const tile_fabric*>(&synapses);
  for (std::size_t j = 0; j < projections_.size(); ++j) {
    projection_activity& did = projections_[j] = {};
    if (destinations_)
      for (const index_t i : tick.sent[net_->descriptions[j].source].neurons) did.messages += (*destinations_)[j][i];
    receivers_[net_->descriptions[j].target].reach(number_[j], tick.arrivals[j]);
    for (const auto line : tick.arrivals[j]) did.synaptic_events += synapses_[j]->targets_of(line).size();
    if (!on_tiles) continue;
    did.array = on_tiles->activity(j, tick.now);
    if (did.array.tiles_read > 0) did.band_lines = on_tiles->tiles(j).band_lines();
  }
  for (index_t p = 0; p < populations_.size(); ++p)
    populations_[p] = {receivers_[p].take(), tick.sent[p].neurons.size()};
  meter_.tick({populations_, projections_});
}

cost_report hardware_accountant::report(const synapse_fabric& synapses) const {
  cost_report report = meter_.report(net_->tick.in(1_us));
  if (const auto* on_tiles = dynamic_cast<const tile_fabric*>(&synapses))
    for (std::size_t j = 0; j < projections_.size(); ++j) {
      const std::string& name = net_->descriptions[j].name;
      const auto* learning = on_tiles->learning(j);
      const auto& written = learning ? learning->written() : on_tiles->tiles(j).programming();
      report.programming.push_back({name, "programming pulses", written.pulses, written.energy_pj});
      if (!learning) continue;
      const auto priced = [&](const char* what, std::uint64_t pulses) {
        report.programming.push_back({name, what, pulses, static_cast<double>(pulses) * learning->pulse_pj()});
      };
      priced("learning pulses", learning->learned().updates);
      priced("refresh pulses", learning->learned().refresh);
    }
  return report;
}

}  // namespace spinule

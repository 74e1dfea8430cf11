#include "hardware_accountant.hpp"

#include <algorithm>

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
    if (on_tiles) p.band_tiles = on_tiles->tiles(j).band_tiles();
  }
  return layout;
}

}  // namespace

hardware_accountant::hardware_accountant(const hardware& hw, const lowered_network& net, synapse_fabric& synapses)
    : net_{&net},
      meter_{hw, layout_of(net, synapses)},
      populations_(net.populations.size()),
      projections_(net.descriptions.size()) {
  for (const auto& p : net.populations) reached_.emplace_back(p.size, -1);
  for (index_t j = 0; j < net.descriptions.size(); ++j) synapses_.push_back(&net.synapses(j));
  if (auto* on_tiles = dynamic_cast<tile_fabric*>(&synapses))
    for (std::size_t j = 0; j < projections_.size(); ++j) on_tiles->tiles(j).route(meter_.routes(j));
}

void hardware_accountant::reset() {
  meter_.reset();
  for (auto& reached : reached_) std::fill(reached.begin(), reached.end(), -1);
}

void hardware_accountant::count(const tick_view& tick, const synapse_fabric& synapses) {
  const auto* on_tiles = dynamic_cast<const tile_fabric*>(&synapses);
  for (std::size_t j = 0; j < projections_.size(); ++j) {
    projection_activity& did = projections_[j] = {};
    did.spikes = tick.arrivals[j].size();
    for (const auto line : tick.arrivals[j]) did.synaptic_events += synapses_[j]->targets_of(line).size();
    if (on_tiles) did.array = on_tiles->activity(j, tick.now);
  }
  for (index_t p = 0; p < populations_.size(); ++p) populations_[p] = {count_receivers(p, tick), tick.fired[p].size()};
  meter_.tick({populations_, projections_});
}

std::uint64_t hardware_accountant::count_receivers(index_t population, const tick_view& tick) {
  std::uint64_t receivers = 0;
  auto& reached = reached_[population];
  for (std::size_t j = 0; j < projections_.size(); ++j) {
    if (net_->descriptions[j].target != population) continue;
    const connectivity& c = *synapses_[j];
    for (const auto line : tick.arrivals[j])
      for (const index_t t : c.targets_of(line)) {
        receivers += reached[t] != tick.now;
        reached[t] = tick.now;
      }
  }
  return receivers;
}

cost_report hardware_accountant::report(const synapse_fabric& synapses) const {
  cost_report report = meter_.report();
  if (const auto* on_tiles = dynamic_cast<const tile_fabric*>(&synapses))
    for (std::size_t j = 0; j < projections_.size(); ++j) {
      const auto& written = on_tiles->tiles(j).programming();
      report.programming.push_back(
          {net_->descriptions[j].name, "programming pulses", written.pulses, written.energy_pj});
    }
  return report;
}

}  // namespace spinule

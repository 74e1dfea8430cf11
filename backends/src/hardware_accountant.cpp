#include "hardware_accountant.hpp"

#include <utility>

#include "network_layout.hpp"
#include "tile_fabric.hpp"

namespace spinule {
namespace {

/// The links that the messages of each spike cross.
void add_links(network_fan_out& fan_out, const lowered_network& net, const cost_meter& meter, index_t core_neurons) {
  for (std::size_t j = 0; j < fan_out.cores.size(); ++j) {
    const auto& d = net.descriptions[j];
    const bool input = net.populations[d.source].model->is_source();
    for (index_t i = 0; i < net.populations[d.source].size; ++i)
      for (const auto& stop : fan_out.cores[j].of(i)) {
        const std::uint32_t from = input ? core_message::outside : meter.first_core(d.source) + i / core_neurons;
        const crossed_links way = meter.links_between(from, meter.first_core(d.target) + stop.core);
        fan_out.spikes[j].sources[i].x += static_cast<std::uint32_t>(way.x);
        fan_out.spikes[j].sources[i].y += static_cast<std::uint32_t>(way.y);
      }
  }
}

}  // namespace

hardware_accountant::hardware_accountant(const hardware& hw, const lowered_network& net, synapse_fabric& synapses,
                                         std::span<const measured_spikes> spikes)
    : hardware_accountant{hw, net, synapses, spikes,
                          fan_out_of(net, dynamic_cast<tile_fabric*>(&synapses) ? 0 : core_neurons_of(hw))} {}

hardware_accountant::hardware_accountant(const hardware& hw, const lowered_network& net, synapse_fabric& synapses,
                                         std::span<const measured_spikes> spikes, network_fan_out fan_out)
    : net_{&net},
      on_tiles_{dynamic_cast<tile_fabric*>(&synapses) != nullptr},
      meter_{hw, layout_of(net, synapses, hw, fan_out.cores, spikes)},
      populations_(net.populations.size()),
      projections_(net.descriptions.size()) {
  if (!on_tiles_) add_links(fan_out, net, meter_, core_neurons_of(hw));
  fan_outs_ = std::make_shared<const std::vector<spike_fan_out>>(std::move(fan_out.spikes));
  if (!on_tiles_ && meter_.follows_messages())
    work_.emplace(net, meter_, std::move(fan_out.cores), core_neurons_of(hw));
  for (std::size_t j = 0; j < projections_.size(); ++j) events_.emplace_back((*fan_outs_)[j]);
  const auto bundles = synapses.bundles();
  bundle_.resize(projections_.size());
  for (std::size_t b = 0; b < bundles.size(); ++b) bundle_[bundles[b].projection] = b;
  auto* on_tiles = dynamic_cast<tile_fabric*>(&synapses);
  if (!on_tiles) return;
  for (const auto& p : net.populations) receivers_.emplace_back(p.size);
  for (index_t j = 0; j < net.descriptions.size(); ++j) {
    const auto& d = net.descriptions[j];
    number_.push_back(receivers_[d.target].add(net.synapses(j), net.populations[d.target].width(d.port)));
    on_tiles->tiles(j).route(meter_.routes(j));
  }
}

void hardware_accountant::reset() {
  meter_.reset();
  for (auto& e : events_) e.reset();
}

void hardware_accountant::count(const tick_view& tick, const synapse_fabric& synapses) {
  for (std::size_t j = 0; j < projections_.size(); ++j) {
    const auto did =
        events_[j].count(tick.now, tick.sent[net_->descriptions[j].source].neurons, tick.arrivals[bundle_[j]].lines);
    projections_[j].messages = did.messages;
    projections_[j].synaptic_events = did.synaptic_events;
    if (!on_tiles_) projections_[j].links = crossed_links{static_cast<double>(did.x), static_cast<double>(did.y)};
  }
  for (std::size_t p = 0; p < populations_.size(); ++p)
    populations_[p] = {tick.reached[p], tick.sent[p].neurons.size()};
  if (on_tiles_) count_tiles(tick, dynamic_cast<const tile_fabric&>(synapses));
  if (!work_) return meter_.tick({populations_, projections_});
  work_->count(tick);
  meter_.tick({populations_, projections_, work_->cores(), work_->messages()});
}

void hardware_accountant::count_tiles(const tick_view& tick, const tile_fabric& tiles) {
  for (std::size_t j = 0; j < projections_.size(); ++j) {
    receivers_[net_->descriptions[j].target].reach(number_[j], tick.arrivals[j]);
    projection_activity& did = projections_[j];
    did.array = tiles.activity(j, tick.now);
    did.band_lines = did.array.tiles_read > 0 ? tiles.tiles(j).band_lines() : std::span<const std::uint32_t>{};
  }
  for (std::size_t p = 0; p < populations_.size(); ++p) populations_[p].active = receivers_[p].take();
}

cost_report hardware_accountant::report(const synapse_fabric& synapses) const {
  cost_report report = meter_.report(net_->tick.in(1_us));
  if (const auto* on_tiles = dynamic_cast<const tile_fabric*>(&synapses))
    for (std::size_t j = 0; j < projections_.size(); ++j) {
      const std::string& name = net_->descriptions[j].name;
      const auto* learning = on_tiles->learning(j);
      const auto& written = learning ? learning->written() : on_tiles->tiles(j).programming();
      report.programming.push_back({name, "programming pulses", written.pulses, written.energy_pj});
      if (std::string note = on_tiles->tiles(j).note(); !note.empty()) report.notes.push_back(std::move(note));
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

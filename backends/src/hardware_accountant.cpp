#include "hardware_accountant.hpp"

#include <algorithm>

namespace spinule {
namespace {

hardware_layout layout_of(const lowered_network& net, std::span<const std::unique_ptr<synapse_array>> projections) {
  hardware_layout layout;
  for (const auto& p : net.populations) layout.populations.push_back({p.name, p.size, p.model->is_source()});
  for (std::size_t j = 0; j < projections.size(); ++j) {
    const auto& d = net.descriptions[j];
    auto& p = layout.projections.emplace_back();
    p.name = d.name;
    p.source = d.source;
    p.target = d.target;
    p.synapses = net.projections[j].synapses();
    if (const auto* array = dynamic_cast<const tile_array*>(projections[j].get())) p.band_tiles = array->tiles().band_tiles();
  }
  return layout;
}

}  // namespace

void tile_array::reset(std::uint64_t episode) {
  tiles_.present(episode);
  tiles_.reset_counts();
  read_at_ = -1;
}

void tile_array::deliver(std::span<const arrival> arrivals, moment now, std::size_t, std::int32_t* sums, std::uint64_t* marks) {
  lines_.clear();
  for (const auto& [delay, fired] : arrivals)
    for (const index source : fired) lines_.push_back(static_cast<std::uint32_t>(synapses_->line(source, delay)));
  if (arrivals.size() > 1) std::sort(lines_.begin(), lines_.end());
  activity_ = tiles_.read(lines_, now, {sums, synapses_->targets});
  read_at_ = now;
  if (!marks) return;
  for (const auto line : lines_)
    for (const index t : synapses_->targets_of(line)) marks[t >> 6] |= std::uint64_t{1} << (t & 63);
  for (index t = 0; t < synapses_->targets; ++t)
    if (sums[t] != 0) marks[t >> 6] |= std::uint64_t{1} << (t & 63);
}

hardware_accountant::hardware_accountant(const hardware& hw, const lowered_network& net,
                                         std::span<const std::unique_ptr<synapse_array>> projections)
    : net_{&net}, meter_{hw, layout_of(net, projections)}, populations_(net.populations.size()), projections_(projections.size()) {
  for (const auto& p : net.populations) reached_.emplace_back(p.size, -1);
  for (std::size_t j = 0; j < projections.size(); ++j)
    if (auto* array = dynamic_cast<tile_array*>(projections[j].get())) array->tiles().route(meter_.routes(j));
}

void hardware_accountant::reset() {
  meter_.reset();
  for (auto& reached : reached_) std::fill(reached.begin(), reached.end(), -1);
}

void hardware_accountant::count(const tick_view& tick, std::span<const std::unique_ptr<synapse_array>> projections) {
  for (std::size_t j = 0; j < projections.size(); ++j) {
    const connectivity& c = net_->projections[j];
    projection_activity& did = projections_[j] = {};
    for (const auto& [delay, fired] : tick.arrivals[j]) {
      did.spikes += fired.size();
      for (const index source : fired) did.synaptic_events += c.targets_of(c.line(source, delay)).size();
    }
    if (const auto* array = dynamic_cast<const tile_array*>(projections[j].get())) did.array = array->activity(tick.now);
  }
  for (index p = 0; p < populations_.size(); ++p) populations_[p] = {count_receivers(p, tick), tick.fired[p].size()};
  meter_.tick({populations_, projections_});
}

std::uint64_t hardware_accountant::count_receivers(index population, const tick_view& tick) {
  std::uint64_t receivers = 0;
  auto& reached = reached_[population];
  for (std::size_t j = 0; j < projections_.size(); ++j) {
    if (net_->descriptions[j].target != population) continue;
    const connectivity& c = net_->projections[j];
    for (const auto& [delay, fired] : tick.arrivals[j])
      for (const index source : fired)
        for (const index t : c.targets_of(c.line(source, delay))) {
          receivers += reached[t] != tick.now;
          reached[t] = tick.now;
        }
  }
  return receivers;
}

cost_report hardware_accountant::report(std::span<const std::unique_ptr<synapse_array>> projections) const {
  cost_report report = meter_.report();
  for (std::size_t j = 0; j < projections.size(); ++j)
    if (const auto* array = dynamic_cast<const tile_array*>(projections[j].get())) {
      const auto& written = array->tiles().programming();
      report.programming.push_back({net_->descriptions[j].name, "programming pulses", written.pulses, written.energy_pj});
    }
  return report;
}

}  // namespace spinule

#include <spinule/backends/engine/cost_model.hpp>

#include <algorithm>

#include "cost_plan.hpp"

namespace spinule {

cost_meter::cost_meter(const hardware& hw, const hardware_layout& layout)
    : plan_{std::make_shared<const cost_plan>(hw, layout)},
      low_times_ns_(plan_->ranges.size()),
      high_times_ns_(plan_->ranges.size()),
      populations_(layout.populations.size()),
      projections_(layout.projections.size()) {}

std::span<const band_route> cost_meter::routes(std::size_t projection) const {
  return plan_->projections[projection].routes;
}
std::uint64_t cost_meter::units() const { return plan_->units; }
std::uint32_t cost_meter::nodes() const { return plan_->nodes; }
std::uint32_t cost_meter::chips() const { return plan_->chips; }

double cost_meter::crossbar_time(const price_list& prices, const tick_activity& a) const {
  const auto& hw = prices.hw;
  const double pulse = hw.driver.time.value + std::max(hw.array.read_time.value, hw.array.settle_time.value);
  double read = 0, routing = 0, neurons = 0;
  for (const auto& p : a.projections) {
    const auto& array = p.array;
    if (array.tiles_read == 0) continue;
    const double converted = std::min<double>(hw.adc.columns_per_adc.value, array.widest);
    const double phase = pulse + (array.row_conversions > 0 ? hw.dac.time.value : 0);
    read = std::max(
        read, array.phases * phase + converted * prices.conversion_time + array.bands * hw.accumulator.time.value);
    const double way = array.far_x * hw.mesh.hop_x_time.value + array.far_y * hw.mesh.hop_y_time.value;
    routing = std::max(routing, static_cast<double>(array.lines) * hw.mesh.packet_time.value + way);
  }
  for (std::size_t i = 0; i < a.populations.size(); ++i) {
    if (plan_->layout.populations[i].input) continue;
    const double shared = std::min<double>(plan_->layout.populations[i].neurons, hw.neuron.per_circuit.value);
    const double fired = a.populations[i].spikes > 0 ? hw.neuron.spike_time.value : 0;
    const double active = std::min(static_cast<double>(a.populations[i].active), shared);  // of the busiest circuit
    const double steps = active * hw.neuron.active_time.value + (shared - active) * hw.neuron.inactive_time.value;
    neurons = std::max(neurons, steps + fired);
  }
  return read + neurons + routing;
}

double cost_meter::digital_time(const price_list& prices, const tick_activity& a) const {
  const auto& hw = prices.hw;
  double longest = 0, routing = 0;
  const auto per_core = [](std::uint64_t n, std::uint64_t cores) {
    return static_cast<double>((n + cores - 1) / cores);
  };
  for (std::size_t i = 0; i < a.populations.size(); ++i) {
    const auto& plan = plan_->populations[i];
    if (plan.cores == 0) continue;
    const auto& now = a.populations[i];
    const double neurons = per_core(plan_->layout.populations[i].neurons, plan.cores);
    const double active = std::min(per_core(now.active, plan.cores), neurons);
    double generated = active * hw.neuron.active_time.value + (neurons - active) * hw.neuron.inactive_time.value +
                       per_core(now.spikes, plan.cores) * hw.neuron.spike_time.value;
    double processed = 0;
    for (std::size_t j = 0; j < a.projections.size(); ++j) {
      const auto& did = a.projections[j];
      const double messages = per_core(did.messages, plan.cores);
      if (plan_->layout.projections[j].source == i) generated += messages * hw.message.out_time.value;
      if (plan_->layout.projections[j].target != i) continue;
      processed +=
          messages * hw.message.in_time.value + per_core(did.synaptic_events, plan.cores) * prices.synapse_time;
    }
    longest = std::max({longest, generated, processed});
  }
  for (std::size_t j = 0; j < a.projections.size(); ++j) {
    if (a.projections[j].messages == 0) continue;
    const auto& plan = plan_->projections[j];
    routing = std::max(routing, hw.mesh.packet_time.value + plan.far_x * hw.mesh.hop_x_time.value +
                                    plan.far_y * hw.mesh.hop_y_time.value);
  }
  return longest + routing + prices.sync_time;
}

double cost_meter::time_of(const price_list& prices, const tick_activity& a) const {
  const double time = prices.hw.kind == hardware_kind::crossbar ? crossbar_time(prices, a) : digital_time(prices, a);
  return std::max(time, prices.hw.tick.minimum.value);
}

void cost_meter::tick(const tick_activity& a) {
  for (std::size_t i = 0; i < populations_.size(); ++i) {
    populations_[i].active += a.populations[i].active;
    populations_[i].spikes += a.populations[i].spikes;
  }
  for (std::size_t j = 0; j < projections_.size(); ++j) {
    projections_[j].messages += a.projections[j].messages;
    projections_[j].synaptic_events += a.projections[j].synaptic_events;
    projections_[j].array += a.projections[j].array;
  }
  ++ticks_;
  time_ns_ += time_of(plan_->prices, a);
  for (std::size_t i = 0; i < plan_->ranges.size(); ++i) {
    if (!plan_->ranges[i].moves_time) continue;
    low_times_ns_[i] += time_of(plan_->ranges[i].low, a);
    high_times_ns_[i] += time_of(plan_->ranges[i].high, a);
  }
}

void cost_meter::reset() {
  ticks_ = 0;
  time_ns_ = 0;
  std::fill(low_times_ns_.begin(), low_times_ns_.end(), 0);
  std::fill(high_times_ns_.begin(), high_times_ns_.end(), 0);
  std::fill(populations_.begin(), populations_.end(), population_activity{});
  std::fill(projections_.begin(), projections_.end(), projection_activity{});
}

cost_report cost_meter::report(double tick_us) const {
  const activity_totals totals{ticks_, static_cast<double>(ticks_) * tick_us, populations_, projections_};
  const auto sum = [&](const price_list& prices, double time_ns) {
    const cost_report r = price(*plan_, prices, time_ns, totals);
    return cost_sum{r.dynamic_pj(), r.static_pj(), r.real_time_pj()};
  };
  cost_report r = price(*plan_, plan_->prices, time_ns_, totals);
  for (std::size_t i = 0; i < plan_->ranges.size(); ++i) {
    const price_range& range = plan_->ranges[i];
    r.ranges.push_back({range.constant, sum(range.low, range.moves_time ? low_times_ns_[i] : time_ns_),
                        sum(range.high, range.moves_time ? high_times_ns_[i] : time_ns_)});
  }
  r.together = std::move(r.ranges.back());
  r.ranges.pop_back();
  return r;
}

}  // namespace spinule

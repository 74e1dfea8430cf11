#include <spinule/backends/engine/cost_model.hpp>

#include <algorithm>

#include "cost_plan.hpp"
#include "digital_times.hpp"

namespace spinule {
namespace {

void add_links(projection_activity& sum, const projection_plan& plan, const projection_activity& now) {
  const auto messages = static_cast<double>(now.messages);
  const crossed_links more = now.links.value_or(crossed_links{messages * plan.mean_x, messages * plan.mean_y});
  sum.links = {sum.links.value_or(crossed_links{}).x + more.x, sum.links.value_or(crossed_links{}).y + more.y};
}

/// Of the prices in use, and of the ends of each range that moves time.
std::shared_ptr<const digital_times> times_of(const cost_plan& plan) {
  if (plan.hw.kind != hardware_kind::digital || plan.hw.mesh.latency != latency_model::simple) return nullptr;
  std::vector<const price_list*> prices{&plan.prices};
  for (const price_range& range : plan.ranges)
    if (range.moves_time) prices.insert(prices.end(), {&range.low, &range.high});
  return std::make_shared<const digital_times>(plan, prices);
}

}  // namespace

cost_meter::cost_meter(const hardware& hw, const hardware_layout& layout)
    : plan_{std::make_shared<const cost_plan>(hw, layout)},
      times_{times_of(*plan_)},
      low_clocks_(plan_->ranges.size()),
      high_clocks_(plan_->ranges.size()),
      populations_(layout.populations.size()),
      projections_(layout.projections.size()) {}

std::span<const band_route> cost_meter::routes(std::size_t projection) const {
  return plan_->projections[projection].routes;
}
double cost_meter::expected_hops() const { return plan_->expected_hops; }
bool cost_meter::follows_messages() const {
  return plan_->hw.kind == hardware_kind::digital && plan_->hw.mesh.latency != latency_model::simple;
}
std::uint32_t cost_meter::first_core(std::size_t population) const {
  return static_cast<std::uint32_t>(plan_->populations[population].first_unit);
}
crossed_links cost_meter::links_between(std::uint32_t from, std::uint32_t to) const {
  const std::uint32_t source = from == core_message::outside ? 0 : plan_->node_of[from];
  const mesh_way way = way_between(source, plan_->node_of[to], plan_->width);
  return {static_cast<double>(way.x), static_cast<double>(way.y)};
}
std::uint64_t cost_meter::units() const { return plan_->units; }
std::uint32_t cost_meter::nodes() const { return plan_->nodes; }
std::uint32_t cost_meter::chips() const { return plan_->chips; }

void cost_meter::advance(hardware_clock& clock, const price_list& prices, const tick_activity& a) const {
  const auto model = prices.hw.mesh.latency;
  if (model == latency_model::event_queue || model == latency_model::detailed)
    return queue_events(clock, *plan_, prices, a);
  const double time = model == latency_model::sum ? summed_time(*plan_, prices, a) : crossbar_time(*plan_, prices, a);
  clock.time_ns += std::max(time, prices.hw.tick.minimum.value);
}

void cost_meter::advance_all(const tick_activity& a) {
  if (times_) {
    const double* next = times_->of(a, room_).data();
    clock_.time_ns += *next++;
    for (std::size_t i = 0; i < plan_->ranges.size(); ++i) {
      if (!plan_->ranges[i].moves_time) continue;
      low_clocks_[i].time_ns += *next++;
      high_clocks_[i].time_ns += *next++;
    }
    return;
  }
  advance(clock_, plan_->prices, a);
  for (std::size_t i = 0; i < plan_->ranges.size(); ++i) {
    if (!plan_->ranges[i].moves_time) continue;
    advance(low_clocks_[i], plan_->ranges[i].low, a);
    advance(high_clocks_[i], plan_->ranges[i].high, a);
  }
}

void cost_meter::tick(const tick_activity& a) {
  for (std::size_t i = 0; i < populations_.size(); ++i) {
    populations_[i].active += a.populations[i].active;
    populations_[i].spikes += a.populations[i].spikes;
  }
  for (std::size_t j = 0; j < projections_.size(); ++j) {
    projections_[j].messages += a.projections[j].messages;
    add_links(projections_[j], plan_->projections[j], a.projections[j]);
    projections_[j].synaptic_events += a.projections[j].synaptic_events;
    projections_[j].array += a.projections[j].array;
  }
  ++ticks_;
  advance_all(a);
}

void cost_meter::reset() {
  ticks_ = 0;
  clock_ = {};
  std::fill(low_clocks_.begin(), low_clocks_.end(), hardware_clock{});
  std::fill(high_clocks_.begin(), high_clocks_.end(), hardware_clock{});
  std::fill(populations_.begin(), populations_.end(), population_activity{});
  std::fill(projections_.begin(), projections_.end(), projection_activity{});
}

cost_report cost_meter::report(double tick_us) const {
  const activity_totals totals{ticks_, static_cast<double>(ticks_) * tick_us, populations_, projections_};
  const auto sum = [&](const price_list& prices, double time_ns) {
    const cost_report r = price(*plan_, prices, time_ns, totals);
    return cost_sum{r.dynamic_pj(), r.static_pj(), r.real_time_pj()};
  };
  cost_report r = price(*plan_, plan_->prices, clock_.time_ns, totals);
  for (std::size_t i = 0; i < plan_->ranges.size(); ++i) {
    const price_range& range = plan_->ranges[i];
    r.ranges.push_back({range.constant, sum(range.low, range.moves_time ? low_clocks_[i].time_ns : clock_.time_ns),
                        sum(range.high, range.moves_time ? high_clocks_[i].time_ns : clock_.time_ns)});
  }
  r.together = std::move(r.ranges.back());
  r.ranges.pop_back();
  r.areas = areas_of(*plan_);
  r.quantised = quantised_beside(*plan_, totals, r);
  return r;
}

}  // namespace spinule

#include "cost_sums.hpp"

#include <algorithm>

namespace spinule {
namespace {

/// Adds each item of `more` to its like, or takes it over. Reports of one network list the same items in the same
/// order.
template <class Item, class Alike, class Add>
void merge(std::vector<Item>& sums, const std::vector<Item>& more, Alike alike, Add add) {
  for (std::size_t i = 0; i < more.size(); ++i) {
    auto found = i < sums.size() && alike(sums[i], more[i])
                     ? sums.begin() + static_cast<std::ptrdiff_t>(i)
                     : std::find_if(sums.begin(), sums.end(), [&](const Item& s) { return alike(s, more[i]); });
    if (found == sums.end())
      sums.push_back(more[i]);
    else
      add(*found, more[i]);
  }
}

void add(cost_sum& sum, const cost_sum& more) {
  sum.dynamic_pj += more.dynamic_pj;
  sum.static_pj += more.static_pj;
  sum.real_time_pj += more.real_time_pj;
}

void add(cost_range& sum, const cost_range& more) {
  add(sum.low, more.low);
  add(sum.high, more.high);
}

void add(quantised_network& sum, const quantised_network& more) {
  sum.bits = more.bits;
  sum.operations += more.operations;
  sum.energy_pj += more.energy_pj;
  sum.events += more.events;
  sum.chances += more.chances;
  sum.event_pj += more.event_pj;
  sum.fixed_pj += more.fixed_pj;
}

}  // namespace

bool is_learning(const std::string& component) {
  return component == "learning pulses" || component == "refresh pulses";
}

void add(cost_report& sums, const cost_report& more) {
  const auto alike = [](const cost& a, const cost& b) { return a.layer == b.layer && a.component == b.component; };
  merge(sums.dynamic, more.dynamic, alike, [](cost& a, const cost& b) {
    a.count += b.count;
    a.clipped += b.clipped;
    a.energy_pj += b.energy_pj;
  });
  merge(
      sums.standing, more.standing, [](const auto& a, const auto& b) { return a.component == b.component; },
      [](standing_cost& a, const standing_cost& b) {
        a.energy_pj += b.energy_pj;
        a.real_time_pj += b.real_time_pj;
      });
  merge(
      sums.ranges, more.ranges, [](const auto& a, const auto& b) { return a.constant == b.constant; },
      [](cost_range& a, const cost_range& b) { add(a, b); });
  add(sums.together, more.together);
  merge(sums.programming, more.programming, alike, [&](cost& a, const cost& b) {
    if (!is_learning(b.component)) return;  // arrays are deployed once
    a.count += b.count;
    a.energy_pj += b.energy_pj;
  });
  if (sums.areas.empty()) sums.areas = more.areas;
  add(sums.quantised, more.quantised);
  sums.latency_us += more.latency_us;
  sums.duration_us += more.duration_us;
}

}  // namespace spinule

#include "energy_json.hpp"

#include <nlohmann/json.hpp>

namespace spinule {
namespace {

using nlohmann::json;

json share_json(const energy_share& s) {
  return {{"layer", s.layer}, {"component", s.component}, {"events", s.events}, {"pj", s.pj}, {"clipped", s.clipped}};
}

energy_share share_from(const json_field& field) {
  energy_share share;
  field["layer"].read(share.layer);
  field["component"].read(share.component);
  field["events"].read(share.events);
  field["pj"].read(share.pj);
  field["clipped"].read(share.clipped);
  return share;
}

json shares_json(const std::vector<energy_share>& shares) {
  auto all = json::array();
  for (const auto& s : shares) all.push_back(share_json(s));
  return all;
}

json sum_json(const cost_sum& sum) {
  return {{"dynamic", sum.dynamic_pj}, {"static", sum.static_pj}, {"static_real_time", sum.real_time_pj}};
}

cost_sum sum_from(const json_field& field) {
  cost_sum sum;
  field["dynamic"].read(sum.dynamic_pj);
  field["static"].read(sum.static_pj);
  field["static_real_time"].read(sum.real_time_pj);
  return sum;
}

json range_json(const cost_range& range) {
  return {{"constant", range.constant}, {"low", sum_json(range.low)}, {"high", sum_json(range.high)}};
}

cost_range range_from(const json_field& field) {
  cost_range range;
  field["constant"].read(range.constant);
  range.low = sum_from(field["low"]);
  range.high = sum_from(field["high"]);
  return range;
}

json areas_json(const std::vector<ground>& areas) {
  auto all = json::array();
  for (const auto& a : areas)
    all.push_back(
        {{"component", a.component}, {"count", a.count}, {"um2", a.um2}, {"low", a.low_um2}, {"high", a.high_um2}});
  return all;
}

std::vector<ground> areas_from(const json_field& field) {
  std::vector<ground> areas;
  for (const auto& item : field.items()) {
    auto& a = areas.emplace_back();
    item["component"].read(a.component);
    item["count"].read(a.count);
    item["um2"].read(a.um2);
    item["low"].read(a.low_um2);
    item["high"].read(a.high_um2);
  }
  return areas;
}

json quantised_json(const quantised_share& q) {
  return {{"bits", q.bits},
          {"operations", q.operations},
          {"pj", q.pj},
          {"ticks", q.ticks},
          {"rate", q.rate},
          {"break_even", q.break_even},
          {"break_even_5", q.break_even_5}};
}

quantised_share quantised_from(const json_field& field) {
  quantised_share q;
  field["bits"].read(q.bits);
  field["operations"].read(q.operations);
  field["pj"].read(q.pj);
  field["ticks"].read(q.ticks);
  field["rate"].read(q.rate);
  field["break_even"].read(q.break_even);
  field["break_even_5"].read(q.break_even_5);
  return q;
}

json run_json(const short_run& run) {
  return {{"correct", run.correct}, {"energy_pj", sum_json(run.energy)}, {"latency_us", run.latency_us}};
}

short_run run_from(const json_field& field) {
  short_run run;
  field["correct"].read(run.correct);
  run.energy = sum_from(field["energy_pj"]);
  field["latency_us"].read(run.latency_us);
  return run;
}

}  // namespace

json energy_json(const energy_account& account) {
  auto by_component = json::object();
  auto standing = json::array(), ranges = json::array();
  for (const auto& s : account.dynamic) by_component[s.component] = by_component.value(s.component, 0.0) + s.pj;
  for (const auto& s : account.standing)
    standing.push_back(
        {{"component", s.component}, {"power_uw", s.power_uw}, {"pj", s.pj}, {"real_time_pj", s.real_time_pj}});
  for (const auto& range : account.ranges) ranges.push_back(range_json(range));
  return {{"dynamic", by_component},
          {"static", account.static_pj()},
          {"static_real_time", account.real_time_pj()},
          {"total", account.total_pj()},
          {"total_real_time", account.real_time_total_pj()},
          {"shares", shares_json(account.dynamic)},
          {"standing", standing},
          {"ranges", ranges},
          {"together", range_json(account.together)},
          {"programming", shares_json(account.programming)},
          {"areas_um2", areas_json(account.areas)},
          {"quantised", quantised_json(account.quantised)}};
}

energy_account energy_from(const json_field& field) {
  energy_account account;
  for (const auto& item : field["shares"].items()) account.dynamic.push_back(share_from(item));
  for (const auto& item : field["standing"].items()) {
    auto& share = account.standing.emplace_back();
    item["component"].read(share.component);
    item["power_uw"].read(share.power_uw);
    item["pj"].read(share.pj);
    item["real_time_pj"].read(share.real_time_pj);
  }
  for (const auto& item : field["ranges"].items()) account.ranges.push_back(range_from(item));
  account.together = range_from(field["together"]);
  for (const auto& item : field["programming"].items()) account.programming.push_back(share_from(item));
  if (field.has("areas_um2")) account.areas = areas_from(field["areas_um2"]);  // older files lack both
  if (field.has("quantised")) account.quantised = quantised_from(field["quantised"]);
  return account;
}

json sensitivity_json(const sensitivity& changes) {
  auto changed = json::array();
  for (const auto& c : changes.changed) {
    changed.push_back({{"what", c.what}, {"value", c.value}, {"unit", c.unit}, {"p", c.p}});
    changed.back().update(run_json(c.gave));
  }
  return {{"samples", changes.samples}, {"unchanged", run_json(changes.unchanged)}, {"changed", changed}};
}

sensitivity sensitivity_from(const json_field& field) {
  sensitivity changes;
  field["samples"].read(changes.samples);
  changes.unchanged = run_from(field["unchanged"]);
  for (const auto& item : field["changed"].items()) {
    auto& c = changes.changed.emplace_back();
    item["what"].read(c.what);
    item["value"].read(c.value);
    item["unit"].read(c.unit);
    item["p"].read(c.p);
    c.gave = run_from(item);
  }
  return changes;
}

}  // namespace spinule

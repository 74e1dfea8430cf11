#include "run_summary.hpp"

#include <vector>

namespace spinule {
namespace {

template <class Of>
spread spread_over(std::span<const run_summary> runs, Of of) {
  std::vector<double> values;
  for (const auto& r : runs) values.push_back(of(r));
  return spread_of(values);
}

nlohmann::json json_of(const spread& s) { return {{"mean", s.mean}, {"deviation", s.deviation}}; }

}  // namespace

run_summary summary_of(const replay_result& r) {
  run_summary s{.chip = r.chip.value_or(0),
                .samples = r.samples,
                .correct = r.correct,
                .dynamic_pj = 0,
                .static_pj = 0,
                .real_time_pj = 0,
                .latency_us = 0,
                .spike_digest = r.spike_digest};
  if (!r.energy) return s;
  s.dynamic_pj = r.energy->dynamic_pj();
  s.static_pj = r.energy->static_pj();
  s.real_time_pj = r.energy->real_time_pj();
  s.latency_us = summarise(r.sample_latencies_us).mean;
  return s;
}

void to_json(nlohmann::json& json, const run_summary& r) {
  json = {{"chip", r.chip},
          {"samples", r.samples},
          {"correct", r.correct},
          {"accuracy", r.accuracy()},
          {"energy_pj", {{"dynamic", r.dynamic_pj}, {"static", r.static_pj}, {"static_real_time", r.real_time_pj}}},
          {"latency_us", r.latency_us},
          {"spike_digest", r.spike_digest}};
}

void from_json(const nlohmann::json& json, run_summary& r) {
  const auto& energy = json.at("energy_pj");
  r = {.chip = json.at("chip"),
       .samples = json.at("samples"),
       .correct = json.at("correct"),
       .dynamic_pj = energy.at("dynamic"),
       .static_pj = energy.at("static"),
       .real_time_pj = energy.at("static_real_time"),
       .latency_us = json.at("latency_us"),
       .spike_digest = json.at("spike_digest")};
}

chip_summary summary_of(std::span<const run_summary> runs) {
  return {spread_over(runs, [](const run_summary& r) { return r.accuracy(); }),
          spread_over(runs, [](const run_summary& r) { return r.total_pj(); }),
          spread_over(runs, [](const run_summary& r) { return r.real_time_total_pj(); }),
          spread_over(runs, [](const run_summary& r) { return r.latency_us; })};
}

nlohmann::json json_of(std::span<const run_summary> runs) {
  const chip_summary s = summary_of(runs);
  return {{"accuracy", json_of(s.accuracy)},
          {"energy_pj", json_of(s.energy_pj)},
          {"real_time_energy_pj", json_of(s.real_time_energy_pj)},
          {"latency_us", json_of(s.latency_us)},
          {"runs", std::vector<run_summary>(runs.begin(), runs.end())}};
}

}  // namespace spinule

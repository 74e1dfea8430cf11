#include "sensitivity.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/backends/hardware.hpp>
#include <spinule/error.hpp>
#include <spinule/io/engine/comparison.hpp>

#include "interrupt.hpp"
#include "judge.hpp"

namespace spinule {
namespace {

std::vector<std::size_t> spread_evenly(std::size_t samples, std::size_t of) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < samples; ++i) chosen.push_back(i * of / samples);
  return chosen;
}

/// What the samples gave in a run that did more; static energy is power times time.
short_run part_of(const replay_result& r, std::span<const std::uint64_t> samples) {
  short_run part;
  double power_uw = 0;
  for (const auto& s : r.energy->standing) power_uw += s.power_uw;
  for (const std::uint64_t i : samples) {
    const double latency_us = r.sample_latencies_us[i], standing_pj = power_uw * latency_us;
    part.correct += r.answers[i] == r.truths[i];
    part.energy.static_pj += standing_pj;
    part.energy.real_time_pj += power_uw * std::max(latency_us, r.duration_us);
    part.energy.dynamic_pj += r.sample_energies_pj[i] - standing_pj;
    part.latency_us += latency_us;
  }
  const auto n = static_cast<double>(samples.size());
  for (double* mean : {&part.energy.static_pj, &part.energy.real_time_pj, &part.energy.dynamic_pj, &part.latency_us})
    *mean /= n;
  return part;
}

short_run whole_of(const replay_result& r) {
  return {r.correct,
          {r.energy->dynamic_pj(), r.energy->static_pj(), r.energy->real_time_pj()},
          summarise(r.sample_latencies_us).mean};
}

std::vector<changed_run> changes_of(const hardware& hw, milliseconds tick) {
  std::vector<changed_run> all;
  const auto vary = [&](const char* what, const char* unit, double value) {
    all.push_back({.what = what, .value = value, .unit = unit, .gave = {}, .p = 1});
  };
  if (hw.adc.converter != converter_kind::none)
    for (const double step : {-4.0, -2.0, 2.0})
      if (const double bits = hw.adc.bits.value + step; bits >= 2 && bits <= 32) vary("adc.bits", "bits", bits);
  const double noise = hw.device.read_noise.value;
  for (const double value : noise > 0 ? std::vector{0.0, 2 * noise, 5 * noise} : std::vector{0.01, 0.02, 0.05})
    vary("device.read_noise", "1", value);
  for (const double factor : {0.25, 0.5}) vary("tick", "ms", factor * tick.value());  // of longer ones delays are none
  return all;
}

}  // namespace

std::optional<sensitivity> sensitivity_of(const replay_result& result, const backend_choice& on,
                                          const replay_session& s, std::size_t samples) {
  if (samples == 0 || result.interrupted || !result.energy) return {};
  const hardware hw = hardware_of(on);
  auto changes = changes_of(hw, s.through.tick);
  const auto chosen = spread_evenly(std::min<std::size_t>(samples, result.samples), result.samples);
  sensitivity seen{.samples = {chosen.begin(), chosen.end()}, .unchanged = {}, .changed = {}};
  seen.unchanged = part_of(result, seen.samples);
  fmt::print("For the report: {} short runs of {} samples on {}\n", changes.size(), chosen.size(), name_of(on));
  for (changed_run& change : changes) {
    backend_choice other = on;
    classifier through = s.through;
    if (change.what == "tick")
      through.tick = milliseconds{change.value};
    else
      other.overrides.push_back(fmt::format("{}={}", change.what, change.value));
    try {
      replayed short_one = replay_all(*s.data, through, other, {.title = change.what, .only = chosen});
      if (interrupted() || short_one.result.samples < chosen.size()) break;
      const replay_result r = judge(std::move(short_one), s.model);
      change.gave = whole_of(r);
      change.p = test_pair(result, r).p;
      seen.changed.push_back(std::move(change));
    } catch (const spinule_error& e) {
      fmt::print("  {} of {}{} is left out: {}\n", change.what, change.value,
                 change.unit == "1" ? "" : " " + change.unit, e.what());
    }
  }
  if (seen.changed.empty()) return {};
  return seen;
}

}  // namespace spinule

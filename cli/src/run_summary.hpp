// What a run on emulated hardware comes to, and several of them that differ in their chip.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <nlohmann/json.hpp>

#include <spinule/io/engine/comparison.hpp>
#include <spinule/io/result.hpp>

namespace spinule {

struct run_summary {
  std::uint32_t chip = 0;
  std::uint64_t samples = 0, correct = 0;
  double dynamic_pj = 0, static_pj = 0, real_time_pj = 0, latency_us = 0;  ///< means per sample; 0 without hardware
  std::string spike_digest;

  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(samples); }
  double total_pj() const { return dynamic_pj + static_pj; }
  double real_time_total_pj() const { return dynamic_pj + real_time_pj; }
  bool operator==(const run_summary&) const = default;
};

run_summary summary_of(const replay_result& result);

void to_json(nlohmann::json& json, const run_summary& run);
/// Throws what nlohmann-json throws.
void from_json(const nlohmann::json& json, run_summary& run);

/// Over chips, at least one.
struct chip_summary {
  spread accuracy, energy_pj, real_time_energy_pj, latency_us;
};
chip_summary summary_of(std::span<const run_summary> runs);

/// `accuracy`, `energy_pj`, `real_time_energy_pj` and `latency_us`, each with `mean` and `deviation`; and `runs`.
nlohmann::json json_of(std::span<const run_summary> runs);

}  // namespace spinule

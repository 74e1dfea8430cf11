// What a sweep has found: on the screen, as CSV, and as JSON.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "grid.hpp"
#include "run_summary.hpp"
#include "sweep_state.hpp"

namespace spinule {

/// A point of which all chips are done.
struct swept_point {
  std::size_t point = 0;
  std::vector<run_summary> runs;  ///< [chips]
  chip_summary of;
  bool on_front = false;  ///< none is more often right for no more energy, or as often for less
};

/// In the order of the grid.
std::vector<swept_point> swept_points(const sweep_state& state, std::size_t chips);

void print_sweep(const sweep_grid& g, std::span<const swept_point> points, std::uint32_t chips);
/// Fewer points than the grid has: every line says that the sweep was interrupted.
std::string sweep_csv(const sweep_grid& g, std::span<const swept_point> points);
/// `vary` and `points`.
void add_sweep(nlohmann::json& json, const sweep_grid& g, std::span<const swept_point> points);

}  // namespace spinule

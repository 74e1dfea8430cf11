#include "pulsed_row.hpp"

#include <algorithm>
#include <cmath>

namespace spinule {

pulsed_row::pulsed_row(const std::vector<double>& aims, const hardware& hw, const device& cell, std::uint64_t key,
                       std::uint32_t line)
    : cell_{cell}, conductance_(aims.size(), left_alone) {
  const pulse_response response = response_of(hw);
  const double window = cell.g_max - cell.g_min, range = response.highest - response.lowest;
  pulsed_cells row{aims.size(), response, key, line};
  row.put(std::vector<float>(row.size(), static_cast<float>(response.lowest)));
  std::vector<float> states(row.apparent().begin(),
                            row.apparent().end());  // of cells that are left alone: where they are
  for (std::size_t k = 0; k < aims.size(); ++k) {
    if (aims[k] == left_alone) continue;
    const double aim = cell.nearest_level(aims[k]);
    states[k] = static_cast<float>(response.lowest + range * (aim - cell.g_min) / window);
    conductance_[k] = 0;
    ++cells;
  }
  pulses = row.write_verify(states, write_limits_of(hw)).pulses;
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (conductance_[k] < 0) continue;
    conductance_[k] = std::max(cell.g_min + window * (row.apparent()[k] - response.lowest) / range, 0.0);
  }
}

double pulsed_row::settled(std::size_t target, bool minus, pair_writer& writer, std::uint64_t pair) const {
  const double g = conductance_[2 * target + minus];
  if (g < 0) return writer.left_alone(pair, minus);
  auto random = writer.stream(pair, minus);
  return writer.book(cell_.settle(g, random));
}

}  // namespace spinule

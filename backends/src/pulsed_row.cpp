#include "pulsed_row.hpp"

#include <algorithm>
#include <cmath>

namespace spinule {

pulsed_row::pulsed_row(const std::vector<std::int64_t>& codes, double quanta_per_us, const hardware& hw,
                       const device& cell, std::uint64_t key, std::uint32_t line)
    : cell_{cell}, conductance_(2 * codes.size(), -1) {
  const pulse_response response = response_of(hw);
  const double window = cell.g_max - cell.g_min, range = response.highest - response.lowest;
  pulsed_cells row{conductance_.size(), response, key, line};
  row.put(std::vector<float>(row.size(), static_cast<float>(response.lowest)));
  std::vector<float> aims(row.apparent().begin(),
                          row.apparent().end());  // of cells that are left alone: where they are
  for (std::size_t t = 0; t < codes.size(); ++t) {
    if (codes[t] == 0) continue;
    const std::size_t at = 2 * t + (codes[t] < 0);
    const double aim = cell.nearest_level(cell.rest() + std::abs(static_cast<double>(codes[t])) / quanta_per_us);
    aims[at] = static_cast<float>(response.lowest + range * (aim - cell.g_min) / window);
    conductance_[at] = 0;
    ++cells;
  }
  pulses = row.write_verify(aims, write_limits_of(hw)).pulses;
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

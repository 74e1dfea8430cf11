// The cells of one line, written pulse by pulse.
#pragma once

#include <cstdint>
#include <vector>

#include "pair_writer.hpp"
#include "pulse_constants.hpp"

namespace spinule {

/// All cells of a line start in the lowest state. Those that hold something are pulsed until a read is within the
/// tolerance of their conductance; states from lowest to highest are conductances from g_min to g_max.
class pulsed_row {
 public:
  static constexpr double left_alone = -1;
  /// `aims` [2 targets] uS of the plus and the minus cell of each pair, or `left_alone`; a cell is known by (key, line,
  /// target, side).
  pulsed_row(const std::vector<double>& aims, const hardware& hw, const device& cell, std::uint64_t key,
             std::uint32_t line);
  /// uS of one cell of a pair, with its age and its faults.
  double settled(std::size_t target, bool minus, pair_writer& writer, std::uint64_t pair) const;

  std::uint64_t cells = 0, pulses = 0;

 private:
  const device& cell_;
  std::vector<double> conductance_;  // [2 targets], `left_alone` where nothing was written
};

}  // namespace spinule

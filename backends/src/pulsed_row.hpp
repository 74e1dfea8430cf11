// The cells of one line, written pulse by pulse.
#pragma once

#include <cstdint>
#include <vector>

#include "pair_writer.hpp"
#include "pulse_constants.hpp"

namespace spinule {

/// All pairs of a line start in the lowest state. Cells that hold a weight are pulsed until a read is within the
/// tolerance of their conductance; states from lowest to highest are conductances from g_min to g_max.
class pulsed_row {
 public:
  /// `codes` [targets]; a cell is known by (key, line, target, side).
  pulsed_row(const std::vector<std::int64_t>& codes, double quanta_per_us, const hardware& hw, const device& cell,
             std::uint64_t key, std::uint32_t line);
  /// uS of one cell of a pair, with its age and its faults.
  double settled(std::size_t target, bool minus, pair_writer& writer, std::uint64_t pair) const;

  std::uint64_t cells = 0, pulses = 0;

 private:
  const device& cell_;
  std::vector<double> conductance_;  // [2 targets], below 0 where nothing was written
};

}  // namespace spinule

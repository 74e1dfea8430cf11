// What learning by pulses takes: neither part of what a sample costs nor of writing the arrays.
#pragma once

#include <cstdint>

namespace spinule {

struct hardware;

/// Of one pulse on one cell.
struct pulse_cost {
  double energy_pj = 0, time_ns = 0;
};

/// `device.write_energy` and `device.write_time`. Throws `spinule_error` for hardware that has no cells.
pulse_cost pulse_cost_of(const hardware& hw);

/// Pulses so far. A weight is one cell, so nothing is refreshed; columns that are read are counted and take nothing
/// here.
struct pulse_ledger {
  pulse_cost cost;
  std::uint64_t updates = 0;    ///< pulses on the cells of the weights
  std::uint64_t fast = 0;       ///< pulses on the fast matrix of `tiki_taka`
  std::uint64_t transfers = 0;  ///< columns of it that were read
  /// Pulses that follow one another: rows are written in turn, the cells of a row at once, first all that go up and
  /// then all that go down.
  std::uint64_t in_turn = 0;

  std::uint64_t pulses() const { return updates + fast; }
  double update_pj() const { return static_cast<double>(updates) * cost.energy_pj; }
  double fast_pj() const { return static_cast<double>(fast) * cost.energy_pj; }
  double energy_pj() const { return update_pj() + fast_pj(); }
  double time_ns() const { return static_cast<double>(in_turn) * cost.time_ns; }
};

}  // namespace spinule

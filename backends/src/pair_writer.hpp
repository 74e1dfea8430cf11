#pragma once

#include <cstdint>

#include <spinule/backends/engine/device.hpp>

namespace spinule {

/// The two cells of a weight, in uS.
struct cell_pair {
  double plus, minus;
  double difference() const { return plus - minus; }
  double squares() const { return plus * plus + minus * minus; }
};

/// Writes the cells of one row and keeps its books, so that rows can be written in parallel. A cell draws from a stream
/// of its own, whatever is written before it.
struct pair_writer {
  const device& cell;
  bool certain;  // cell.certain()
  std::uint64_t key;
  double cell_energy;  // pJ per uS and read pulse
  std::uint64_t written = 0, pulses = 0;
  double energy = 0;
  double fresh = 0, old = 0;  // uS of all cells, when they were written and now

  random_stream stream(std::uint64_t pair, bool minus) const { return {key, purpose::device, 2 * pair + minus}; }

  double book(written_cell w) {
    written += w.pulses > 0;
    pulses += w.pulses;
    fresh += w.fresh;
    old += w.conductance;
    return w.conductance;
  }

  double left_alone(std::uint64_t pair, bool minus) {
    if (!cell.faulty()) return book({.conductance = cell.rest(), .fresh = cell.rest(), .pulses = 0});
    auto random = stream(pair, minus);
    return book(cell.leave(random));
  }

  // `target` in uS; `rest` means no weight.
  double write(double target, std::uint64_t pair, bool minus) {
    const bool holds_weight = target > cell.rest();
    if (!holds_weight && (cell.unused == unused_cells::pristine || cell.programming == programming_mode::forming)) {
      return left_alone(pair, minus);
    }
    if (certain) {
      const double g = cell.nearest_level(target);
      return book({.conductance = g, .fresh = g, .pulses = cell.write_pulses});
    }
    auto random = stream(pair, minus);
    return book(cell.programming == programming_mode::forming ? cell.form(random) : cell.program(target, random));
  }

  /// Adds what a pulse of this cell takes.
  double pulse_energy(double conductance) {
    energy += conductance * cell_energy;
    return conductance;
  }

  cell_pair take(cell_pair p) {
    energy += (p.plus + p.minus) * cell_energy;
    return p;
  }
};

}  // namespace spinule

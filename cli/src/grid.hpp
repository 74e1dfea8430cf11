// The grid of a sweep: keys of the hardware, and the values that each of them takes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <spinule/backends/hardware.hpp>

namespace spinule {

/// One key and its values.
struct grid_axis {
  std::string key, unit;            ///< the unit of `numbers`; empty for a choice, "1" for a ratio
  std::vector<std::string> values;  ///< as an override takes them
  std::vector<double> numbers;      ///< the same; none for a choice
};

/// Every value of an axis with every value of the others; the last axis changes first.
class sweep_grid {
 public:
  /// Of `--vary KEY=VALUES`, where VALUES are joined by commas: single ones, A..B (every whole number for a constant
  /// that takes only these, else 6 even steps), or A..B/N (N even steps); `fixed` are the values of `--set`. Throws
  /// `usage_error` for whatever is unknown, empty, twice there, out of range, in a wrong unit, at odds with another
  /// value, or too many.
  sweep_grid(const hardware& hw, const std::vector<std::string>& vary, const std::vector<std::string>& fixed);

  const std::vector<grid_axis>& axes() const { return axes_; }
  std::size_t points() const;
  /// [axes] places of the values of a point.
  std::vector<std::size_t> at(std::size_t point) const;
  /// "adc.bits=6", one for each axis.
  std::vector<std::string> overrides(std::size_t point) const;

 private:
  std::vector<grid_axis> axes_;
};

/// The most runs that a sweep may have.
inline constexpr std::size_t most_runs = 10'000;

}  // namespace spinule

// How a weight is cut over cells: signs, slices, and what each of them stands for.
#pragma once

#include <cstdint>

#include <spinule/backends/engine/device.hpp>

namespace spinule {

/// Conductances that the cells of a weight are to take, in uS. With `sign_storage::offset` `minus` is that of the cell
/// that all weights of a row share.
struct cell_targets {
  double plus, minus;
};

/// A code c, |c| <= largest, on `slices` pairs of cells, or cells. Of analogue cells (`device.bits_per_slice` 0) there
/// is one, whose conductance is in proportion. Else c is rounded to a whole number of `slices` digits to the base
/// 2^bits; the middle number stands for 0 where signs are an offset.
class weight_cells {
 public:
  weight_cells() = default;
  /// `window` in uS: of a cell, from nothing to the most that a cell of a differential pair may take. Of cells that are
  /// written by pulses, the largest code takes `pulses.window` of it.
  weight_cells(const hardware& hw, const device& cell, double largest, double window);

  std::uint32_t slices() const { return slices_; }
  bool offset() const { return offset_; }
  cell_targets targets(std::int64_t code, std::uint32_t slice) const;
  /// Quanta that a difference of 1 uS stands for in this slice.
  double quanta_per_us(std::uint32_t slice) const;
  /// Quanta that the cells of this slice stand for; of all slices together the code, or what is left of it.
  double part(std::int64_t code, std::uint32_t slice) const;
  /// The largest part of a slice.
  double fully_on(std::uint32_t slice) const;
  /// What all slices hold of a code.
  std::int64_t kept(std::int64_t code) const;

 private:
  std::int64_t number(std::int64_t code) const;
  double digit(std::int64_t number, std::uint32_t slice) const;
  double significance(std::uint32_t slice) const;

  bool offset_ = false;
  std::uint32_t slices_ = 1;
  int bits_ = 0;
  double rest_ = 0, window_ = 1, largest_ = 1;
  double unit_ = 1;  // quanta of a step of the number
  std::int64_t zero_ = 0;
};

}  // namespace spinule

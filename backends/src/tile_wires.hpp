// What wires make of the cells of tiles.
#pragma once

#include <span>
#include <vector>

#include <spinule/backends/engine/device.hpp>

#include "programmed_tiles.hpp"

namespace spinule {

/// Perfect ones where `array.wires` is ignored.
array_wires wires_of(const hardware& hw);

/// Gives the wires their say in freshly written tiles, of which `cells` holds all conductances.
///
/// Cells alone: every row is always connected, so a tile stays linear, and its effective matrix takes the place of its
/// conductances, in the weights and in the variance of their read noise. What drivers give follows from the admittance
/// between rows, see `driven_energy`. `cells` is emptied. With transistors reads are solved one by one, see
/// `read_gated_rows`. Where iterations do not converge, the note of the tiles says so.
void hand_through_wires(programmed_tiles& t, cell_access access, const device& cell);

/// Columns of a tile: its slices side by side; in each the plus and the minus cell of every pair in turn, or with an
/// offset the cells of all weights and then the one that is subtracted from them.
struct tile_columns {
  std::uint32_t pairs, slices;
  bool offset;
  std::size_t of_slice() const { return offset ? std::size_t{pairs} + 1 : 2 * std::size_t{pairs}; }
  std::size_t count() const { return slices * of_slice(); }
  std::size_t plus(std::uint32_t pair, std::uint32_t slice) const {
    return slice * of_slice() + (offset ? pair : 2 * std::size_t{pair});
  }
  std::size_t minus(std::uint32_t pair, std::uint32_t slice) const {
    return offset ? slice * of_slice() + pairs : plus(pair, slice) + 1;
  }
};
tile_columns columns_of(const programmed_tiles& t, const placed_tile& tile);

/// Conductances of some rows of a tile, row by row, in the order of `tile_columns`; of tiles that keep `cells`.
std::vector<double> conductances(const programmed_tiles& t, const tile_band& band, const placed_tile& tile,
                                 std::span<const std::uint32_t> rows);

/// pJ that the drivers give in one read of a band of cells alone whose wires have their say: v_i Y_ik v_k summed over
/// all pairs of rows, with v their shares of the read voltage and Y their admittance, which is symmetric. This is also
/// what cells and wires dissipate. `rows`, `amplitudes` and `largest` as for `read_gated_rows`.
double driven_energy(const programmed_tiles& t, const tile_band& band, std::span<const std::uint32_t> rows,
                     std::span<const float> amplitudes, double largest);

/// One read of a band whose cells have transistors: `sums` [slices][pairs of the band] in quanta. `rows` ascend; one
/// that is there twice is pulsed in a second read. `amplitudes` are empty or one for each row, of which `largest` is
/// the whole read voltage. Returns what the drivers give, in pJ.
double read_gated_rows(const programmed_tiles& t, const tile_band& band, std::span<const std::uint32_t> rows,
                       std::span<const float> amplitudes, double largest, std::vector<float>& sums);

}  // namespace spinule

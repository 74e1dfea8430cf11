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
/// conductances, in the weights, in the variance of their read noise and in the energy of a row. That of a row is what
/// its driver gives while all others are at 0 V; of several rows together it is an upper bound. `cells` is emptied.
/// With transistors nothing changes here: reads are solved one by one, see `read_gated_rows`.
void hand_through_wires(programmed_tiles& t, cell_access access, const device& cell);

/// Conductances of some rows of a tile, row by row, plus and minus cells of its pairs in turn; of tiles that keep
/// `cells`.
std::vector<double> conductances(const programmed_tiles& t, const tile_band& band, const placed_tile& tile,
                                 std::span<const std::uint32_t> rows);

/// One read of a band whose cells have transistors: sums of all its pairs, in quanta. `rows` ascend; one that is there
/// twice is pulsed in a second read. `amplitudes` are empty or one for each row, of which `largest` is the whole read
/// voltage. Returns what the drivers give, in pJ.
double read_gated_rows(const programmed_tiles& t, const tile_band& band, std::span<const std::uint32_t> rows,
                       std::span<const float> amplitudes, double largest, std::vector<float>& sums);

}  // namespace spinule

#include "programmed_tiles.hpp"

#include <atomic>

#include <fmt/format.h>

#include "tile_wires.hpp"

namespace spinule {

programmed_tiles& tiled_projection::own() {
  if (tiles_.use_count() > 1) tiles_ = std::make_shared<programmed_tiles>(*tiles_);
  std::atomic_thread_fence(std::memory_order_acquire);  // a copy that has just gone may have read them
  return const_cast<programmed_tiles&>(*tiles_);        // none was made const
}

double pair_bytes(const hardware& hw) {
  const double weight = 4, variance = device::of(hw).noisy() ? 4 : 0, cells = wires_of(hw).perfect() ? 0 : 8;
  const double rows = cells > 0 && hw.array.access == cell_access::resistor
                          ? 8 * hw.array.rows.value / hw.array.columns.value
                          : 0;  // of `programmed_tiles::admittance`, where a band is one tile
  const double once_more = device::of(hw).exact() ? 0 : 2.5;  // of a quarter of the pairs, see `weighted_pairs`
  return (weight + variance + cells + once_more + rows) * hw.array.slices.value;
}

std::size_t tiled_projection::lines() const { return tiles_->lines; }
index_t tiled_projection::targets() const { return tiles_->targets; }
std::uint32_t tiled_projection::tiles() const { return tiles_->tile_count; }
const programming_ledger& tiled_projection::programming() const { return tiles_->programming; }
std::string tiled_projection::note() const {
  const std::uint64_t hard = tiles_->factorised_reads ? tiles_->factorised_reads->load() : 0;
  if (hard == 0) return tiles_->note;
  return fmt::format(
      "{}{}: iterations for the resistance of its wires did not converge, and equations were factorised "
      "instead, which is right but slow; reads of tiles: {}",
      tiles_->note.empty() ? "" : tiles_->note + "; ", tiles_->name, hard);
}
double tiled_projection::quanta_per_us() const { return tiles_->quanta_per_us; }

std::vector<std::uint32_t> tiled_projection::band_rows() const {
  std::vector<std::uint32_t> rows;
  for (const auto& band : tiles_->bands) rows.push_back(band.rows);
  return rows;
}

std::vector<std::uint32_t> tiled_projection::band_tiles() const {
  std::vector<std::uint32_t> counts;
  for (const auto& band : tiles_->bands) counts.push_back(static_cast<std::uint32_t>(band.tiles.size()));
  return counts;
}

std::size_t programmed_tiles::place_of(std::size_t line, index_t target) const {
  const std::uint32_t row = row_of[line];
  if (row == no_row) return nowhere;
  const auto& band = bands[row / rows_per_tile];
  for (const auto& tile : band.tiles)
    if (target >= tile.first_target && target < tile.first_target + tile.columns)
      return band.cells + std::size_t{row - band.first_row} * band.width + tile.offset + (target - tile.first_target);
  return nowhere;
}

double tiled_projection::weight(std::size_t line, index_t target) const {
  const std::size_t at = tiles_->place_of(line, target);
  if (at == programmed_tiles::nowhere) return 0;
  const auto held = [&](const auto& planes) {
    double sum = 0;
    for (std::size_t i = at; i < planes.size(); i += tiles_->plane) sum += static_cast<double>(planes[i]);
    return sum;
  };
  return tiles_->analogue.empty() ? held(tiles_->whole) : tiles_->gain * held(tiles_->analogue);
}

void store_pair(programmed_tiles& t, const device& cell, std::size_t at, const cell_pair& pair) {
  const double q = t.quanta_per_us, r = cell.read_noise;
  t.analogue[at] = static_cast<float>(pair.difference() * q);
  if (!t.cells.empty()) {
    t.cells[2 * at] = static_cast<float>(pair.plus);
    t.cells[2 * at + 1] = static_cast<float>(pair.minus);
  }
  if (t.moment.empty()) return;
  const double flicker = cell.flicker_variance(pair.plus) + cell.flicker_variance(pair.minus);
  t.moment[at] = static_cast<float>(pair.squares() * (r * q) * (r * q) + flicker * q * q);
}

}  // namespace spinule

// The hot path of the crossbar: spikes in, whole quanta out.
#include <algorithm>
#include <cmath>
#include <type_traits>

#include <spinule/backends/engine/tile.hpp>
#include <spinule/error.hpp>
#include <spinule/random.hpp>

#include "column_converter.hpp"
#include "fast_normal.hpp"
#include "programmed_tiles.hpp"
#include "row_sums.hpp"
#include "tile_wires.hpp"

namespace spinule {
namespace {

// Ties to even; codes have at most 24 bits.
double whole_nearest(double x) { return (x + 0x1.8p52) - 0x1.8p52; }

std::uint32_t most_repeated(std::span<const std::uint32_t> ascending) {
  std::uint32_t most = 0, run = 0;
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    run = i > 0 && ascending[i] == ascending[i - 1] ? run + 1 : 1;
    most = std::max(most, run);
  }
  return most;
}

}  // namespace

tile_activity& tile_activity::operator+=(const tile_activity& o) {
  lines += o.lines;
  rows_driven += o.rows_driven;
  row_conversions += o.row_conversions;
  cells_read += o.cells_read;
  tiles_read += o.tiles_read;
  conversions += o.conversions;
  clipped += o.clipped;
  additions += o.additions;
  packets += o.packets;
  hops_x += o.hops_x;
  hops_y += o.hops_y;
  cell_energy_pj += o.cell_energy_pj;
  phases = std::max(phases, o.phases);
  bands = std::max(bands, o.bands);
  widest = std::max(widest, o.widest);
  far_x = std::max(far_x, o.far_x);
  far_y = std::max(far_y, o.far_y);
  return *this;
}

tiled_projection::tiled_projection(std::shared_ptr<const programmed_tiles> tiles) : tiles_{std::move(tiles)} {
  std::uint32_t widest = 0;
  for (const auto& band : tiles_->bands) widest = std::max(widest, band.width);
  if (tiles_->analogue.empty())
    whole_sums_.resize(widest);
  else
    sums_.resize(widest);
  if (!tiles_->moment.empty()) {
    moments_.resize(widest);
    normals_.resize(tiles_->pairs_per_tile);
  }
  rows_.reserve(tiles_->rows_per_tile);
  full_scale(tiles_->full_scale);
  present(0);
}

void tiled_projection::full_scale(double quanta) {
  if (!(quanta > 0)) throw spinule_error{"converter", "full scale must be more than 0 quanta"};
  full_scale_ = quanta;
  step_ = tiles_->converts ? full_scale_ / (std::ldexp(1, tiles_->bits - 1) - 1) : 0;
}

void tiled_projection::carry_values(double largest) {
  if (!(largest > 0)) return;  // nothing will ever arrive
  largest_amplitude_ = largest;
  full_scale(full_scale_ * largest);
  dac_top_ = std::ldexp(1, tiles_->dac_bits - 1) - 1;
  dac_step_ = tiles_->dac_bits > 0 ? largest / dac_top_ : 0;
}

float tiled_projection::driven(float amplitude) const {
  if (dac_step_ == 0) return amplitude;
  return static_cast<float>(std::clamp(whole_nearest(amplitude / dac_step_), -dac_top_, dac_top_) * dac_step_);
}

void tiled_projection::present(std::uint64_t presentation) {
  const std::uint64_t chip_key =
      random_stream{tiles_->seed, purpose::read_noise, tiles_->chip, tiles_->projection}.bits64();
  noise_key_ = random_stream{chip_key, purpose::read_noise, presentation}.bits64();
}

void tiled_projection::route(std::span<const band_route> routes) { routes_.assign(routes.begin(), routes.end()); }

void tiled_projection::draw_noise(std::uint32_t tile, std::uint32_t columns, moment t) {
  random_stream random{noise_key_, purpose::read_noise, static_cast<std::uint64_t>(t), tile};
  fill_normals(random, std::span{normals_}.first(columns));
}

template <class Cell>
std::uint64_t tiled_projection::convert(const Cell* sums, const float* moments, std::uint32_t n,
                                        std::int32_t* out) const {
  const bool converts = tiles_->converts;
  const column_converter adc{.step = step_,
                             .per_step = converts ? 1 / step_ : 0,
                             .top = tiles_->clips ? std::ldexp(1, tiles_->bits - 1) - 1 : 0x1p40,
                             .gain = tiles_->gain,
                             .converts = converts,
                             .in_float = !converts || tiles_->bits <= 20};
  return to_quanta(sums, {moments, normals_.data()}, n, adc, out);
}

// Sums the active rows, each times its value where there are any.
template <class Cell>
void tiled_projection::sum_active(const Cell* cells, std::size_t width, std::span<const float> values,
                                  Cell* sums) const {
  if (values.empty())
    sum_rows(cells, width, {rows_}, sums);
  else
    sum_rows(cells, width, {rows_}, values, sums);
}

void tiled_projection::count_rows(std::uint32_t first, std::size_t tiles, tile_activity& now) const {
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const double share = amplitudes_.empty() ? 1 : amplitudes_[r] / largest_amplitude_;
    now.cell_energy_pj += tiles_->row_energy[first + rows_[r]] * share * share;
  }
  now.lines += rows_.size();
  now.rows_driven += rows_.size() * tiles;
  now.row_conversions += amplitudes_.size() * tiles;
  now.phases = std::max(now.phases, most_repeated(rows_));
}

template <class Cell>
void tiled_projection::read_band(std::uint32_t b, const std::vector<Cell>& cells, std::vector<Cell>& sums, moment t,
                                 std::span<std::int32_t> input, tile_activity& now) {
  const auto& band = tiles_->bands[b];
  if constexpr (std::is_same_v<Cell, float>) {
    if (tiles_->cells.empty())
      sum_active(cells.data() + band.cells, band.width, {amplitudes_}, sums.data());
    else
      now.cell_energy_pj += read_gated_rows(*tiles_, band, rows_, amplitudes_, largest_amplitude_, sums_);
  } else {
    sum_active(cells.data() + band.cells, band.width, {amplitudes_}, sums.data());
  }
  const bool noisy = !moments_.empty();
  if (noisy) {
    squares_.clear();
    for (const float a : amplitudes_) squares_.push_back(a * a);
    sum_active(tiles_->moment.data() + band.cells, band.width, {squares_}, moments_.data());
  }
  if (observing_) {
    for (std::uint32_t j = 0; j < band.width; ++j)
      largest_sum_ = std::max(largest_sum_, std::abs(static_cast<double>(sums[j])));
  }
  for (const auto& tile : band.tiles) {
    if (noisy) draw_noise(tile.number, tile.columns, t);
    now.clipped += convert(sums.data() + tile.offset, noisy ? moments_.data() + tile.offset : nullptr, tile.columns,
                           input.data() + tile.first_target);
    now.widest = std::max(now.widest, tile.columns);
  }
  count_rows(band.first_row, band.tiles.size(), now);
  const std::uint64_t driven = rows_.size();
  now.cells_read += driven * band.width * 2;
  now.tiles_read += band.tiles.size();
  now.conversions += band.width;
  now.additions += band.width;
  ++now.bands;
  if (b < routes_.size()) {
    const auto& route = routes_[b];
    now.packets += driven * route.packets;
    now.hops_x += driven * route.hops_x;
    now.hops_y += driven * route.hops_y;
    now.far_x = std::max(now.far_x, route.far_x);
    now.far_y = std::max(now.far_y, route.far_y);
  }
}

template <class Cell>
tile_activity tiled_projection::read_with(const std::vector<Cell>& cells, std::vector<Cell>& sums,
                                          std::span<const std::uint32_t> active, std::span<const float> amplitudes,
                                          moment t, std::span<std::int32_t> input) {
  tile_activity now;
  rows_.clear();
  amplitudes_.clear();
  std::uint32_t current = 0;
  for (std::size_t i = 0; i < active.size(); ++i) {
    const std::uint32_t row = tiles_->row_of[active[i]];
    if (row == programmed_tiles::no_row) continue;
    const std::uint32_t b = row / tiles_->rows_per_tile;
    if (b != current && !rows_.empty()) {
      read_band(current, cells, sums, t, input, now);
      rows_.clear();
      amplitudes_.clear();
    }
    current = b;
    rows_.push_back(row % tiles_->rows_per_tile);
    if (!amplitudes.empty()) amplitudes_.push_back(driven(amplitudes[i]));
  }
  if (!rows_.empty()) read_band(current, cells, sums, t, input, now);
  counts_ += now;
  return now;
}

tile_activity tiled_projection::read(std::span<const std::uint32_t> active, std::span<const float> amplitudes, moment t,
                                     std::span<std::int32_t> input) {
  return tiles_->analogue.empty() ? read_with(tiles_->whole, whole_sums_, active, amplitudes, t, input)
                                  : read_with(tiles_->analogue, sums_, active, amplitudes, t, input);
}

}  // namespace spinule

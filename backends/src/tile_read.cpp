// The hot path of the crossbar: spikes in, whole quanta out.
#include <algorithm>
#include <bit>
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
  codes += o.codes;
  additions += o.additions;
  packets += o.packets;
  hops_x += o.hops_x;
  hops_y += o.hops_y;
  cell_energy_pj += o.cell_energy_pj;
  phases = std::max(phases, o.phases);
  bands = std::max(bands, o.bands);
  widest = std::max(widest, o.widest);
  rounds = std::max(rounds, o.rounds);
  longest_code = std::max(longest_code, o.longest_code);
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
    sums_.resize(std::size_t{widest} * (tiles_->cells.empty() ? 1 : tiles_->slices));
  if (!tiles_->moment.empty() || !tiles_->weighted.empty()) moments_.resize(widest);
  if (!tiles_->moment.empty()) {
    normals_.resize(tiles_->pairs_per_tile);
  }
  rows_.reserve(tiles_->rows_per_tile);
  full_scale(tiles_->full_scale);
  present(0);
}

void tiled_projection::full_scale(double quanta) {
  if (!(quanta > 0)) throw spinule_error{"converter", "full scale must be more than 0 quanta"};
  full_scale_ = quanta;
  step_ = tiles_->converts ? full_scale_ / tiles_->top_code() : 0;
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
  if (tiles_->traps.empty()) return;
  traps_ = std::make_shared<telegraph_queue>();  // not that of the simulation this one was copied from
  trapped_ = tiles_->analogue;
  traps_->begin(tiles_->traps, random_stream{noise_key_, purpose::read_noise, 1}.bits64(), trapped_);
}

void tiled_projection::route(std::span<const band_route> routes) {
  routes_.assign(routes.begin(), routes.end());
  band_lines_.assign(routes.size(), 0);
}

void tiled_projection::draw_noise(std::uint32_t read, std::uint32_t columns, moment t) {
  random_stream random{noise_key_, purpose::read_noise, static_cast<std::uint64_t>(t), read};
  fill_normals(random, std::span{normals_}.first(columns));
}

template <class Cell>
void tiled_projection::convert(const Cell* sums, const float* moments, std::uint32_t n, double step, std::int32_t* out,
                               tile_activity& now) const {
  const bool converts = tiles_->converts;
  const double top = tiles_->clips ? tiles_->top_code() : 0x1p40;
  const column_converter adc{.step = step,
                             .per_step = converts ? 1 / step : 0,
                             .bottom = tiles_->one_bit ? 0 : -top,
                             .top = top,
                             .gain = tiles_->gain,
                             .converts = converts,
                             .in_float = !converts || tiles_->bits <= 20,
                             .counts = tiles_->counts};
  const converted gave = to_quanta(sums, {moments, normals_.data()}, n, adc, out);
  now.clipped += gave.clipped;
  now.codes += gave.codes;
  now.longest_code = std::max(now.longest_code, gave.longest);
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

/// Pulses of the whole voltage that carry a value, or the square of the share of it that one pulse has.
double tiled_projection::pulses_for(float amplitude) const {
  const double share = amplitude / largest_amplitude_, code = std::abs(share) * dac_top_;
  switch (tiles_->scheme) {
    case value_input::amplitude:
      return share * share;
    case value_input::bit_serial:
      return std::popcount(static_cast<std::uint32_t>(whole_nearest(code)));
    case value_input::pulse_width:
      return whole_nearest(code);
    case value_input::single_spike:
      return code > 0.5 ? 1 : 0;
  }
  return 1;
}

/// Pulses that follow one another so that any value can come.
std::uint32_t tiled_projection::window() const {
  if (amplitudes_.empty() || tiles_->scheme == value_input::amplitude) return 1;
  const auto bits = static_cast<std::uint32_t>(tiles_->dac_bits - 1);
  return tiles_->scheme == value_input::bit_serial ? bits : 1u << bits;
}

std::uint32_t tiled_projection::rounds() const { return tiles_->scheme == value_input::bit_serial ? window() : 1; }

void tiled_projection::take_round(std::uint32_t round) {
  round_.clear();
  for (const float a : amplitudes_) {
    const auto code = static_cast<std::uint32_t>(whole_nearest(std::abs(a) / dac_step_));
    const double size = (code >> round & 1u) ? std::ldexp(dac_step_, static_cast<int>(round)) : 0;
    round_.push_back(static_cast<float>(std::copysign(size, a)));
  }
}

void tiled_projection::count_rows(std::uint32_t first, std::size_t tiles, tile_activity& now) const {
  const bool bit_by_bit = !amplitudes_.empty() && tiles_->scheme == value_input::bit_serial;
  std::uint64_t drives = bit_by_bit ? 0 : rows_.size();
  const auto energy = [&](std::size_t r) { return tiles_->row_energy[first + rows_[r]]; };
  for (std::size_t r = 0; amplitudes_.empty() && r < rows_.size(); ++r) now.cell_energy_pj += energy(r);
  for (std::size_t r = 0; r < amplitudes_.size(); ++r) {
    const double pulses = pulses_for(amplitudes_[r]);
    now.cell_energy_pj += energy(r) * pulses;
    if (bit_by_bit) drives += static_cast<std::uint64_t>(pulses);
  }
  now.lines += rows_.size();
  now.rows_driven += drives * tiles;
  now.row_conversions += amplitudes_.size() * tiles;
  now.phases = std::max(now.phases, most_repeated(rows_) * window());
}

struct tiled_projection::array_pulse {
  const tile_band& band;
  std::span<const float> values;  // of the rows; empty where they are spikes
  std::uint32_t slice, round;
  double step;  // of the converter
};

template <class Cell>
void tiled_projection::pulse(const array_pulse& p, const Cell* cells, std::vector<Cell>& sums, moment t,
                             std::span<std::int32_t> input, tile_activity& now) {
  const auto& band = p.band;
  const bool noisy = !tiles_->moment.empty();
  squares_.clear();
  for (const float a : p.values) squares_.push_back(a * a);
  if (!tiles_->weighted.empty())
    sum_weighted(tiles_->weighted, {p.slice * tiles_->line_of.size() + band.first_row, rows_, p.values, squares_},
                 std::span{sums_}.first(band.width), std::span{moments_}.first(band.width));
  else if (noisy)
    sum_active(tiles_->moment.data() + p.slice * tiles_->plane + band.cells, band.width, {squares_}, moments_.data());
  std::size_t first = 0;  // of its sums
  if constexpr (std::is_same_v<Cell, float>) {
    if (!tiles_->cells.empty()) {
      first = p.slice * std::size_t{band.width};
      if (p.slice == 0)  // one pulse reads all slices
        now.cell_energy_pj += read_gated_rows(*tiles_, band, rows_, amplitudes_, largest_amplitude_, sums_);
    } else if (tiles_->weighted.empty()) {
      sum_active(cells, band.width, p.values, sums.data());
    }
  } else {
    sum_active(cells, band.width, p.values, sums.data());
  }
  if (observing_) {
    const double scale = step_ > 0 ? step_ / p.step : 1;
    for (std::uint32_t j = 0; j < band.width; ++j)
      largest_sum_ = std::max(largest_sum_, std::abs(static_cast<double>(sums[first + j])) * scale);
  }
  const std::uint32_t read = (p.round * tiles_->slices + p.slice) * tiles_->tile_count;
  for (const auto& tile : band.tiles) {
    if (noisy) draw_noise(read + tile.number, tile.columns, t);
    convert(sums.data() + first + tile.offset, noisy ? moments_.data() + tile.offset : nullptr, tile.columns, p.step,
            input.data() + tile.first_target, now);
    now.widest = std::max(now.widest, tile.columns * tiles_->slices);
  }
}

template <class Cell>
void tiled_projection::read_band(std::uint32_t b, const std::vector<Cell>& cells, std::vector<Cell>& sums, moment t,
                                 std::span<std::int32_t> input, tile_activity& now) {
  const auto& band = tiles_->bands[b];
  const bool whole = std::is_same_v<Cell, std::int32_t> && !tiles_->converts;  // exact, however it comes
  const std::uint32_t slices = whole ? 1 : tiles_->slices, turns = whole ? 1 : rounds();
  for (std::uint32_t round = 0; round < turns; ++round) {
    if (turns > 1) take_round(round);
    const double part = turns > 1 ? std::ldexp(dac_step_, static_cast<int>(round)) / largest_amplitude_ : 1;
    for (std::uint32_t slice = 0; slice < slices; ++slice) {
      const double scale = tiles_->slice_scale.empty() ? 1 : tiles_->slice_scale[slice];
      pulse(array_pulse{band, turns > 1 ? round_ : amplitudes_, slice, round, step_ * part * scale},
            cells.data() + slice * tiles_->plane + band.cells, sums, t, input, now);
    }
  }
  count_rows(band.first_row, band.tiles.size(), now);
  const std::uint64_t driven = rows_.size(), sums_of_pair = std::uint64_t{tiles_->slices} * rounds();
  now.cells_read += driven * band.width * tiles_->cells_of_weight;
  now.tiles_read += band.tiles.size();
  now.conversions += band.width * sums_of_pair;
  now.additions += band.width * sums_of_pair;
  now.rounds = std::max(now.rounds, rounds());
  ++now.bands;
  if (b < routes_.size()) {
    const auto& route = routes_[b];
    now.packets += driven * route.packets;
    now.hops_x += driven * route.hops_x;
    now.hops_y += driven * route.hops_y;
    now.far_x = std::max(now.far_x, route.far_x);
    now.far_y = std::max(now.far_y, route.far_y);
    band_lines_[b] = static_cast<std::uint32_t>(driven);
  }
}

template <class Cell>
tile_activity tiled_projection::read_with(const std::vector<Cell>& cells, std::vector<Cell>& sums,
                                          std::span<const std::uint32_t> active, std::span<const float> amplitudes,
                                          moment t, std::span<std::int32_t> input) {
  tile_activity now;
  std::fill(band_lines_.begin(), band_lines_.end(), 0);
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
  if (traps_) {
    traps_->advance(tiles_->traps, static_cast<double>(t) * tiles_->tick_s, trapped_);
    return read_with(trapped_, sums_, active, amplitudes, t, input);
  }
  return tiles_->analogue.empty() ? read_with(tiles_->whole, whole_sums_, active, amplitudes, t, input)
                                  : read_with(tiles_->analogue, sums_, active, amplitudes, t, input);
}

}  // namespace spinule

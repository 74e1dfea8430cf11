// The hot path of the crossbar: spikes in, whole quanta out.
#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <utility>

#include <spinule/backends/engine/converter_ranges.hpp>
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

/// Sums of rows, each times its value where there are any.
template <class Cell>
void sum_active(const Cell* cells, std::size_t width, std::span<const std::uint32_t> rows,
                std::span<const float> values, Cell* sums) {
  if (values.empty())
    sum_rows(cells, width, rows, sums);
  else
    sum_rows(cells, width, rows, values, sums);
}

column_converter converter_of(const programmed_tiles& t, double step) {
  const double top = t.clips ? t.top_code() : 0x1p40;
  return {.step = step,
          .per_step = t.converts ? 1 / step : 0,
          .bottom = t.one_bit ? 0 : -top,
          .top = top,
          .gain = t.gain,
          .converts = t.converts,
          .in_float = !t.converts || t.bits <= 20,
          .counts = t.counts};
}

void count(const converted& gave, tile_activity& now) {
  now.clipped += gave.clipped;
  now.codes += gave.codes;
  now.longest_code = std::max(now.longest_code, gave.longest);
}

/// Sums of a slice and a pulse whose full scale is `scale` times that of the projection.
template <class Cell>
void record(std::span<const Cell> sums, double scale, sum_record& into) {
  for (const Cell sum : sums) into.add(static_cast<double>(sum) / scale);
}

/// Whether no noise turns a sum of 0 into more than code 0, or where nothing converts, into more than 0 quanta.
bool stays_zero(const programmed_tiles& t, float variance, double step) {
  const double quantum = t.converts ? step : 1 / std::abs(t.gain);
  return largest_normal * std::sqrt(variance) < 0.49 * quantum;
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
  if (!tiles_->moment.empty()) normals_.resize(tiles_->pairs_per_tile);
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
  driven_rows driven;
  std::uint32_t slice, round;
  double step;   // of the converter
  double scale;  // of its full scale

  std::uint32_t read_of(const programmed_tiles& t, const placed_tile& tile) const {
    return (round * t.slices + slice) * t.tile_count + tile.number;
  }
};

template <class Cell>
void tiled_projection::pulse(const array_pulse& p, const Cell* cells, std::vector<Cell>& sums, moment t,
                             std::span<std::int32_t> input, tile_activity& now) {
  const auto& band = p.band;
  const bool noisy = !tiles_->moment.empty();
  if (!tiles_->weighted.empty()) {
    if (stays_zero(*tiles_, rest_variance(tiles_->weighted, p.driven), p.step)) {
      if (reached_.size == 0) reached_.read = p.read_of(*tiles_, band.tiles.front());
      reached_.step = p.step;
      reached_.scale = p.scale;
      return sum_reached(tiles_->weighted, p.driven, band.target_of, reached_);
    }
    sum_weighted(tiles_->weighted, p.driven, std::span{sums_}.first(band.width), std::span{moments_}.first(band.width));
  } else if (noisy) {
    sum_active(tiles_->moment.data() + p.slice * tiles_->plane + band.cells, band.width, rows_, squares_,
               moments_.data());
  }
  std::size_t first = 0;  // of its sums
  if constexpr (std::is_same_v<Cell, float>) {
    if (!tiles_->cells.empty()) {
      first = p.slice * std::size_t{band.width};
      if (p.slice == 0)  // one pulse reads all slices
        now.cell_energy_pj += read_gated_rows(*tiles_, band, rows_, amplitudes_, largest_amplitude_, sums_);
    } else if (tiles_->weighted.empty()) {
      sum_active(cells, band.width, rows_, p.driven.values, sums.data());
    }
  } else {
    sum_active(cells, band.width, rows_, p.driven.values, sums.data());
  }
  if (sums_seen_) record(std::span<const Cell>{sums}.subspan(first, band.width), p.scale, *sums_seen_);
  const column_converter adc = converter_of(*tiles_, p.step);
  for (const auto& tile : band.tiles) {
    if (noisy) draw_noise(p.read_of(*tiles_, tile), tile.columns, t);
    const column_noise noise{noisy ? moments_.data() + tile.offset : nullptr, normals_.data()};
    count(to_quanta(sums.data() + first + tile.offset, noise, tile.columns, adc, input.data() + tile.first_target),
          now);
  }
}

/// The other columns need neither noise nor conversion: they give nothing.
void tiled_projection::convert_reached(moment t, std::span<std::int32_t> input, tile_activity& now) {
  const auto n = static_cast<std::uint32_t>(std::exchange(reached_.size, 0));
  if (n == 0) return;
  const bool noisy = !tiles_->moment.empty();
  if (sums_seen_) record(std::span<const float>{reached_.sums}.first(n), reached_.scale, *sums_seen_);
  constexpr std::uint32_t whole_vectors = 32;
  const std::uint32_t padded = (n + whole_vectors - 1) / whole_vectors * whole_vectors;
  if (whole_sums_.size() < padded) whole_sums_.resize(padded);
  if (noisy && normals_.size() < padded) normals_.resize(padded);
  if (noisy) draw_noise(reached_.read, padded, t);
  std::fill_n(whole_sums_.begin(), n, 0);
  const column_noise noise{noisy ? reached_.variances.data() : nullptr, normals_.data()};
  count(to_quanta(reached_.sums.data(), noise, n, converter_of(*tiles_, reached_.step), whole_sums_.data()), now);
  for (std::uint32_t k = 0; k < n; ++k) {
    std::int32_t& to = input[reached_.targets[k]];
    to = saturating_sum(to, whole_sums_[k]);
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
    const std::span<const float> values = turns > 1 ? round_ : amplitudes_;
    squares_.clear();
    for (const float a : values) squares_.push_back(a * a);
    const double part = turns > 1 ? std::ldexp(dac_step_, static_cast<int>(round)) / largest_amplitude_ : 1;
    for (std::uint32_t slice = 0; slice < slices; ++slice) {
      const double scale = part * (tiles_->slice_scale.empty() ? 1 : tiles_->slice_scale[slice]);
      const driven_rows driven{slice * tiles_->line_of.size() + band.first_row, rows_, values, squares_};
      pulse(array_pulse{band, driven, slice, round, step_ * scale, step_ > 0 ? scale : 1},
            cells.data() + slice * tiles_->plane + band.cells, sums, t, input, now);
      if (turns * slices > 1) convert_reached(t, input, now);
    }
  }
  count_rows(band.first_row, band.tiles.size(), now);
  if (!tiles_->admittance.empty())
    now.cell_energy_pj += driven_energy(*tiles_, band, rows_, amplitudes_, largest_amplitude_);
  const std::uint64_t driven = rows_.size(), sums_of_pair = std::uint64_t{tiles_->slices} * rounds();
  now.cells_read += driven * band.width * tiles_->cells_of_weight;
  now.tiles_read += band.tiles.size();
  for (const auto& tile : band.tiles) now.widest = std::max(now.widest, tile.columns * tiles_->slices);
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

/// Rows are read here and there, which no processor foresees.
static void fetch_ahead(const programmed_tiles& t, std::span<const std::uint32_t> active, std::size_t i) {
  constexpr std::size_t ahead = 4;
  if (t.weighted.empty() || i + ahead >= active.size()) return;
  const std::uint32_t row = t.row_of[active[i + ahead]];
  if (row != programmed_tiles::no_row) fetch_row(t.weighted, row);
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
    fetch_ahead(*tiles_, active, i);
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
  convert_reached(t, input, now);
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

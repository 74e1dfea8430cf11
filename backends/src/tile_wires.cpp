#include "tile_wires.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <spinule/engine/instruction_sets.hpp>

namespace spinule {

tile_columns columns_of(const programmed_tiles& t, const placed_tile& tile) {
  return {tile.columns, t.slices, t.offset};
}

std::vector<double> conductances(const programmed_tiles& t, const tile_band& band, const placed_tile& tile,
                                 std::span<const std::uint32_t> rows) {
  const tile_columns columns = columns_of(t, tile);
  std::vector<double> g(rows.size() * columns.count());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::uint32_t s = 0; s < t.slices; ++s) {
      const std::size_t at = s * t.plane + band.cells + std::size_t{rows[i]} * band.width + tile.offset;
      for (std::uint32_t pair = 0; pair < tile.columns; ++pair) {
        g[i * columns.count() + columns.plus(pair, s)] = t.cells[2 * (at + pair)];
        g[i * columns.count() + columns.minus(pair, s)] = t.cells[2 * (at + pair) + 1];
      }
    }
  return g;
}

namespace {

std::vector<std::uint32_t> all_rows(const tile_band& band) {
  std::vector<std::uint32_t> rows(band.rows);
  for (std::uint32_t r = 0; r < band.rows; ++r) rows[r] = r;
  return rows;
}

void hand_through_wires(programmed_tiles& t, std::size_t at, std::uint32_t slice, const cell_pair& effective,
                        const device& cell) {
  const double q = t.quanta_of(slice), noise = cell.read_noise * q;
  t.analogue[at] = static_cast<float>(effective.difference() * q);
  if (t.moment.empty()) return;
  const double flicker = cell.flicker_variance(effective.plus) + cell.flicker_variance(effective.minus);
  t.moment[at] = static_cast<float>(effective.squares() * noise * noise + flicker * q * q);
}

/// Adds what its rows give to `admittance` [rows * rows]; the number of rows whose equations were factorised.
std::size_t hand_through_wires(programmed_tiles& t, const tile_band& band, const placed_tile& tile, const device& cell,
                               std::vector<double>& admittance) {
  const tile_columns columns = columns_of(t, tile);
  const auto e =
      resistive_array{band.rows, columns.count(), conductances(t, band, tile, all_rows(band)), t.wires}.effective();
  for (std::size_t k = 0; k < admittance.size(); ++k) admittance[k] += e.admittance[k];
  for (std::uint32_t r = 0; r < band.rows; ++r) {
    const double* row = e.transfer.data() + r * columns.count();
    for (std::uint32_t s = 0; s < t.slices; ++s)
      for (std::uint32_t pair = 0; pair < tile.columns; ++pair) {
        const std::size_t at = s * t.plane + band.cells + std::size_t{r} * band.width + tile.offset + pair;
        hand_through_wires(t, at, s, {row[columns.plus(pair, s)], row[columns.minus(pair, s)]}, cell);
      }
  }
  return e.factorised;
}

// Rows pulsed at the same time, and what of the read voltage they get.
struct pulse {
  std::vector<std::uint32_t> rows;
  std::vector<double> share;
};

// A row that is there again waits for the next pulse.
std::vector<pulse> pulses_of(std::span<const std::uint32_t> rows, std::span<const float> amplitudes, double largest) {
  std::vector<pulse> all;
  std::size_t again = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    again = i > 0 && rows[i] == rows[i - 1] ? again + 1 : 0;
    if (again == all.size()) {
      all.emplace_back();
      all.back().rows.reserve(rows.size());
      all.back().share.reserve(rows.size());
    }
    all[again].rows.push_back(rows[i]);
    all[again].share.push_back(amplitudes.empty() ? 1 : amplitudes[i] / largest);
  }
  return all;
}

SPINULE_CLONES void add_times(const float* __restrict row, std::size_t n, double factor, double* __restrict sums) {
  for (std::size_t k = 0; k < n; ++k) sums[k] += static_cast<double>(row[k]) * factor;
}

}  // namespace

array_wires wires_of(const hardware& hw) {
  const auto& a = hw.array;
  if (a.wires == wire_model::ignored) return {};
  const double warmth = 1 + 0.00451 * (a.temperature.value - 300);
  return {.row = warmth * a.row_resistance.value,
          .column = warmth * a.column_resistance.value,
          .driver = a.driver_resistance.value,
          .sense = a.sense_resistance.value};
}

void hand_through_wires(programmed_tiles& t, cell_access access, const device& cell) {
  std::fill(t.row_energy.begin(), t.row_energy.end(), 0);
  if (access == cell_access::transistor) {
    t.factorised_reads = std::make_shared<std::atomic<std::uint64_t>>(0);
    return;
  }
  std::size_t hard = 0;
  for (auto& band : t.bands) {
    std::vector<double> admittance(std::size_t{band.rows} * band.rows);
    for (const auto& tile : band.tiles) hard += hand_through_wires(t, band, tile, cell, admittance);
    band.admittance = t.admittance.size();
    t.admittance.insert(t.admittance.end(), admittance.begin(), admittance.end());
  }
  t.cells = {};
  if (hard == 0) return;
  t.note += fmt::format(
      "{}{}: iterations for the resistance of its wires did not converge, and equations were factorised "
      "instead, which is right but slow; rows of tiles: {}",
      t.note.empty() ? "" : "; ", t.name, hard);
}

double driven_energy(const programmed_tiles& t, const tile_band& band, std::span<const std::uint32_t> rows,
                     std::span<const float> amplitudes, double largest) {
  double sum = 0;
  std::vector<double> drawn(band.rows);  // by the pulsed rows before each
  for (const auto& p : pulses_of(rows, amplitudes, largest)) {
    std::ranges::fill(drawn, 0.0);
    for (std::size_t i = 0; i < p.rows.size(); ++i) {
      const std::size_t row = p.rows[i];
      const float* y = t.admittance.data() + band.admittance + row * band.rows;
      sum += p.share[i] * (y[row] * p.share[i] + 2 * drawn[row]);
      add_times(y + row + 1, band.rows - row - 1, p.share[i], drawn.data() + row + 1);
    }
  }
  return sum * t.cell_energy;
}

double read_gated_rows(const programmed_tiles& t, const tile_band& band, std::span<const std::uint32_t> rows,
                       std::span<const float> amplitudes, double largest, std::vector<float>& sums) {
  constexpr solve_limits limits{.tolerance = 1e-6};
  double given = 0;
  std::fill_n(sums.begin(), std::size_t{t.slices} * band.width, 0.0f);
  for (const auto& p : pulses_of(rows, amplitudes, largest)) {
    for (const auto& tile : band.tiles) {
      const tile_columns columns = columns_of(t, tile);
      const auto read =
          resistive_array::gated(band.rows, p.rows, columns.count(), conductances(t, band, tile, p.rows), t.wires)
              .solve(p.share, limits);
      if (read.factorised) ++*t.factorised_reads;
      for (std::size_t i = 0; i < p.rows.size(); ++i) given += p.share[i] * read.drawn[i];
      for (std::uint32_t s = 0; s < t.slices; ++s)
        for (std::uint32_t pair = 0; pair < tile.columns; ++pair) {
          const double difference = read.currents[columns.plus(pair, s)] - read.currents[columns.minus(pair, s)];
          sums[s * std::size_t{band.width} + tile.offset + pair] +=
              static_cast<float>(difference * t.quanta_of(s) * largest);
        }
    }
  }
  return given * t.cell_energy;
}

}  // namespace spinule

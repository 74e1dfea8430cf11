#include "tile_wires.hpp"

#include <algorithm>

namespace spinule {

std::vector<double> conductances(const programmed_tiles& t, const tile_band& band, const placed_tile& tile,
                                 std::span<const std::uint32_t> rows) {
  std::vector<double> g;
  g.reserve(rows.size() * 2 * tile.columns);
  for (const auto r : rows) {
    const float* first = t.cells.data() + 2 * (band.cells + std::size_t{r} * band.width + tile.offset);
    g.insert(g.end(), first, first + 2 * tile.columns);
  }
  return g;
}

namespace {

std::vector<std::uint32_t> all_rows(const tile_band& band) {
  std::vector<std::uint32_t> rows(band.rows);
  for (std::uint32_t r = 0; r < band.rows; ++r) rows[r] = r;
  return rows;
}

void hand_through_wires(programmed_tiles& t, const tile_band& band, const placed_tile& tile, const device& cell) {
  const std::size_t columns = 2 * tile.columns;
  const auto e = resistive_array{band.rows, columns, conductances(t, band, tile, all_rows(band)), t.wires}.effective();
  const double q = t.quanta_per_us, noise = cell.read_noise * q;
  for (std::uint32_t r = 0; r < band.rows; ++r) {
    t.row_energy[band.first_row + r] += e.input[r] * t.cell_energy;
    for (std::uint32_t pair = 0; pair < tile.columns; ++pair) {
      const double plus = e.transfer[r * columns + 2 * pair], minus = e.transfer[r * columns + 2 * pair + 1];
      const std::size_t at = band.cells + std::size_t{r} * band.width + tile.offset + pair;
      t.analogue[at] = static_cast<float>((plus - minus) * t.quanta_per_us);
      if (t.moment.empty()) continue;
      const double flicker = cell.flicker_variance(plus) + cell.flicker_variance(minus);
      t.moment[at] = static_cast<float>((plus * plus + minus * minus) * noise * noise + flicker * q * q);
    }
  }
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
    if (again == all.size()) all.emplace_back();
    all[again].rows.push_back(rows[i]);
    all[again].share.push_back(amplitudes.empty() ? 1 : amplitudes[i] / largest);
  }
  return all;
}

}  // namespace

array_wires wires_of(const hardware& hw) {
  const auto& a = hw.array;
  if (a.wires == wire_model::ignored) return {};
  return {.row = a.row_resistance.value,
          .column = a.column_resistance.value,
          .driver = a.driver_resistance.value,
          .sense = a.sense_resistance.value};
}

void hand_through_wires(programmed_tiles& t, cell_access access, const device& cell) {
  std::fill(t.row_energy.begin(), t.row_energy.end(), 0);
  if (access == cell_access::transistor) return;
  for (const auto& band : t.bands)
    for (const auto& tile : band.tiles) hand_through_wires(t, band, tile, cell);
  t.cells = {};
}

double read_gated_rows(const programmed_tiles& t, const tile_band& band, std::span<const std::uint32_t> rows,
                       std::span<const float> amplitudes, double largest, std::vector<float>& sums) {
  constexpr solve_limits limits{.tolerance = 1e-6};
  double given = 0;
  std::fill_n(sums.begin(), band.width, 0.0f);
  for (const auto& p : pulses_of(rows, amplitudes, largest)) {
    for (const auto& tile : band.tiles) {
      const auto read =
          resistive_array::gated(band.rows, p.rows, 2 * tile.columns, conductances(t, band, tile, p.rows), t.wires)
              .solve(p.share, limits);
      for (std::size_t i = 0; i < p.rows.size(); ++i) given += p.share[i] * read.drawn[i];
      for (std::uint32_t pair = 0; pair < tile.columns; ++pair) {
        const double difference = read.currents[2 * pair] - read.currents[2 * pair + 1];
        sums[tile.offset + pair] += static_cast<float>(difference * t.quanta_per_us * largest);
      }
    }
  }
  return given * t.cell_energy;
}

}  // namespace spinule

// The arrays of one projection, after programming.
#pragma once

#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <spinule/backends/engine/tile.hpp>
#include <spinule/backends/hardware.hpp>
#include <spinule/backends/resistive_array.hpp>

#include "pair_writer.hpp"
#include "telegraph.hpp"
#include "weighted_pairs.hpp"

namespace spinule {

struct placed_tile {
  index_t first_target;
  std::uint32_t columns;  // pairs in use
  std::uint32_t offset;   // of its first pair within the band
  std::uint32_t number;   // within the projection
};

// The tiles of one range of rows, stored row by row: one line streams through all its tiles.
struct tile_band {
  std::uint32_t first_row, rows, width;
  std::size_t cells;  // of the first row in the cell arrays
  std::vector<placed_tile> tiles;
  std::vector<index_t> target_of;  // [width]
  std::size_t admittance = 0;      // of its rows in `programmed_tiles::admittance`
};

struct programmed_tiles {
  static constexpr std::uint32_t no_row = std::numeric_limits<std::uint32_t>::max();

  std::size_t lines = 0;
  index_t targets = 0;
  std::uint32_t rows_per_tile = 0, pairs_per_tile = 0, tile_count = 0;
  std::vector<std::uint32_t> row_of;   // [lines]
  std::vector<std::uint32_t> line_of;  // [rows]
  std::vector<tile_band> bands;
  std::vector<std::int32_t> whole;    // pair weights in quanta if the device is exact, else
  std::vector<float> analogue;        // pair weights in quanta
  std::vector<telegraph_trap> traps;  // of `analogue`, those that keep their state for longer than a tick
  double tick_s = 0;                  // between moments of reads
  std::vector<float> moment;          // variance of one read of the pair, quanta^2; empty if reads are exact
  weighted_pairs weighted;            // `analogue` and `moment` once more, where most pairs are at rest
  std::vector<double> row_energy;     // [rows] pJ of one pulse, all tiles of the band
  std::vector<float> cells;           // uS, plus and minus of each pair of each plane, where every read is solved
  array_wires wires;                  // of such reads
  std::vector<float> admittance;  // [bands][rows][rows] uA that each row gives per V at another, see `driven_energy`
  std::shared_ptr<std::atomic<std::uint64_t>> factorised_reads;  // of reads that are solved, those that had to be
  double cell_energy = 0;                                        // pJ that 1 uS takes in one pulse of the read voltage
  std::uint32_t cells_of_weight = 2;
  std::uint32_t slices = 1;          // planes of `analogue` and `moment`, from the least digit up
  std::size_t plane = 0;             // cells of one
  std::vector<double> slice_scale;   // [slices] full scale over that of the last
  std::vector<double> slice_quanta;  // [slices] that 1 uS stands for
  bool offset = false;               // one minus cell serves all pairs of a row of a tile
  double gain = 1;                   // of all results, against drift
  double quanta_per_us = 1;
  double full_scale = 1;
  bool converts = false, clips = true;
  bool one_bit = false;  // a sense amplifier: full scale or nothing
  bool counts = false;   // steps of converted sums are added up
  int bits = 0;
  int dac_bits = 0;  // 0: any amplitude
  value_input scheme = value_input::amplitude;
  std::uint64_t seed = 0;
  std::uint32_t chip = 0, projection = 0;
  programming_ledger programming;
  std::string name, note;

  double quanta_of(std::uint32_t slice) const { return slice_quanta.empty() ? quanta_per_us : slice_quanta[slice]; }

  // The code of full scale.
  double top_code() const { return one_bit ? 1 : std::ldexp(1, bits - 1) - 1; }

  static constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();
  /// Of a pair within `analogue`; `nowhere` if it has no place.
  std::size_t place_of(std::size_t line, index_t target) const;
};

/// Memory that one pair takes on such hardware.
double pair_bytes(const hardware& hw);

/// Puts what a pair of a weight of one slice holds into `analogue` and all that goes with it, but for the energy of its
/// row.
void store_pair(programmed_tiles& t, const device& cell, std::size_t at, const cell_pair& pair);

}  // namespace spinule

// Pictures of the cells of an array: what back ends look at and reports show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spinule {

/// One number per cell, made smaller: a pixel stands for a block of cells and has the number that is farthest from 0 in
/// it, so that a single cell that is far off is still seen.
struct array_picture {
  std::uint32_t rows = 0, columns = 0;  ///< pixels
  double largest = 0;                   ///< greatest magnitude, which a level of 127 stands for
  std::vector<std::int8_t> levels;      ///< [rows * columns], row by row, in 127ths of `largest`
  bool operator==(const array_picture&) const = default;
};

/// A tile of a projection: rows are word lines, columns pairs of cells.
struct array_map {
  std::string projection;
  std::uint32_t tile = 0, tiles = 0;  ///< its number among those of the projection
  std::uint32_t rows = 0, pairs = 0;  ///< in use
  double mean_error = 0;              ///< uS, of the magnitude of errors over its pairs
  array_picture conductance;          ///< uS: G+ - G- as reads find it; slices together, in cells of the highest
  array_picture error;                ///< uS: that minus what the weight asks for
  std::optional<array_picture> drop;  ///< with wires: share of the read voltage that a cell of a pair does not get
  bool operator==(const array_map&) const = default;
};

}  // namespace spinule

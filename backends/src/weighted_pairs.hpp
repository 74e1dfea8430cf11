// Pairs of cells that hold something, where most hold nothing: what a read of their rows adds up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/backends/engine/tile.hpp>

namespace spinule {

struct programmed_tiles;

/// What a pair adds to its column: quanta, and the variance of one read above that of a pair at rest, quanta^2.
struct pair_reading {
  float weight, moment;
};

/// All pairs but those at rest, whose weight is 0 and whose variance is the same everywhere. Rows are numbered through
/// all bands, and on through the slices.
struct weighted_pairs {
  float rest = 0;                     ///< variance of one read of a pair at rest, quanta^2
  std::vector<std::size_t> first;     ///< [rows * slices + 1] of a row in the arrays below; empty where none are kept
  std::vector<std::uint16_t> column;  ///< within the band, ascending
  std::vector<pair_reading> reading;  ///< likewise

  bool empty() const { return first.empty(); }
};

/// None where they would be more than a quarter of all pairs, or where a read takes more than sums of rows.
weighted_pairs weighted_pairs_of(const programmed_tiles& tiles);

/// Active rows of a band, each times its value; spikes have none.
struct driven_rows {
  std::size_t first;  ///< number of the band's first row
  std::span<const std::uint32_t> rows;
  std::span<const float> values, squares;
};

/// Variance of a column that none of these pairs reaches, quanta^2.
float rest_variance(const weighted_pairs& pairs, const driven_rows& driven);

/// Appends the sums of those columns of a band that some pair reaches, and their variances, in the order in which they
/// are reached first. Column k of the band is that of target_of[k].
void sum_reached(const weighted_pairs& pairs, const driven_rows& driven, std::span<const index_t> target_of,
                 reached_columns& to);

/// Brings a row near that will be driven soon.
void fetch_row(const weighted_pairs& pairs, std::size_t row);

/// Sums of all columns of a band and their variances, each added up in the order of the rows as `sum_rows` does.
void sum_weighted(const weighted_pairs& pairs, const driven_rows& driven, std::span<float> sums,
                  std::span<float> moments);

}  // namespace spinule

#include "weighted_pairs.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "programmed_tiles.hpp"

namespace spinule {
namespace {

constexpr std::size_t least_sparse = 4;  // all pairs over those that are kept

/// Calls visit(place) for every pair, row by row; end_row() after each row.
void for_each_pair(const programmed_tiles& t, auto&& visit, auto&& end_row) {
  for (std::uint32_t slice = 0; slice < t.slices; ++slice)
    for (const tile_band& band : t.bands)
      for (std::size_t row = 0; row < band.rows; ++row) {
        const std::size_t begin = slice * t.plane + band.cells + row * band.width;
        for (std::size_t at = begin; at < begin + band.width; ++at) visit(at, at - begin);
        end_row();
      }
}

/// The least variance of pairs without weight; what has another is held.
float rest_of(const programmed_tiles& t) {
  float least = std::numeric_limits<float>::max();
  for (std::size_t at = 0; at < t.moment.size(); ++at)
    if (t.analogue[at] == 0) least = std::min(least, t.moment[at]);
  return t.moment.empty() || least == std::numeric_limits<float>::max() ? 0 : least;
}

bool only_sums_rows(const programmed_tiles& t) {
  const auto narrow = [](const tile_band& b) { return b.width <= std::size_t{1} << 16; };
  return !t.analogue.empty() && t.cells.empty() && t.traps.empty() && std::ranges::all_of(t.bands, narrow);
}

/// A row of pairs: where they are and what they add.
struct pair_row {
  const std::uint16_t* column;
  const pair_reading* reading;
  std::size_t n;
};

pair_row row_of(const weighted_pairs& pairs, std::size_t row) {
  const std::size_t begin = pairs.first[row];
  return {pairs.column.data() + begin, pairs.reading.data() + begin, pairs.first[row + 1] - begin};
}

/// Rows are read here and there, which no processor foresees.
void fetch(const pair_row& row) {
  constexpr std::size_t line = 64;
  for (std::size_t k = 0; k < row.n; k += line / sizeof *row.reading) __builtin_prefetch(row.reading + k);
  for (std::size_t k = 0; k < row.n; k += line / sizeof *row.column) __builtin_prefetch(row.column + k);
}

void add(const pair_row& row, float* __restrict sums, float* __restrict moments) {
  for (std::size_t k = 0; k < row.n; ++k) {
    const std::size_t column = row.column[k];
    sums[column] += row.reading[k].weight;
    moments[column] += row.reading[k].moment;
  }
}

void add(const pair_row& row, float value, float square, float* __restrict sums, float* __restrict moments) {
  for (std::size_t k = 0; k < row.n; ++k) {
    const std::size_t column = row.column[k];
    sums[column] += row.reading[k].weight * value;
    moments[column] += row.reading[k].moment * square;
  }
}

}  // namespace

weighted_pairs weighted_pairs_of(const programmed_tiles& t) {
  weighted_pairs pairs;
  if (!only_sums_rows(t)) return pairs;
  const float rest = rest_of(t);
  const auto holds = [&](std::size_t at) { return t.analogue[at] != 0 || (!t.moment.empty() && t.moment[at] != rest); };
  std::size_t held = 0;
  for (std::size_t at = 0; at < t.analogue.size(); ++at) held += holds(at);
  const bool above = std::ranges::all_of(t.moment, [&](float m) { return m >= rest; });
  if (held * least_sparse > t.analogue.size() || !above) return pairs;
  pairs.rest = rest;
  pairs.first = {0};
  for_each_pair(
      t,
      [&](std::size_t at, std::size_t column) {
        if (!holds(at)) return;
        pairs.column.push_back(static_cast<std::uint16_t>(column));
        pairs.reading.push_back({t.analogue[at], t.moment.empty() ? 0 : t.moment[at] - rest});
      },
      [&] { pairs.first.push_back(pairs.column.size()); });
  return pairs;
}

void sum_weighted(const weighted_pairs& pairs, const driven_rows& driven, std::span<float> sums,
                  std::span<float> moments) {
  const bool spikes = driven.values.empty();
  const std::size_t rows = driven.rows.size();
  const float squares =
      spikes ? static_cast<float>(rows) : std::accumulate(driven.squares.begin(), driven.squares.end(), 0.0f);
  std::ranges::fill(sums, 0.0f);
  std::ranges::fill(moments, pairs.rest * squares);
  const auto row = [&](std::size_t r) { return row_of(pairs, driven.first + driven.rows[r]); };
  for (std::size_t r = 0; r < rows; ++r) {
    if (r + 1 < rows) fetch(row(r + 1));
    if (spikes)
      add(row(r), sums.data(), moments.data());
    else
      add(row(r), driven.values[r], driven.squares[r], sums.data(), moments.data());
  }
}

}  // namespace spinule

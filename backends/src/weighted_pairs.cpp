#include "weighted_pairs.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>
#include <utility>

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

/// What a row's value makes of a reading.
struct spike {
  pair_reading operator()(pair_reading x) const { return x; }
};
struct amplitude {
  float value, square;
  pair_reading operator()(pair_reading x) const { return {x.weight * value, x.moment * square}; }
};

/// Calls use(row, factor) for every driven row.
void for_each_row(const weighted_pairs& pairs, const driven_rows& driven, auto&& use) {
  const std::size_t rows = driven.rows.size();
  const auto row = [&](std::size_t r) { return row_of(pairs, driven.first + driven.rows[r]); };
  for (std::size_t r = 0; r < rows; ++r) {
    if (r + 1 < rows) fetch(row(r + 1));
    if (driven.values.empty())
      use(row(r), spike{});
    else
      use(row(r), amplitude{driven.values[r], driven.squares[r]});
  }
}

void add(const pair_row& row, auto factor, float* __restrict sums, float* __restrict moments) {
  for (std::size_t k = 0; k < row.n; ++k) {
    const std::size_t column = row.column[k];
    const pair_reading x = factor(row.reading[k]);
    sums[column] += x.weight;
    moments[column] += x.moment;
  }
}

/// Names each column that had nothing yet; returns how many have been named.
std::size_t add_and_name(const pair_row& row, auto factor, std::uint64_t* __restrict to,
                         std::uint16_t* __restrict columns, std::size_t named) {
  for (std::size_t k = 0; k < row.n; ++k) {
    const std::uint16_t column = row.column[k];
    const pair_reading x = factor(row.reading[k]);
    const std::uint64_t bits = to[column];
    const auto had = std::bit_cast<pair_reading>(bits);
    columns[named] = column;
    named += bits == 0;
    to[column] = std::bit_cast<std::uint64_t>(pair_reading{had.weight + x.weight, had.moment + x.moment});
  }
  return named;
}

/// Takes away what the columns named have; one may be named twice and then has nothing left.
void take(std::size_t named, float rest, std::span<const index_t> target_of, reached_columns& to) {
  const std::uint16_t* __restrict columns = to.named.data();
  std::uint64_t* __restrict of_column = to.of_column.data();
  index_t* __restrict targets = to.targets.data();
  float* __restrict sums = to.sums.data(), * __restrict variances = to.variances.data();
  std::size_t n = to.size;
  for (std::size_t k = 0; k < named; ++k) {
    const std::uint16_t column = columns[k];
    const std::uint64_t bits = std::exchange(of_column[column], 0);
    const auto x = std::bit_cast<pair_reading>(bits);
    targets[n] = target_of[column];
    sums[n] = x.weight;
    variances[n] = x.moment + rest;
    n += bits != 0;
  }
  to.size = n;
}

void grow(auto& vector, std::size_t least) {
  if (vector.size() < least) vector.resize(std::max(least, 2 * vector.size()));
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

float rest_variance(const weighted_pairs& pairs, const driven_rows& driven) {
  return pairs.rest * (driven.values.empty() ? static_cast<float>(driven.rows.size())
                                             : std::accumulate(driven.squares.begin(), driven.squares.end(), 0.0f));
}

void sum_weighted(const weighted_pairs& pairs, const driven_rows& driven, std::span<float> sums,
                  std::span<float> moments) {
  std::ranges::fill(sums, 0.0f);
  std::ranges::fill(moments, rest_variance(pairs, driven));
  for_each_row(pairs, driven, [&](const pair_row& row, auto factor) { add(row, factor, sums.data(), moments.data()); });
}

void sum_reached(const weighted_pairs& pairs, const driven_rows& driven, std::span<const index_t> target_of,
                 reached_columns& to) {
  std::size_t most = 1;  // the last place that is written may not be kept
  for (const auto r : driven.rows) most += row_of(pairs, driven.first + r).n;
  grow(to.named, most);
  grow(to.of_column, target_of.size());
  grow(to.targets, to.size + most);
  grow(to.sums, to.size + most);
  grow(to.variances, to.size + most);
  std::size_t named = 0;
  for_each_row(pairs, driven, [&](const pair_row& row, auto factor) {
    named = add_and_name(row, factor, to.of_column.data(), to.named.data(), named);
  });
  take(named, rest_variance(pairs, driven), target_of, to);
}

void fetch_row(const weighted_pairs& pairs, std::size_t row) { fetch(row_of(pairs, row)); }

}  // namespace spinule

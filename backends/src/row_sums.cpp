#include "row_sums.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <spinule/engine/amplitude.hpp>
#include <spinule/engine/instruction_sets.hpp>

namespace spinule {
namespace {

// What a row adds to a column: its cell, or its cell times a value.
template <class Cell>
struct plain_row {
  const Cell* cells;
  [[gnu::always_inline]] Cell operator[](std::size_t j) const { return cells[j]; }
};
struct valued_row {
  const float* cells;
  float value;
  [[gnu::always_inline]] float operator[](std::size_t j) const { return cells[j] * value; }
};

// Eight rows at a time, to spare loads and stores of the sums.
template <class Cell, class RowOf>
[[gnu::always_inline]] inline void sum(std::size_t width, std::size_t rows, RowOf row, Cell* __restrict sums) {
  for (std::size_t j = 0; j < width; ++j) sums[j] = 0;
  std::size_t r = 0;
  for (; r + 8 <= rows; r += 8) {
    const auto a = row(r), b = row(r + 1), c = row(r + 2), d = row(r + 3), e = row(r + 4), f = row(r + 5),
               g = row(r + 6), h = row(r + 7);
    for (std::size_t j = 0; j < width; ++j)
      sums[j] = (((((((sums[j] + a[j]) + b[j]) + c[j]) + d[j]) + e[j]) + f[j]) + g[j]) + h[j];
  }
  for (; r < rows; ++r) {
    const auto a = row(r);
    for (std::size_t j = 0; j < width; ++j) sums[j] += a[j];
  }
}

// Columns that one kernel keeps in registers while all rows pass by; the sums are the same bits.
constexpr std::size_t wide = 256;

#ifdef SPINULE_MULTIVERSION
[[SPINULE_V4]] void sum_wide(const float* cells, std::size_t width, std::span<const std::uint32_t> rows,
                             std::span<const float> values, float* sums) {
  constexpr std::size_t side_by_side = 16, ahead = 4;
  using floats [[gnu::vector_size(side_by_side * sizeof(float))]] = float;
  std::array<floats, wide / side_by_side> sum{};
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const float *row = cells + rows[r] * width, *next = cells + rows[std::min(r + ahead, rows.size() - 1)] * width;
    for (std::size_t k = 0; k < sum.size(); ++k) {
      floats x;
      std::memcpy(&x, row + k * side_by_side, sizeof x);
      __builtin_prefetch(next + k * side_by_side);
      sum[k] += x * values[r];
    }
  }
  std::memcpy(sums, &sum, sizeof sum);
}
#else
void sum_wide(const float*, std::size_t, std::span<const std::uint32_t>, std::span<const float>, float*) {}
#endif

SPINULE_CLONES void sum_narrow(const float* cells, std::size_t width, std::size_t first, std::size_t n,
                               std::span<const std::uint32_t> rows, std::span<const float> values, float* sums) {
  sum(
      n, rows.size(),
      [&](std::size_t r) {
        return valued_row{cells + rows[r] * width + first, values[r]};
      },
      sums);
}

}  // namespace

SPINULE_CLONES void sum_rows(const float* cells, std::size_t width, std::span<const std::uint32_t> rows, float* sums) {
  sum(
      width, rows.size(), [&](std::size_t r) { return plain_row<float>{cells + rows[r] * width}; }, sums);
}

SPINULE_CLONES void sum_rows(const std::int32_t* cells, std::size_t width, std::span<const std::uint32_t> rows,
                             std::int32_t* sums) {
  sum(
      width, rows.size(), [&](std::size_t r) { return plain_row<std::int32_t>{cells + rows[r] * width}; }, sums);
}

void sum_rows(const float* cells, std::size_t width, std::span<const std::uint32_t> rows, std::span<const float> values,
              float* sums) {
  std::size_t first = 0;
  if (vector_level() == 4)
    for (; first + wide <= width; first += wide) sum_wide(cells + first, width, rows, values, sums + first);
  if (first < width) sum_narrow(cells, width, first, width - first, rows, values, sums + first);
}

void sum_rows(const std::int32_t* cells, std::size_t width, std::span<const std::uint32_t> rows,
              std::span<const float> values, std::int32_t* sums) {
  std::fill_n(sums, width, 0);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const std::int32_t* row = cells + rows[r] * width;
    for (std::size_t j = 0; j < width; ++j) sums[j] += times_amplitude(row[j], values[r]);
  }
}

}  // namespace spinule

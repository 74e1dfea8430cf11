// Sums of rows of a table: the inner loops of training.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spinule::learning {

/// Lists of entries, one list for each row of a result: entries offsets[r] .. offsets[r + 1] - 1 name rows of a table.
struct row_lists {
  const std::uint32_t* offsets = nullptr;  ///< [rows + 1]
  const std::uint32_t* entries = nullptr;
  const float* values = nullptr;  ///< factors of the entries; null: 1
};

/// Reads of a table go up to the next multiple of this beyond `width`: a table has as many numbers more at its end.
inline constexpr std::size_t row_slack = 64;

/// out[r][c] += sum over the entries e of list r of value(e) table[e][c], for c < width, in the order of the entries:
/// the same bits on every processor. Both have `stride` numbers from row to row.
void add_listed_rows(const row_lists& lists, std::size_t rows, const float* table, std::size_t table_stride,
                     std::size_t width, float* out, std::size_t out_stride);

/// out[r][c] += sum over k of a[r][k] table[k][c], for c < width, in the order of k.
void add_product(const float* a, std::size_t a_stride, std::size_t rows, std::size_t inner, const float* table,
                 std::size_t table_stride, std::size_t width, float* out, std::size_t out_stride);

/// out[i] += factors[i] times the sum over k < count of x[k] table[i][shift[i] + k], for rows whose shift is below
/// `most`; factors null: 1.
void add_correlations(const float* x, std::size_t count, const std::int32_t* shift, std::size_t rows, std::int32_t most,
                      const float* table, std::size_t stride, const float* factors, float* out);

/// The sum of a[k] b[k], in an order that depends on `count` alone.
float dot(const float* a, const float* b, std::size_t count);

}  // namespace spinule::learning

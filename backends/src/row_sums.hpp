// Sums of rows of cells: what the columns of an array collect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace spinule {

/// sums[j] = cells[r * width + j] summed over `rows`, in their order: the same bits on every instruction set.
void sum_rows(const float* cells, std::size_t width, std::span<const std::uint32_t> rows, float* sums);
void sum_rows(const std::int32_t* cells, std::size_t width, std::span<const std::uint32_t> rows, std::int32_t* sums);
/// The same of rows that carry values. Each term of whole cells is rounded by itself, as on every back end.
void sum_rows(const float* cells, std::size_t width, std::span<const std::uint32_t> rows, std::span<const float> values,
              float* sums);
void sum_rows(const std::int32_t* cells, std::size_t width, std::span<const std::uint32_t> rows,
              std::span<const float> values, std::int32_t* sums);

}  // namespace spinule

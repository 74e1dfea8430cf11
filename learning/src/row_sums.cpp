#include "row_sums.hpp"

#include <spinule/engine/instruction_sets.hpp>

// Vectors of eight are cut to what an instruction set has before functions are cloned for several of them, so the loops
// are compiled twice.
namespace spinule::learning {
namespace {

constexpr std::size_t lanes = 8;
/// Eight numbers, wherever they lie.
using eight [[gnu::vector_size(32), gnu::aligned(4), gnu::may_alias]] = float;
using register_of_eight [[gnu::vector_size(32)]] = float;
constexpr std::size_t lesser(std::size_t a, std::size_t b) { return a < b ? a : b; }

namespace baseline {
#include "row_sums_loops.hpp"
}

#ifdef SPINULE_MULTIVERSION
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx,avx2,fma")
#endif
namespace with_avx2 {
#include "row_sums_loops.hpp"
}
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

bool has_avx2() {
  static const bool has = vector_level() >= 3;
  return has;
}
#else
namespace with_avx2 = baseline;
constexpr bool has_avx2() { return false; }
#endif

}  // namespace

void add_listed_rows(const row_lists& lists, std::size_t rows, const float* table, std::size_t table_stride,
                     std::size_t width, float* out, std::size_t out_stride) {
  const auto add = has_avx2() ? with_avx2::add_listed_rows : baseline::add_listed_rows;
  add(lists, rows, table, table_stride, width, out, out_stride);
}

void add_product(const float* a, std::size_t a_stride, std::size_t rows, std::size_t inner, const float* table,
                 std::size_t table_stride, std::size_t width, float* out, std::size_t out_stride) {
  const auto add = has_avx2() ? with_avx2::add_product : baseline::add_product;
  add(a, a_stride, rows, inner, table, table_stride, width, out, out_stride);
}

void add_correlations(const float* x, std::size_t count, const std::int32_t* shift, std::size_t rows, std::int32_t most,
                      const float* table, std::size_t stride, const float* factors, float* out) {
  const auto add = has_avx2() ? with_avx2::add_correlations : baseline::add_correlations;
  add(x, count, shift, rows, most, table, stride, factors, out);
}

float dot(const float* a, const float* b, std::size_t count) {
  return has_avx2() ? with_avx2::dot(a, b, count) : baseline::dot(a, b, count);
}

}  // namespace spinule::learning

#include "add_rows.hpp"

#include <type_traits>

#include <spinule/engine/instruction_sets.hpp>

#ifdef SPINULE_MULTIVERSION
#include <immintrin.h>
#endif

namespace spinule {
namespace {

using row_list = std::span<const std::byte* const>;

/// sums[i] += (row[0][i] + ... + row[Rows - 1][i]) * 2^shift. Rows of bytes are added in 16 bits first, which eight of
/// them cannot overflow: twice as many fit a register.
template <int Rows, class Code>
[[gnu::always_inline]] inline void add_together(std::int32_t* sums, const std::byte* const* rows, int shift,
                                                std::size_t n) {
  static_assert(Rows <= 8);
  const Code* row[Rows];
  for (int r = 0; r < Rows; ++r) row[r] = reinterpret_cast<const Code*>(rows[r]);
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) {
    using narrow = std::conditional_t<sizeof(Code) == 1, std::int16_t, std::int32_t>;
    narrow total = row[0][i];
#pragma GCC unroll 8
    for (int r = 1; r < Rows; ++r) total = static_cast<narrow>(total + row[r][i]);
    sums[i] += std::int32_t{total} << shift;
  }
}

template <class Code>
[[gnu::always_inline]] inline void add_all(std::int32_t* sums, row_list rows, int shift, std::size_t n) {
  const std::byte* const* row = rows.data();
  std::size_t left = rows.size();
  for (; left >= 8; left -= 8, row += 8) add_together<8, Code>(sums, row, shift, n);
  if (left >= 4) add_together<4, Code>(sums, row, shift, n), row += 4, left -= 4;
  if (left >= 2) add_together<2, Code>(sums, row, shift, n), row += 2, left -= 2;
  if (left == 1) add_together<1, Code>(sums, row, shift, n);
}

SPINULE_CLONES void add_in_passes(std::int32_t* sums, row_list rows, int bits, int shift, std::size_t n) {
  if (bits == 8)
    add_all<std::int8_t>(sums, rows, shift, n);
  else if (bits == 16)
    add_all<std::int16_t>(sums, rows, shift, n);
  else
    add_all<std::int32_t>(sums, rows, shift, n);
}

#ifdef SPINULE_MULTIVERSION
/// Bytes of two rows side by side are added by one multiplication with ones; 64 rows cannot overflow 16 bits.
template <std::size_t Vectors>
[[SPINULE_V3, gnu::always_inline]] inline void add_bytes_at(std::int32_t* sums, row_list rows, int shift,
                                                            std::size_t at) {
  const __m256i ones = _mm256_set1_epi8(1), none = _mm256_setzero_si256();
  __m256i low[Vectors], high[Vectors];
  for (std::size_t v = 0; v < Vectors; ++v) low[v] = high[v] = none;
  for (std::size_t r = 0; r < rows.size(); r += 2)
    for (std::size_t v = 0; v < Vectors; ++v) {
      const auto* a = reinterpret_cast<const __m256i*>(rows[r] + at) + v;
      const auto* b = r + 1 < rows.size() ? reinterpret_cast<const __m256i*>(rows[r + 1] + at) + v : &none;
      const __m256i x = _mm256_loadu_si256(a), y = _mm256_loadu_si256(b);
      low[v] = _mm256_add_epi16(low[v], _mm256_maddubs_epi16(ones, _mm256_unpacklo_epi8(x, y)));
      high[v] = _mm256_add_epi16(high[v], _mm256_maddubs_epi16(ones, _mm256_unpackhi_epi8(x, y)));
    }
  const auto add = [&](std::size_t i, __m128i eight) SPINULE_V3_LAMBDA {
    auto* to = reinterpret_cast<__m256i*>(sums + at + i);
    const __m256i wide = _mm256_sll_epi32(_mm256_cvtepi16_epi32(eight), _mm_cvtsi32_si128(shift));
    _mm256_storeu_si256(to, _mm256_add_epi32(_mm256_loadu_si256(to), wide));
  };
  // Unpacking leaves 0-7 and 16-23 in the low, 8-15 and 24-31 in the high half.
  for (std::size_t v = 0; v < Vectors; ++v) {
    const std::size_t i = 32 * v;
    add(i, _mm256_castsi256_si128(low[v]));
    add(i + 8, _mm256_castsi256_si128(high[v]));
    add(i + 16, _mm256_extracti128_si256(low[v], 1));
    add(i + 24, _mm256_extracti128_si256(high[v], 1));
  }
}

[[SPINULE_V3]] void add_bytes(std::int32_t* sums, row_list rows, int shift, std::size_t n) {
  std::size_t at = 0;
  for (; at + 64 <= n; at += 64) add_bytes_at<2>(sums, rows, shift, at);
  if (at < n) add_bytes_at<1>(sums, rows, shift, at);
}
#endif

}  // namespace

void add_rows(std::int32_t* sums, row_list rows, int bits, int shift, std::size_t n) {
#ifdef SPINULE_MULTIVERSION
  static const bool paired = vector_level() >= 3;
  if (bits == 8 && n % 32 == 0 && paired) return add_bytes(sums, rows, shift, n);
#endif
  add_in_passes(sums, rows, bits, shift, n);
}

SPINULE_CLONES void add_constant(std::int32_t* sums, std::int32_t value, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sums[i] += value;
}

}  // namespace spinule

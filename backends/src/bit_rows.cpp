#include "bit_rows.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <spinule/engine/instruction_sets.hpp>

#ifdef SPINULE_MULTIVERSION
#include <immintrin.h>
#endif

namespace spinule {
namespace {

constexpr std::size_t tile = 64;        ///< words counted at a time: their planes stay in the first-level cache
constexpr std::size_t most_planes = 8;  ///< digits of a count
constexpr std::size_t most_rows = 248;  ///< so that a count fits a byte; a multiple of 8

using planes = std::array<std::array<std::uint64_t, tile>, most_planes>;

alignas(64) constexpr std::array<std::uint64_t, tile> no_row{};

inline void carry_save(std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t& sum, std::uint64_t& carry) {
  const std::uint64_t half = a ^ b;
  carry = (a & b) | (half & c);
  sum = half ^ c;
}

/// Adds eight rows to the first three planes (`Fresh`: sets them); what is carried out of them goes to `eights`.
template <bool Fresh>
inline void add_eight(const std::array<const std::uint64_t*, 8>& row, std::size_t words, planes& count,
                      std::uint64_t* eights) {
  const auto [r0, r1, r2, r3, r4, r5, r6, r7] = row;
  std::uint64_t* p0 = count[0].data();
  std::uint64_t* p1 = count[1].data();
  std::uint64_t* p2 = count[2].data();
  SPINULE_INDEPENDENT
  for (std::size_t w = 0; w < words; ++w) {
    std::uint64_t ones = Fresh ? 0 : p0[w], twos = Fresh ? 0 : p1[w], fours = Fresh ? 0 : p2[w];
    std::uint64_t two_a, two_b, four_a, four_b, eight;
    carry_save(ones, r0[w], r1[w], ones, two_a);
    carry_save(ones, r2[w], r3[w], ones, two_b);
    carry_save(twos, two_a, two_b, twos, four_a);
    carry_save(ones, r4[w], r5[w], ones, two_a);
    carry_save(ones, r6[w], r7[w], ones, two_b);
    carry_save(twos, two_a, two_b, twos, four_b);
    carry_save(fours, four_a, four_b, fours, eight);
    p0[w] = ones;
    p1[w] = twos;
    p2[w] = fours;
    eights[w] = eight;
  }
}

/// The same for four rows.
template <bool Fresh>
inline void add_four(const std::array<const std::uint64_t*, 4>& row, std::size_t words, planes& count,
                     std::uint64_t* eights) {
  const auto [r0, r1, r2, r3] = row;
  std::uint64_t* p0 = count[0].data();
  std::uint64_t* p1 = count[1].data();
  std::uint64_t* p2 = count[2].data();
  SPINULE_INDEPENDENT
  for (std::size_t w = 0; w < words; ++w) {
    std::uint64_t ones = Fresh ? 0 : p0[w], twos = Fresh ? 0 : p1[w], fours = Fresh ? 0 : p2[w], two_a, two_b, four;
    carry_save(ones, r0[w], r1[w], ones, two_a);
    carry_save(ones, r2[w], r3[w], ones, two_b);
    carry_save(twos, two_a, two_b, twos, four);
    p0[w] = ones;
    p1[w] = twos;
    eights[w] = fours & four;
    p2[w] = fours ^ four;
  }
}

/// `used` without the highest planes that are empty.
inline std::size_t trimmed(const planes& count, std::size_t used, std::size_t words) {
  for (; used > 0; --used) {
    std::uint64_t any = 0;
    for (std::size_t w = 0; w < words; ++w) any |= count[used - 1][w];
    if (any != 0) break;
  }
  return used;
}

/// Adds a carry to the planes from the fourth on.
inline void ripple(planes& count, std::size_t used, std::size_t words, std::uint64_t* carry) {
  for (std::size_t p = 3; p < used; ++p) {
    std::uint64_t* plane = count[p].data();
    SPINULE_INDEPENDENT
    for (std::size_t w = 0; w < words; ++w) {
      const std::uint64_t both = plane[w] & carry[w];
      plane[w] ^= carry[w];
      carry[w] = both;
    }
  }
}

/// Counts words first .. first + words - 1 of at most `most_rows` rows; returns the number of planes in use.
inline std::size_t count_rows(bit_rows rows, std::size_t first, std::size_t words, planes& count) {
  if (rows.empty()) return 0;
  const std::size_t used = std::max(static_cast<std::size_t>(std::bit_width(rows.size())), std::size_t{3});
  const auto row = [&](std::size_t k) { return k < rows.size() ? rows[k] + first : no_row.data(); };
  const auto four = [&](std::size_t g) { return std::array{row(g), row(g + 1), row(g + 2), row(g + 3)}; };
  const auto eight = [&](std::size_t g) {
    return std::array{row(g), row(g + 1), row(g + 2), row(g + 3), row(g + 4), row(g + 5), row(g + 6), row(g + 7)};
  };
  if (rows.size() <= 4)
    add_four<true>(four(0), words, count, count[3].data());
  else
    add_eight<true>(eight(0), words, count, count[3].data());
  for (std::size_t p = 4; p < used; ++p) std::fill_n(count[p].data(), words, 0);
  alignas(64) std::array<std::uint64_t, tile> carry;
  for (std::size_t g = 8; g < rows.size(); g += 8) {
    for (std::size_t k = g + 8; words > 16 && k < std::min(g + 16, rows.size()); ++k)
      for (std::size_t w = 0; w < words; w += 8) __builtin_prefetch(rows[k] + first + w);
    if (rows.size() - g <= 4)
      add_four<false>(four(g), words, count, carry.data());
    else
      add_eight<false>(eight(g), words, count, carry.data());
    ripple(count, used, words, carry.data());
  }
  return trimmed(count, used, words);
}

/// A slot that is counted at all has some digit.
SPINULE_CLONES void join_planes(const planes& count, std::size_t used, std::size_t words, std::uint64_t* any) {
  for (std::size_t p = 0; p < used; ++p)
    for (std::size_t w = 0; w < words; ++w) any[w] |= count[p][w];
}

/// sums += value * (count - less).
void expand_plain(const planes& count, std::size_t used, std::int32_t less, std::size_t words, std::int32_t value,
                  std::int32_t* sums) {
  for (std::size_t i = 0; i < 64 * words; ++i) {
    std::int32_t n = -less;
    for (std::size_t p = 0; p < used; ++p) n += static_cast<std::int32_t>(count[p][i / 64] >> (i % 64) & 1) << p;
    sums[i] += value * n;
  }
}

std::size_t count_plain(bit_rows rows, std::size_t first, std::size_t words, planes& count) {
  return count_rows(rows, first, words, count);
}

#ifdef SPINULE_MULTIVERSION
[[SPINULE_V3, gnu::flatten]] std::size_t count_v3(bit_rows rows, std::size_t first, std::size_t words, planes& count) {
  return count_rows(rows, first, words, count);
}
[[SPINULE_V4, gnu::flatten]] std::size_t count_v4(bit_rows rows, std::size_t first, std::size_t words, planes& count) {
  return count_rows(rows, first, words, count);
}

/// The counts of slots 32 w .. 32 w + 31 as bytes: from the highest digit down, double and add. The lower half of the
/// register has slots 0 .. 3 of every eight, the upper half 4 .. 7, so that unpacking puts them in order.
template <std::size_t Used>
[[SPINULE_V3, gnu::always_inline]] inline __m256i bytes_v3(const planes& count, std::size_t w) {
  const __m256i spread =
      _mm256_setr_epi64x(0x0101010100000000, 0x0303030302020202, 0x0101010100000000, 0x0303030302020202);
  const __m256i select =
      _mm256_setr_epi64x(0x0804020108040201, 0x0804020108040201, static_cast<long long>(0x8040201080402010),
                         static_cast<long long>(0x8040201080402010));
  __m256i n = _mm256_setzero_si256();
  for (std::size_t p = Used; p-- > 0;) {
    std::int32_t digits;
    std::memcpy(&digits, reinterpret_cast<const char*>(count[p].data()) + 4 * w, sizeof digits);
    const __m256i mine = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(digits), spread), select);
    n = _mm256_sub_epi8(_mm256_add_epi8(n, n), _mm256_cmpeq_epi8(mine, select));  // -1 where set
  }
  return n;
}

template <std::size_t Used>
[[SPINULE_V3]] void expand_used(const planes& count, std::int32_t less, std::size_t words, std::int32_t value,
                                std::int32_t* sums) {
  const __m256i zero = _mm256_setzero_si256(), factor = _mm256_set1_epi32(value), fewer = _mm256_set1_epi32(less);
  for (std::size_t w = 0; w < 2 * words; ++w) {
    const __m256i bytes = bytes_v3<Used>(count, w);
    const __m256i low = _mm256_unpacklo_epi8(bytes, zero), high = _mm256_unpackhi_epi8(bytes, zero);
    const __m256i eights[] = {_mm256_unpacklo_epi16(low, zero), _mm256_unpackhi_epi16(low, zero),
                              _mm256_unpacklo_epi16(high, zero), _mm256_unpackhi_epi16(high, zero)};
    for (std::size_t k = 0; k < 4; ++k) {
      auto* at = reinterpret_cast<__m256i*>(sums + 32 * w + 8 * k);
      const __m256i more = _mm256_mullo_epi32(_mm256_sub_epi32(eights[k], fewer), factor);
      _mm256_storeu_si256(at, _mm256_add_epi32(_mm256_loadu_si256(at), more));
    }
  }
}

void expand_v3(const planes& count, std::size_t used, std::int32_t less, std::size_t words, std::int32_t value,
               std::int32_t* sums) {
  static constexpr auto of_used = []<std::size_t... U>(std::index_sequence<U...>) {
    return std::array{expand_used<U>...};
  }
  (std::make_index_sequence<most_planes + 1>{});
  of_used[used](count, less, words, value, sums);
}
#endif

struct routines {
  std::size_t (*count)(bit_rows, std::size_t, std::size_t, planes&) = count_plain;
  void (*expand)(const planes&, std::size_t, std::int32_t, std::size_t, std::int32_t, std::int32_t*) = expand_plain;
};

routines choose() {
#ifdef SPINULE_MULTIVERSION
  if (vector_level() >= 4) return {count_v4, expand_v3};
  if (vector_level() >= 3) return {count_v3, expand_v3};
#endif
  return {};
}

}  // namespace

void add_bit_rows(bit_rows rows, std::size_t less, std::size_t words, std::int32_t value, std::int32_t* sums,
                  std::uint64_t* any) {
  static const routines run = choose();
  alignas(64) planes count;
  for (std::size_t first = 0; first < words; first += tile) {
    const std::size_t n = std::min(tile, words - first);
    auto fewer = static_cast<std::int32_t>(less);
    for (std::size_t r = 0; r < rows.size(); r += most_rows) {
      const std::size_t used = run.count(rows.subspan(r, std::min(most_rows, rows.size() - r)), first, n, count);
      if (any) join_planes(count, used, n, any + first);
      if (used > 0 || fewer > 0) run.expand(count, used, fewer, n, value, sums + 64 * first);
      fewer = 0;
    }
  }
}

}  // namespace spinule

// Philox4x32-10 (Salmon et al. 2011), eight counters at a time.
#pragma once

#include <cstdint>

#include <spinule/engine/instruction_sets.hpp>

#ifdef SPINULE_MULTIVERSION
#include <immintrin.h>
#endif

namespace spinule {

// Mind how the running keys are kept. The loop vectoriser of GCC 11.3 and 12.2 gives two 32-bit inductions of different
// step, widened to 64 bits and stored side by side in a group wider than a vector, the step of the first
// (vectorizable_induction fills the group with copies of its first vector). A table of both broadcast keys, filled in
// one loop over the rounds, was wrong at -O2 and -O3 with every test of equal paths passing; two loops, one per word
// of the key, are right. tests/core/philox_test.cpp compares every path with Random123.

/// What stays the same while the first word of the counter runs.
struct philox_key {
  std::uint32_t key[2];
  std::uint32_t counter[3];  ///< words 1 to 3
};

inline constexpr std::uint32_t philox_lanes = 8;
using philox_words = std::uint32_t[4][philox_lanes];

/// words[w][i] is word w for the counter `first` + i.
inline void philox_plain(const philox_key& k, std::uint32_t first, philox_words& words) {
  for (std::uint32_t i = 0; i < philox_lanes; ++i) {
    std::uint32_t x[4] = {first + i, k.counter[0], k.counter[1], k.counter[2]}, key0 = k.key[0], key1 = k.key[1];
    for (int round = 0; round < 10; ++round, key0 += 0x9E3779B9, key1 += 0xBB67AE85) {
      const std::uint64_t a = std::uint64_t{x[0]} * 0xD2511F53, b = std::uint64_t{x[2]} * 0xCD9E8D57;
      x[0] = static_cast<std::uint32_t>(b >> 32) ^ x[1] ^ key0;
      x[2] = static_cast<std::uint32_t>(a >> 32) ^ x[3] ^ key1;
      x[1] = static_cast<std::uint32_t>(b);
      x[3] = static_cast<std::uint32_t>(a);
    }
    for (int w = 0; w < 4; ++w) words[w][i] = x[w];
  }
}

#ifdef SPINULE_MULTIVERSION
/// The same with four products at a time: each 32-bit word in the low half of 64 bits, even and odd lanes apart; what
/// is left in the high halves does no harm.
[[SPINULE_V3]] inline void philox_v3(const philox_key& k, std::uint32_t first, philox_words& words) {
  const __m256i m0 = _mm256_set1_epi64x(0xD2511F53), m1 = _mm256_set1_epi64x(0xCD9E8D57);
  const __m256i base = _mm256_set1_epi64x(first);
  __m256i x0[2] = {_mm256_add_epi64(base, _mm256_setr_epi64x(0, 2, 4, 6)),
                   _mm256_add_epi64(base, _mm256_setr_epi64x(1, 3, 5, 7))};
  __m256i x1[2], x2[2], x3[2];
  for (int h = 0; h < 2; ++h) {
    x1[h] = _mm256_set1_epi64x(k.counter[0]);
    x2[h] = _mm256_set1_epi64x(k.counter[1]);
    x3[h] = _mm256_set1_epi64x(k.counter[2]);
  }
  std::uint32_t key0 = k.key[0], key1 = k.key[1];
  for (int round = 0; round < 10; ++round, key0 += 0x9E3779B9, key1 += 0xBB67AE85) {
    const __m256i k0 = _mm256_set1_epi64x(key0), k1 = _mm256_set1_epi64x(key1);
    for (int h = 0; h < 2; ++h) {
      const __m256i a = _mm256_mul_epu32(x0[h], m0), b = _mm256_mul_epu32(x2[h], m1);
      x0[h] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), x1[h]), k0);
      x2[h] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), x3[h]), k1);
      x1[h] = b;
      x3[h] = a;
    }
  }
  const __m256i* all[4] = {x0, x1, x2, x3};
  for (int w = 0; w < 4; ++w)
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(words[w]),
                        _mm256_blend_epi32(all[w][0], _mm256_slli_epi64(all[w][1], 32), 0xAA));
}
#endif

/// The words in the order in which a stream gives them: block after block, four words each.
inline void in_order_plain(const philox_words& words, std::uint32_t* out) {
  for (std::uint32_t i = 0; i < philox_lanes; ++i)
    for (std::uint32_t w = 0; w < 4; ++w) out[4 * i + w] = words[w][i];
}

#ifdef SPINULE_MULTIVERSION
[[SPINULE_V3]] inline void in_order_v3(const philox_words& words, std::uint32_t* out) {
  __m256i x[4];
  for (int w = 0; w < 4; ++w) x[w] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words[w]));
  const __m256i low[2] = {_mm256_unpacklo_epi32(x[0], x[1]), _mm256_unpacklo_epi32(x[2], x[3])};
  const __m256i high[2] = {_mm256_unpackhi_epi32(x[0], x[1]), _mm256_unpackhi_epi32(x[2], x[3])};
  const __m256i blocks[4] = {_mm256_unpacklo_epi64(low[0], low[1]), _mm256_unpackhi_epi64(low[0], low[1]),
                             _mm256_unpacklo_epi64(high[0], high[1]), _mm256_unpackhi_epi64(high[0], high[1])};
  auto* to = reinterpret_cast<__m128i*>(out);
  for (int b = 0; b < 4; ++b) {  // block b and block b + 4
    _mm_storeu_si128(to + b, _mm256_castsi256_si128(blocks[b]));
    _mm_storeu_si128(to + b + 4, _mm256_extracti128_si256(blocks[b], 1));
  }
}
#endif

inline void in_order(const philox_words& words, std::uint32_t* out) {
#ifdef SPINULE_MULTIVERSION
  static const bool wide = vector_level() >= 3;
  if (wide) return in_order_v3(words, out);
#endif
  in_order_plain(words, out);
}

inline void philox(const philox_key& k, std::uint32_t first, philox_words& words) {
#ifdef SPINULE_MULTIVERSION
  static const bool wide = vector_level() >= 3;
  if (wide) return philox_v3(k, first, words);
#endif
  philox_plain(k, first, words);
}

}  // namespace spinule

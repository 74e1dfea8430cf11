#include "fast_normal.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <spinule/engine/instruction_sets.hpp>

#ifdef SPINULE_MULTIVERSION
#include <immintrin.h>
#endif

namespace spinule {
namespace {

constexpr std::size_t terms = 5, octaves = 8;
constexpr float nearest_far = 128;  // the far octaves lie below
constexpr std::array<double, terms> chebyshev_zeros{-0.95105651629515357, -0.58778525229247313, 0, 0.58778525229247313,
                                                    0.95105651629515357};

/// The quantile of the tail probability f / 65536, from a polynomial in the mantissa of f less 3/2 for each octave of
/// f: between 1/2 and 128 (far out, seldom wanted) and between 128 and 32768.
struct quantile_table {
  using term = std::array<float, octaves>;  ///< [exponent of f modulo 8]
  alignas(32) std::array<term, terms> near, far;
  alignas(64) std::array<std::array<float, 2 * octaves>, terms> both;  ///< [exponent of f modulo 16]

  quantile_table() {
    for (int exponent = -1; exponent < 15; ++exponent) {
      const auto power = polynomial_of(exponent);
      const auto biased = static_cast<unsigned>(exponent + 127);
      for (std::size_t p = 0; p < terms; ++p)
        both[p][biased % (2 * octaves)] = (exponent < 7 ? far : near)[p][biased % octaves] =
            static_cast<float>(power[p]);
    }
  }

 private:
  /// Meets the quantiles at the zeros of a Chebyshev polynomial.
  static std::array<double, terms> polynomial_of(int exponent) {
    std::array<double, terms> at, value, power{};
    for (std::size_t k = 0; k < terms; ++k) {
      at[k] = 0.5 * chebyshev_zeros[k];
      value[k] = -normal_quantile(std::ldexp(1.5 + at[k], exponent - 16));
    }
    for (std::size_t order = 1; order < terms; ++order)  // divided differences
      for (std::size_t k = terms; k-- > order;) value[k] = (value[k] - value[k - 1]) / (at[k] - at[k - order]);
    for (std::size_t k = terms; k-- > 0;)  // power(x) becomes power(x) (x - at[k]) + value[k]
      for (std::size_t p = terms; p-- > 0;) power[p] = (p > 0 ? power[p - 1] : value[k]) - at[k] * power[p];
    return power;
  }
};

constexpr float middle = 32767.5f;  // of the numbers of 16 bits

/// Each word gives two, the lower 16 bits the first.
void quantiles_plain(const quantile_table& table, const std::uint32_t* drawn, std::size_t words, float* out) {
  for (std::size_t i = 0; i < 2 * words; ++i) {
    const float d = static_cast<float>(static_cast<std::int32_t>(drawn[i / 2] >> 16 * (i % 2) & 0xFFFF)) - middle;
    const float f = 32768.0f - std::fabs(d);
    const auto bits = std::bit_cast<std::uint32_t>(f);
    const float u = std::bit_cast<float>((bits & 0x7FFFFF) | 0x3F800000) - 1.5f;
    const auto& term = f < nearest_far ? table.far : table.near;
    const std::size_t octave = bits >> 23 & 7;
    float z = term[terms - 1][octave];
    for (std::size_t p = terms - 1; p-- > 0;) z = z * u + term[p][octave];
    out[i] = std::copysign(z, d);
  }
}

#ifdef SPINULE_MULTIVERSION
[[SPINULE_V3, gnu::always_inline]] inline __m256 polynomial(const std::array<quantile_table::term, terms>& term,
                                                            __m256i octave, __m256 u) {
  __m256 z = _mm256_permutevar8x32_ps(_mm256_load_ps(term[terms - 1].data()), octave);
  for (std::size_t p = terms - 1; p-- > 0;)
    z = _mm256_add_ps(_mm256_mul_ps(z, u), _mm256_permutevar8x32_ps(_mm256_load_ps(term[p].data()), octave));
  return z;
}

[[SPINULE_V3, gnu::always_inline]] inline __m256 eight_quantiles(const quantile_table& table, __m256i number) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  const __m256 d = _mm256_sub_ps(_mm256_cvtepi32_ps(number), _mm256_set1_ps(middle));
  const __m256 f = _mm256_sub_ps(_mm256_set1_ps(32768.0f), _mm256_andnot_ps(sign, d));
  const __m256i bits = _mm256_castps_si256(f), octave = _mm256_srli_epi32(bits, 23);
  const __m256i mantissa =
      _mm256_or_si256(_mm256_and_si256(bits, _mm256_set1_epi32(0x7FFFFF)), _mm256_set1_epi32(0x3F800000));
  const __m256 u = _mm256_sub_ps(_mm256_castsi256_ps(mantissa), _mm256_set1_ps(1.5f));
  __m256 z = polynomial(table.near, octave, u);
  const __m256 far = _mm256_cmp_ps(f, _mm256_set1_ps(nearest_far), _CMP_LT_OQ);
  if (_mm256_movemask_ps(far) != 0) [[unlikely]]
    z = _mm256_blendv_ps(z, polynomial(table.far, octave, u), far);
  return _mm256_or_ps(z, _mm256_and_ps(d, sign));
}

/// Of whole vectors; returns how many words these have.
[[SPINULE_V3]] std::size_t quantiles_v3(const quantile_table& table, const std::uint32_t* drawn, std::size_t words,
                                        float* out) {
  std::size_t i = 0;
  for (; i + 8 <= words; i += 8) {
    const __m256i both = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(drawn + i));
    const __m256 low = eight_quantiles(table, _mm256_and_si256(both, _mm256_set1_epi32(0xFFFF)));
    const __m256 high = eight_quantiles(table, _mm256_srli_epi32(both, 16));
    const __m256 first = _mm256_unpacklo_ps(low, high), second = _mm256_unpackhi_ps(low, high);
    _mm256_storeu_ps(out + 2 * i, _mm256_permute2f128_ps(first, second, 0x20));
    _mm256_storeu_ps(out + 2 * i + 8, _mm256_permute2f128_ps(first, second, 0x31));
  }
  return i;
}

constexpr __mmask16 all = 0xFFFF;  // forms with a mask: GCC 12 warns of its own header otherwise

[[SPINULE_V4, gnu::always_inline]] inline __m512 sixteen_quantiles(const quantile_table& table, __m512i number) {
  const __m512i sign = _mm512_set1_epi32(std::numeric_limits<std::int32_t>::min());
  const __m512 d = _mm512_sub_ps(_mm512_maskz_cvtepi32_ps(all, number), _mm512_set1_ps(middle));
  const __m512 f = _mm512_sub_ps(_mm512_set1_ps(32768.0f), _mm512_abs_ps(d));
  const __m512i bits = _mm512_castps_si512(f), octave = _mm512_maskz_srli_epi32(all, bits, 23);
  const __m512i mantissa =
      _mm512_or_si512(_mm512_and_si512(bits, _mm512_set1_epi32(0x7FFFFF)), _mm512_set1_epi32(0x3F800000));
  const __m512 u = _mm512_sub_ps(_mm512_castsi512_ps(mantissa), _mm512_set1_ps(1.5f));
  __m512 z = _mm512_maskz_permutexvar_ps(all, octave, _mm512_load_ps(table.both[terms - 1].data()));
  for (std::size_t p = terms - 1; p-- > 0;)
    z = _mm512_add_ps(_mm512_mul_ps(z, u),
                      _mm512_maskz_permutexvar_ps(all, octave, _mm512_load_ps(table.both[p].data())));
  return _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(z), _mm512_and_si512(_mm512_castps_si512(d), sign)));
}

[[SPINULE_V4]] std::size_t quantiles_v4(const quantile_table& table, const std::uint32_t* drawn, std::size_t words,
                                        float* out) {
  const __m512i first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const __m512i second = _mm512_add_epi32(first, _mm512_set1_epi32(8));
  std::size_t i = 0;
  for (; i + 16 <= words; i += 16) {
    const __m512i both = _mm512_loadu_si512(drawn + i);
    const __m512 low = sixteen_quantiles(table, _mm512_and_si512(both, _mm512_set1_epi32(0xFFFF)));
    const __m512 high = sixteen_quantiles(table, _mm512_maskz_srli_epi32(all, both, 16));
    _mm512_storeu_ps(out + 2 * i, _mm512_permutex2var_ps(low, first, high));
    _mm512_storeu_ps(out + 2 * i + 16, _mm512_permutex2var_ps(low, second, high));
  }
  return i;
}
#endif

void quantiles(const quantile_table& table, const std::uint32_t* drawn, std::size_t words, float* out) {
  std::size_t done = 0;
#ifdef SPINULE_MULTIVERSION
  static const int level = vector_level();
  if (level >= 4) done = quantiles_v4(table, drawn, words, out);
  if (level >= 3) done += quantiles_v3(table, drawn + done, words - done, out + 2 * done);
#endif
  quantiles_plain(table, drawn + done, words - done, out + 2 * done);
}

}  // namespace

void fill_normals(random_stream& random, std::span<float> out) {
  static const quantile_table table;
  constexpr std::size_t most = 128;
  std::array<std::uint32_t, most> drawn;
  std::size_t first = 0;
  for (; first + 1 < out.size(); first += 2 * most) {
    const std::size_t words = std::min((out.size() - first) / 2, most);
    random.bits(std::span{drawn}.first(words));
    quantiles(table, drawn.data(), words, out.data() + first);
  }
  if (out.size() % 2 == 0) return;
  std::array<float, 2> last;
  drawn[0] = random.bits();
  quantiles(table, drawn.data(), 1, last.data());
  out.back() = last[0];
}

}  // namespace spinule

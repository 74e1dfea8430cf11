#include <spinule/poisson_counts.hpp>

#include <algorithm>
#include <cmath>

#include <spinule/math.hpp>
#include <spinule/random.hpp>

#include <spinule/sweep.hpp>

#ifdef SPINULE_MULTIVERSION
#include <immintrin.h>
#endif

namespace spinule {
namespace {

constexpr int lanes = 8, words = 4, block = lanes * words;

constexpr std::uint32_t factor0 = 0xD2511F53, factor1 = 0xCD9E8D57, weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85;

struct draw_key {
  std::uint32_t key[2], episode, tick_low, tick_high;
};

/// Ten rounds of Philox4x32 on `lanes` counters that differ in their first word.
void draw_plain(const draw_key& k, std::uint32_t group, std::uint32_t (&out)[words][lanes]) {
  for (std::uint32_t i = 0; i < lanes; ++i) {
    std::uint32_t x[words] = {group * lanes + i, k.episode, k.tick_low, k.tick_high}, key0 = k.key[0], key1 = k.key[1];
    for (int round = 0; round < 10; ++round, key0 += weyl0, key1 += weyl1) {
      const std::uint64_t a = std::uint64_t{x[0]} * factor0, b = std::uint64_t{x[2]} * factor1;
      x[0] = static_cast<std::uint32_t>(b >> 32) ^ x[1] ^ key0;
      x[2] = static_cast<std::uint32_t>(a >> 32) ^ x[3] ^ key1;
      x[1] = static_cast<std::uint32_t>(b);
      x[3] = static_cast<std::uint32_t>(a);
    }
    for (int w = 0; w < words; ++w) out[w][i] = x[w];
  }
}

/// n[i] += value * number of thresholds that x[i] - 2^31 is not below.
inline void add_counts(const std::uint32_t* x, int n, const std::vector<std::int32_t>& thresholds, std::int32_t value, std::int32_t* sums) {
  for (int i = 0; i < n; ++i) {
    std::int32_t number = 0;
    for (const std::int32_t t : thresholds) number += static_cast<std::int32_t>(x[i] ^ 0x80000000u) >= t ? 1 : 0;
    sums[i] += number * value;
  }
}

#ifdef SPINULE_MULTIVERSION
/// The same with four products at a time: each 32-bit word in the low half of 64 bits, even and odd lanes apart; what is
/// left in the high halves does no harm.
[[gnu::target("arch=x86-64-v3")]] void draw_v3(const draw_key& k, std::uint32_t group, std::uint32_t (&out)[words][lanes]) {
  const __m256i m0 = _mm256_set1_epi64x(factor0), m1 = _mm256_set1_epi64x(factor1);
  const __m256i even = _mm256_setr_epi64x(0, 2, 4, 6), odd = _mm256_setr_epi64x(1, 3, 5, 7);
  const __m256i base = _mm256_set1_epi64x(static_cast<long long>(std::uint64_t{group} * lanes));
  __m256i x0[2] = {_mm256_add_epi64(base, even), _mm256_add_epi64(base, odd)}, x1[2], x2[2], x3[2];
  for (int h = 0; h < 2; ++h) {
    x1[h] = _mm256_set1_epi64x(k.episode);
    x2[h] = _mm256_set1_epi64x(k.tick_low);
    x3[h] = _mm256_set1_epi64x(k.tick_high);
  }
  std::uint32_t key0 = k.key[0], key1 = k.key[1];
  for (int round = 0; round < 10; ++round, key0 += weyl0, key1 += weyl1) {
    const __m256i k0 = _mm256_set1_epi64x(key0), k1 = _mm256_set1_epi64x(key1);
    for (int h = 0; h < 2; ++h) {
      const __m256i a = _mm256_mul_epu32(x0[h], m0), b = _mm256_mul_epu32(x2[h], m1);
      x0[h] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), x1[h]), k0);
      x2[h] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), x3[h]), k1);
      x1[h] = b;
      x3[h] = a;
    }
  }
  const auto store = [&](const __m256i* x, std::uint32_t* to) __attribute__((target("arch=x86-64-v3"))) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(to), _mm256_blend_epi32(x[0], _mm256_slli_epi64(x[1], 32), 0xAA));
  };
  store(x0, out[0]);
  store(x1, out[1]);
  store(x2, out[2]);
  store(x3, out[3]);
}

[[gnu::target("arch=x86-64-v3")]] void add_counts_v3(const std::uint32_t* x, const std::vector<std::int32_t>& thresholds,
                                                     std::int32_t value, std::int32_t* sums) {
  __m256i u[words], n[words];
  for (int w = 0; w < words; ++w) {
    u[w] = _mm256_xor_si256(_mm256_load_si256(reinterpret_cast<const __m256i*>(x + w * lanes)), _mm256_set1_epi32(INT32_MIN));
    n[w] = _mm256_set1_epi32(static_cast<int>(thresholds.size()));
  }
  for (const std::int32_t t : thresholds) {
    const __m256i least = _mm256_set1_epi32(t);
    for (int w = 0; w < words; ++w) n[w] = _mm256_add_epi32(n[w], _mm256_cmpgt_epi32(least, u[w]));
  }
  const __m256i factor = _mm256_set1_epi32(value);
  for (int w = 0; w < words; ++w) {
    auto* at = reinterpret_cast<__m256i*>(sums + w * lanes);
    _mm256_storeu_si256(at, _mm256_add_epi32(_mm256_loadu_si256(at), _mm256_mullo_epi32(n[w], factor)));
  }
}
#endif

bool has_v3() {
#ifdef SPINULE_MULTIVERSION
  static const bool has = vector_level() >= 3;
  return has;
#else
  return false;
#endif
}

}  // namespace

void poisson_counts::add_group(const std::uint32_t (&key)[5], std::uint32_t group, index from, index to, std::int32_t value,
                               std::int32_t* sums) const {
  const draw_key k{{key[0], key[1]}, key[2], key[3], key[4]};
  alignas(64) std::uint32_t x[words][lanes];
#ifdef SPINULE_MULTIVERSION
  if (has_v3()) draw_v3(k, group, x);
  else
#endif
    draw_plain(k, group, x);
#ifdef SPINULE_MULTIVERSION
  if (has_v3() && to - from == block) return add_counts_v3(&x[0][0], thresholds_, value, sums);
#endif
  add_counts(&x[0][0] + from, static_cast<int>(to - from), thresholds_, value, sums);
}

poisson_counts::poisson_counts(double mean, std::uint64_t seed, std::uint32_t stream)
    : key_{static_cast<std::uint32_t>(seed) ^ (0x9E3779B9u * static_cast<std::uint32_t>(purpose::drive)),
           static_cast<std::uint32_t>(seed >> 32) + static_cast<std::uint32_t>(purpose::drive)},
      stream_{stream} {
  double p = portable_exp(-mean), below = p;
  for (int k = 1; below < 1 - 0x1p-33 && p > 0; ++k) {
    thresholds_.push_back(static_cast<std::int32_t>(static_cast<std::int64_t>(std::floor(below * 0x1p32 + 0.5)) - (std::int64_t{1} << 31)));
    p *= mean / k;
    if (p < 0x1p-34 && k > mean) break;
    below += p;
  }
}

void poisson_counts::add(std::uint64_t episode, moment now, index first, index count, std::int32_t value, std::int32_t* sums) const {
  const auto tick = static_cast<std::uint64_t>(now);
  const std::uint32_t key[5] = {key_[0] ^ static_cast<std::uint32_t>(episode >> 32), key_[1], static_cast<std::uint32_t>(episode),
                                static_cast<std::uint32_t>(tick), (static_cast<std::uint32_t>(tick >> 32) & 0xffff) | (stream_ << 16)};
  const index last = first + count;
  for (index group = first / block; group * block < last; ++group) {
    const index from = std::max(first, group * block), to = std::min(last, (group + 1) * block);
    add_group(key, group, from - group * block, to - group * block, value, sums + (from - first));
  }
}

}  // namespace spinule

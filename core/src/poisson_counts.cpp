#include <spinule/poisson_counts.hpp>

#include <algorithm>
#include <cmath>

#include <spinule/math.hpp>
#include <spinule/random.hpp>

#include "philox.hpp"

namespace spinule {
namespace {

constexpr int lanes = philox_lanes, words = 4, block = lanes * words;

/// n[i] += value * number of thresholds that x[i] - 2^31 is not below.
inline void add_counts(const std::uint32_t* x, int n, const std::vector<std::int32_t>& thresholds, std::int32_t value,
                       std::int32_t* sums) {
  for (int i = 0; i < n; ++i) {
    std::int32_t number = 0;
    for (const std::int32_t t : thresholds) number += static_cast<std::int32_t>(x[i] ^ 0x80000000u) >= t ? 1 : 0;
    sums[i] += number * value;
  }
}

#ifdef SPINULE_MULTIVERSION
/// The thresholds from `common` on are seldom reached by any of 32 numbers.
[[gnu::target("arch=x86-64-v3")]] void add_counts_v3(const std::uint32_t* x,
                                                     const std::vector<std::int32_t>& thresholds, std::size_t common,
                                                     std::int32_t value, std::int32_t* sums) {
  __m256i u[words], n[words];
  for (int w = 0; w < words; ++w) {
    u[w] = _mm256_xor_si256(_mm256_load_si256(reinterpret_cast<const __m256i*>(x + w * lanes)),
                            _mm256_set1_epi32(INT32_MIN));
    n[w] = _mm256_set1_epi32(static_cast<int>(common));
  }
  const auto pass = [&](std::int32_t t) __attribute__((target("arch=x86-64-v3"), always_inline)) {
    const __m256i least = _mm256_set1_epi32(t);
    for (int w = 0; w < words; ++w) n[w] = _mm256_add_epi32(n[w], _mm256_cmpgt_epi32(least, u[w]));
  };
  for (std::size_t k = 0; k < common; ++k) pass(thresholds[k]);
  if (common < thresholds.size()) {
    const __m256i greatest = _mm256_max_epi32(_mm256_max_epi32(u[0], u[1]), _mm256_max_epi32(u[2], u[3]));
    if (_mm256_movemask_epi8(_mm256_cmpgt_epi32(_mm256_set1_epi32(thresholds[common]), greatest)) != -1) {
      for (int w = 0; w < words; ++w)
        n[w] = _mm256_add_epi32(n[w], _mm256_set1_epi32(static_cast<int>(thresholds.size() - common)));
      for (std::size_t k = common; k < thresholds.size(); ++k) pass(thresholds[k]);
    }
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

void poisson_counts::add_group(const std::uint32_t (&key)[5], std::uint32_t group, index from, index to,
                               std::int32_t value, std::int32_t* sums) const {
  alignas(64) philox_words x;
  philox({{key[0], key[1]}, {key[2], key[3], key[4]}}, group * philox_lanes, x);
#ifdef SPINULE_MULTIVERSION
  if (has_v3() && to - from == block) return add_counts_v3(&x[0][0], thresholds_, common_, value, sums);
#endif
  add_counts(&x[0][0] + from, static_cast<int>(to - from), thresholds_, value, sums);
}

poisson_counts::poisson_counts(double mean, std::uint64_t seed, std::uint32_t stream)
    : key_{static_cast<std::uint32_t>(seed) ^ (0x9E3779B9u * static_cast<std::uint32_t>(purpose::drive)),
           static_cast<std::uint32_t>(seed >> 32) + static_cast<std::uint32_t>(purpose::drive)},
      stream_{stream} {
  double p = portable_exp(-mean), below = p;
  for (int k = 1; below < 1 - 0x1p-33 && p > 0; ++k) {
    thresholds_.push_back(static_cast<std::int32_t>(static_cast<std::int64_t>(std::floor(below * 0x1p32 + 0.5)) -
                                                    (std::int64_t{1} << 31)));
    p *= mean / k;
    if (p < 0x1p-34 && k > mean) break;
    if (1 - below > 1e-3) common_ = thresholds_.size();
    below += p;
  }
  common_ = std::min(common_ + 1, thresholds_.size());
}

void poisson_counts::add(std::uint64_t episode, moment now, index first, index count, std::int32_t value,
                         std::int32_t* sums) const {
  const auto tick = static_cast<std::uint64_t>(now);
  const std::uint32_t key[5] = {key_[0] ^ static_cast<std::uint32_t>(episode >> 32), key_[1],
                                static_cast<std::uint32_t>(episode), static_cast<std::uint32_t>(tick),
                                (static_cast<std::uint32_t>(tick >> 32) & 0xffff) | (stream_ << 16)};
  const index last = first + count;
  for (index group = first / block; group * block < last; ++group) {
    const index from = std::max(first, group * block), to = std::min(last, (group + 1) * block);
    add_group(key, group, from - group * block, to - group * block, value, sums + (from - first));
  }
}

}  // namespace spinule

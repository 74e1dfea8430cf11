#include <spinule/engine/poisson_counts.hpp>

#include <algorithm>
#include <cmath>

#include <spinule/math.hpp>
#include <spinule/random.hpp>

#include "philox.hpp"

namespace spinule {
namespace {

constexpr index_t group_size = 64;              ///< neurons of one group of Philox blocks, 16 bits each
constexpr std::uint32_t low_half = 0x80000000;  ///< marks the key of the lower 16 bits
using halves = std::array<std::uint16_t, group_size>;

/// 16 bits for each neuron of a group.
halves draw(const std::array<std::uint32_t, 5>& key, std::uint32_t lower, index_t group) {
  philox_words x;
  philox({{key[0], key[1] ^ lower}, {key[2], key[3], key[4]}}, group * philox_lanes, x);
  halves out;
  for (index_t i = 0; i < group_size; i += 2) {
    out[i] = static_cast<std::uint16_t>(x[i / 16][i / 2 % 8]);
    out[i + 1] = static_cast<std::uint16_t>(x[i / 16][i / 2 % 8] >> 16);
  }
  return out;
}

/// n[i] += how many thresholds u[i] is not below, for a group. Plain pointers: Clang 19 leaves out what clones call.
SPINULE_CLONES void count_reached(const std::uint32_t* u, const std::uint32_t* thresholds, std::size_t count,
                                  std::int32_t* n) {
  for (std::size_t k = 0; k < count; ++k) {
    const std::uint32_t t = thresholds[k];
    SPINULE_INDEPENDENT
    for (index_t i = 0; i < group_size; ++i) n[i] += u[i] >= t ? 1 : 0;
  }
}

#ifdef SPINULE_MULTIVERSION
/// Adds the numbers of a whole group unless one of them hangs on its lower bits; then returns false. Tops are upper
/// halves of thresholds, less 2^15; those from `common` on are seldom reached by any of 64 numbers.
[[SPINULE_V3]] bool add_tops_v3(const philox_words& x, const std::vector<std::int16_t>& tops, std::size_t common,
                                std::int32_t value, std::int32_t* sums) {
  __m256i u[4], n[4], undecided = _mm256_setzero_si256();
  for (int w = 0; w < 4; ++w) {
    u[w] = _mm256_xor_si256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x[w])), _mm256_set1_epi16(INT16_MIN));
    n[w] = _mm256_setzero_si256();
  }
  const auto pass = [&](std::int16_t top) SPINULE_V3_LAMBDA {
    const __m256i t = _mm256_set1_epi16(top);
    for (int w = 0; w < 4; ++w) {
      n[w] = _mm256_sub_epi16(n[w], _mm256_cmpgt_epi16(u[w], t));
      undecided = _mm256_or_si256(undecided, _mm256_cmpeq_epi16(u[w], t));
    }
  };
  for (std::size_t k = 0; k < common; ++k) pass(tops[k]);
  if (common < tops.size()) {
    const __m256i greatest = _mm256_max_epi16(_mm256_max_epi16(u[0], u[1]), _mm256_max_epi16(u[2], u[3]));
    if (_mm256_movemask_epi8(_mm256_cmpgt_epi16(_mm256_set1_epi16(tops[common]), greatest)) != -1)
      for (std::size_t k = common; k < tops.size(); ++k) pass(tops[k]);
  }
  if (_mm256_testz_si256(undecided, undecided) == 0) return false;
  const __m256i factor = _mm256_set1_epi32(value);
  const auto add = [&](std::int32_t* at, __m128i numbers) SPINULE_V3_LAMBDA {
    auto* to = reinterpret_cast<__m256i*>(at);
    const __m256i more = _mm256_mullo_epi32(_mm256_cvtepi16_epi32(numbers), factor);
    _mm256_storeu_si256(to, _mm256_add_epi32(_mm256_loadu_si256(to), more));
  };
  for (int w = 0; w < 4; ++w) {
    add(sums + 16 * w, _mm256_castsi256_si128(n[w]));
    add(sums + 16 * w + 8, _mm256_extracti128_si256(n[w], 1));
  }
  return true;
}
#endif

}  // namespace

poisson_counts::poisson_counts(double mean, std::uint64_t seed, std::uint32_t stream)
    : key_{static_cast<std::uint32_t>(seed) ^ (0x9E3779B9u * static_cast<std::uint32_t>(purpose::drive)),
           static_cast<std::uint32_t>(seed >> 32) + static_cast<std::uint32_t>(purpose::drive)},
      stream_{stream} {
  double p = portable_exp(-mean), below = p;
  for (int k = 1; below < 1 - 0x1p-33 && p > 0; ++k) {
    thresholds_.push_back(static_cast<std::uint32_t>(std::fmin(std::floor(below * 0x1p32 + 0.5), 0xffffffff)));
    p *= mean / k;
    if (p < 0x1p-34 && k > mean) break;
    if (1 - below > 1e-3) common_ = thresholds_.size();
    below += p;
  }
  common_ = std::min(common_ + 1, thresholds_.size());
  for (const std::uint32_t t : thresholds_)
    tops_.push_back(static_cast<std::int16_t>(static_cast<std::int32_t>(t >> 16) + INT16_MIN));
}

void poisson_counts::add(std::uint64_t episode, moment now, index_t first, index_t count, std::int32_t value,
                         std::int32_t* sums) const {
  const auto tick = static_cast<std::uint64_t>(now);
  const std::array<std::uint32_t, 5> key{key_[0] ^ static_cast<std::uint32_t>(episode >> 32), key_[1],
                                         static_cast<std::uint32_t>(episode), static_cast<std::uint32_t>(tick),
                                         (static_cast<std::uint32_t>(tick >> 32) & 0xffff) | (stream_ << 16)};
  const index_t last = first + count;
  for (index_t group = first / group_size; group * group_size < last; ++group) {
    const index_t begin = group * group_size, from = std::max(first, begin), to = std::min(last, begin + group_size);
#ifdef SPINULE_MULTIVERSION
    static const bool wide = vector_level() >= 3;
    if (wide && to - from == group_size) {
      philox_words x;
      philox({{key[0], key[1]}, {key[2], key[3], key[4]}}, group * philox_lanes, x);
      if (add_tops_v3(x, tops_, common_, value, sums + (from - first))) continue;
    }
#endif
    add_group(key, group, from - begin, to - begin, value, sums + (from - first));
  }
}

void poisson_counts::add_group(const std::array<std::uint32_t, 5>& key, index_t group, index_t from, index_t to,
                               std::int32_t value, std::int32_t* sums) const {
  const halves upper = draw(key, 0, group), lower = draw(key, low_half, group);
  std::array<std::uint32_t, group_size> u;
  for (index_t i = 0; i < group_size; ++i) u[i] = std::uint32_t{upper[i]} << 16 | lower[i];
  std::array<std::int32_t, group_size> n{};
  count_reached(u.data(), thresholds_.data(), thresholds_.size(), n.data());
  for (index_t i = from; i < to; ++i) sums[i - from] += n[i] * value;
}

}  // namespace spinule

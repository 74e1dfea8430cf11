// Random numbers and functions for whole arrays: the operations of the scalar forms, in the same order, vectorised.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include <spinule/engine/instruction_sets.hpp>
#include <spinule/math.hpp>
#include <spinule/random.hpp>

#include "philox.hpp"
#include "series.hpp"

namespace spinule {
namespace {

/// Sixteen open uniforms of eight blocks: two 64-bit numbers a block, low word first.
SPINULE_CLONES void to_uniforms(const philox_words& words, double* out) {
  for (std::uint32_t i = 0; i < philox_lanes; ++i)
    for (int half = 0; half < 2; ++half) {
      const std::uint64_t bits = std::uint64_t{words[2 * half][i]} | std::uint64_t{words[2 * half + 1][i]} << 32;
      out[2 * i + static_cast<std::uint32_t>(half)] =
          (std::bit_cast<double>(bits >> 12 | 0x3FF0000000000000) - 1) + 0x1p-53;
    }
}

SPINULE_CLONES void divide_and_floor(double* x, double by, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const double gap = x[i] / by;  // not negative
    const double rounded = (gap + 0x1p52) - 0x1p52;
    const double whole = rounded > gap ? rounded - 1 : rounded;
    x[i] = gap < 0x1p51 ? whole : gap < 0x1p62 ? gap : 0x1p62;
  }
}

/// The central part of AS 241 for all; the caller mends the tails.
SPINULE_CLONES void central_quantiles(const double* p, double* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = central_quantile(p[i] - 0.5);
}

/// The smaller tail of those that lie outside the centre, and where they are. Flags first, so that nothing has to be
/// foreseen.
SPINULE_CLONES std::size_t gather_tails(const double* p, std::size_t n, double* tail, std::uint32_t* where) {
  std::uint64_t flags[64];
  double smaller[64];
  for (std::size_t i = 0; i < n; ++i) {
    const double q = p[i] - 0.5, other = 1 - p[i];
    smaller[i] = q < 0 ? p[i] : other;
    flags[i] = std::abs(q) > 0.425 ? 1 : 0;
  }
  std::size_t found = 0;
  for (std::size_t i = 0; i < n; ++i) {
    where[found] = static_cast<std::uint32_t>(i);
    tail[found] = smaller[i];
    found += flags[i];
  }
  return found;
}

/// Logarithms of tail probabilities become quantiles, those beyond 5 standard units of the rule -1.
SPINULE_CLONES void tail_quantiles(double* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const double root = std::sqrt(-x[i]);
    const double quantile = near_tail_quantile(root);
    x[i] = root <= 5 ? quantile : -1;
  }
}

/// High halves of products with `bound`, and whether no low half is less than `biased`.
SPINULE_CLONES bool high_halves(const std::uint32_t* x, std::uint32_t bound, std::uint32_t biased, std::size_t n,
                                std::uint32_t* out) {
  std::uint32_t rejected = 0;
  for (std::size_t k = 0; k < n; ++k) {
    const std::uint64_t product = std::uint64_t{x[k]} * bound;
    out[k] = static_cast<std::uint32_t>(product >> 32);
    rejected |= static_cast<std::uint32_t>(product) < biased ? 1 : 0;
  }
  return rejected == 0;
}

}  // namespace

SPINULE_CLONES void portable_logs(const double* x, double* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const auto bits = std::bit_cast<std::uint64_t>(x[i]);
    const double half =
        std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFF) | 0x3FE0000000000000);  // mantissa in [0.5, 1)
    const bool small = half < 0.70710678118654752440;
    const double m = small ? half * 2 : half;
    // The exponent as a double, without a conversion that some instruction sets lack.
    const double biased = std::bit_cast<double>(bits >> 52 | 0x4330000000000000) - 0x1p52;
    const double exponent = biased - (small ? 1023.0 : 1022.0);
    out[i] = log_of_parts(m, exponent);
  }
}

void normal_quantiles(const double* p, double* out, std::size_t n) {
  constexpr std::size_t most = 64;
  double tail[most], quantile[most];
  std::uint32_t where[most];
  for (std::size_t begin = 0; begin < n; begin += most) {
    const std::size_t count = std::min(most, n - begin);
    central_quantiles(p + begin, out + begin, count);
    const std::size_t tails = gather_tails(p + begin, count, tail, where);
    portable_logs(tail, quantile, tails);
    tail_quantiles(quantile, tails);
    for (std::size_t k = 0; k < tails; ++k) {
      const double x = p[begin + where[k]];
      out[begin + where[k]] = quantile[k] < 0 ? normal_quantile(x) : std::copysign(quantile[k], x - 0.5);
    }
  }
}

void random_stream::bits(std::span<std::uint32_t> out) {
  std::size_t i = 0;
  while (i < out.size() && used_ != 4) out[i++] = bits();
  const philox_key key{{key_[0], key_[1]}, {counter_[1], counter_[2], counter_[3]}};
  philox_words words;
  for (; i + 4 * philox_lanes <= out.size(); i += 4 * philox_lanes) {
    philox(key, counter_[0], words);
    counter_[0] += philox_lanes;
    in_order(words, out.data() + i);
  }
  if (out.size() - i > 4) {  // more than the scalar form gives at a time
    std::uint32_t rest[4 * philox_lanes];
    philox(key, counter_[0], words);
    in_order(words, rest);
    const std::size_t whole = (out.size() - i) / 4 * 4;
    std::copy_n(rest, whole, out.data() + i);
    counter_[0] += static_cast<std::uint32_t>(whole / 4);
    i += whole;
  }
  while (i < out.size()) out[i++] = bits();
}

/// Lemire's method (ACM Trans. Model. Comput. Simul. 29, 2019): the high half of a product, short last cycle rejected.
void random_stream::below(std::uint32_t bound, std::span<std::uint32_t> out) {
  const std::uint32_t biased = (0 - bound) % bound;
  std::uint32_t raw[128];
  for (std::size_t i = 0; i < out.size();) {
    const std::size_t n = std::min<std::size_t>(128, out.size() - i);
    bits({raw, n});
    if (high_halves(raw, bound, biased, n, out.data() + i)) {
      i += n;
      continue;
    }
    for (std::size_t k = 0; k < n; ++k) {
      const std::uint64_t product = std::uint64_t{raw[k]} * bound;
      out[i] = static_cast<std::uint32_t>(product >> 32);
      i += static_cast<std::uint32_t>(product) >= biased;
    }
  }
}

void random_stream::open_uniforms(std::span<double> out) {
  std::size_t i = 0;
  while (i < out.size() && used_ != 4) out[i++] = open_uniform();
  const philox_key key{{key_[0], key_[1]}, {counter_[1], counter_[2], counter_[3]}};
  philox_words words;
  for (; i + 2 * philox_lanes <= out.size(); i += 2 * philox_lanes) {
    philox(key, counter_[0], words);
    counter_[0] += philox_lanes;
    to_uniforms(words, out.data() + i);
  }
  while (i < out.size()) out[i++] = open_uniform();
}

void random_stream::normals(std::span<double> out) {
  double u[64];
  for (std::size_t i = 0; i < out.size(); i += 64) {
    const std::size_t n = std::min<std::size_t>(64, out.size() - i);
    open_uniforms({u, n});
    normal_quantiles(u, out.data() + i, n);
  }
}

void random_stream::geometrics(double p, std::span<double> out) {
  if (p >= 1) {
    std::fill(out.begin(), out.end(), 0.0);
    return;
  }
  open_uniforms(out);
  portable_logs(out.data(), out.data(), out.size());
  divide_and_floor(out.data(), log_miss(p), out.size());
}

}  // namespace spinule

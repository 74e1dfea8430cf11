// What leaves the columns of an array: noise, a converter, whole quanta.
#pragma once

#include <cstdint>
#include <limits>

namespace spinule {

struct column_converter {
  double step, per_step;  // quanta of one code, its inverse
  double bottom, top;     // the least and the largest code
  double gain;            // of the result
  bool converts;          // else sums are only rounded to quanta
  bool in_float;          // codes are small enough for 24 bits
  bool counts;            // magnitudes of codes are added up
};

/// Read noise: normal numbers times the square roots of variances, in quanta^2; none where `variance` is null.
struct column_noise {
  const float* variance;
  const float* normal;
};

struct converted {
  std::uint64_t clipped = 0;  // conversions beyond the codes
  std::uint64_t codes = 0;    // their magnitudes added up, where they are counted
  std::uint32_t longest = 0;  // the largest of them
};

[[gnu::always_inline]] inline std::int32_t saturating_sum(std::int32_t a, std::int32_t b) {
  const auto sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
  const std::int32_t overflow = (a ^ sum) & (b ^ sum), limit = std::numeric_limits<std::int32_t>::max() + (a < 0);
  return overflow < 0 ? limit : sum;
}

/// Adds n column sums to `out`, saturating at 32 bits. The same bits on every instruction set.
converted to_quanta(const float* sums, column_noise noise, std::uint32_t n, const column_converter& adc,
                    std::int32_t* out);
converted to_quanta(const std::int32_t* sums, column_noise noise, std::uint32_t n, const column_converter& adc,
                    std::int32_t* out);

}  // namespace spinule

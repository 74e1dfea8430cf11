// What leaves the columns of an array: noise, a converter, whole quanta.
#pragma once

#include <cstdint>

namespace spinule {

struct column_converter {
  double step, per_step, top;  // quanta of one code, its inverse, the largest code
  double gain;                 // of the result
  bool converts;               // else sums are only rounded to quanta
  bool in_float;               // codes are small enough for 24 bits
};

/// Read noise: normal numbers times the square roots of variances, in quanta^2; none where `variance` is null.
struct column_noise {
  const float* variance;
  const float* normal;
};

/// Adds n column sums to `out`, saturating at 32 bits; the number of clipped conversions. The same bits on every
/// instruction set.
std::uint64_t to_quanta(const float* sums, column_noise noise, std::uint32_t n, const column_converter& adc,
                        std::int32_t* out);
std::uint64_t to_quanta(const std::int32_t* sums, column_noise noise, std::uint32_t n, const column_converter& adc,
                        std::int32_t* out);

}  // namespace spinule

// IEEE 754 binary16.
#pragma once

#include <bit>
#include <cstdint>

namespace spinule {

/// Exact.
inline float from_half(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16, exponent = half >> 10 & 31u, fraction = half & 0x3ffu;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | fraction << 13);
  if (exponent == 0) return (sign ? -0x1p-24f : 0x1p-24f) * static_cast<float>(fraction);
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

/// To the nearest, ties to even; `value` in [0, 65504].
inline std::uint16_t to_half(float value) {
  if (value < 0x1p-14f) {  // subnormal: adding 2^-1 leaves multiples of 2^-24 in the last bits
    return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value + 0.5f) - std::bit_cast<std::uint32_t>(0.5f));
  }
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0xfffu + (bits >> 13 & 1u) - (112u << 23)) >> 13);
}

}  // namespace spinule

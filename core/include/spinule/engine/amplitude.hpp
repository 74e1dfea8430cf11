// A synapse through which a value arrives: weight times amplitude, in whole quanta.
#pragma once

#include <algorithm>
#include <cstdint>

namespace spinule {

/// What a weight of `code` quanta brings of an amplitude, to the nearest quantum, ties to even. Each synapse is rounded
/// by itself, so that what arrives in a tick is a sum of whole numbers, which has no order. The product is that of
/// doubles on every back end; the quantum of the target is chosen so that no sum comes near the limits of 32 bits.
inline std::int32_t times_amplitude(std::int32_t code, float amplitude) {
  constexpr double most = 0x1p31 - 1, whole = 0x1.8p52;  // beyond which doubles have no fractions
  const double exact = static_cast<double>(code) * static_cast<double>(amplitude);
  return static_cast<std::int32_t>((std::min(std::max(exact, -most), most) + whole) - whole);
}

}  // namespace spinule

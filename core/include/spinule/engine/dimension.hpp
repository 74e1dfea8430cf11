// Dimensions as values, where types are erased.
#pragma once

#include <string>

#include <spinule/units.hpp>

namespace spinule {

/// A dimension at run time.
struct dimension {
  int voltage = 0, current = 0, time = 0, length = 0;  ///< exponents; all 0: a plain number
  constexpr dimension() = default;
  template <int V, int I, int T, int L>
  constexpr dimension(quantity<V, I, T, L>)  // NOLINT: implicit by design
      : voltage{V}, current{I}, time{T}, length{L} {}
  constexpr bool operator==(const dimension&) const = default;
};

/// Of the coherent unit: "mV", "nS", "mV^2 ms"; empty for plain numbers.
std::string symbol(dimension);
/// "in mV", "a plain number".
std::string in_words(dimension);
/// A value in the coherent unit as text: "20 ms"; rates in Hz.
std::string to_text(double value, dimension);

}  // namespace spinule

// What numbers may be.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>

namespace spinule {

/// The numbers that a parameter, a state field or a weight may be, in its coherent unit.
struct range {
  double low = -std::numeric_limits<double>::max(), high = std::numeric_limits<double>::max();
  bool above = false;  ///< `low` itself is not allowed
  bool whole = false;  ///< whole numbers only
  constexpr bool holds(double x) const {
    return (above ? x > low : x >= low) && x <= high &&
           (!whole || x == static_cast<double>(static_cast<std::int64_t>(x)));
  }
};
inline constexpr range any_finite{}, not_negative{.low = 0}, positive{.low = 0, .above = true};
inline constexpr range any_number{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};

/// What a field may be unless it says otherwise: what single precision, or the whole number, holds.
template <class T>
constexpr range storable_range() {
  if constexpr (std::integral<T>)
    return {.low = static_cast<double>(std::numeric_limits<T>::min()),
            .high = static_cast<double>(std::numeric_limits<T>::max()),
            .whole = true};
  else
    return {.low = -1e30, .high = 1e30};
}
template <class T>
inline constexpr range storable = storable_range<T>();

}  // namespace spinule

// What numbers may be.
#pragma once

#include <concepts>
#include <limits>

namespace spinule {

/// The numbers that a parameter, a state field or a weight may be, in its coherent unit.
struct range {
  double low = -std::numeric_limits<double>::max(), high = std::numeric_limits<double>::max();
  bool above = false;  ///< `low` itself is not allowed
  constexpr bool holds(double x) const { return (above ? x > low : x >= low) && x <= high; }
};
inline constexpr range any_finite{}, not_negative{.low = 0}, positive{.low = 0, .above = true};
inline constexpr range any_number{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};

/// What a field may be unless it says otherwise: what single precision, or the whole number, holds.
template <class T>
inline constexpr range storable =
    std::integral<T>
        ? range{static_cast<double>(std::numeric_limits<T>::min()), static_cast<double>(std::numeric_limits<T>::max())}
        : range{-1e30, 1e30};

}  // namespace spinule

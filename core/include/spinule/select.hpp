// Choices between numbers made with masks instead of branches, for code that is to become vector code.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace spinule {

template <class T>
using word_of = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

/// x, or 0 where `on` does not hold; T: a number of 4 or 8 bytes.
template <class T>
constexpr T only_if(bool on, T x) {
  return std::bit_cast<T>(std::bit_cast<word_of<T>>(x) & -static_cast<word_of<T>>(on));
}

/// `yes ? a : b`.
template <class T>
constexpr T choose(bool yes, T a, T b) {
  const word_of<T> mask = -static_cast<word_of<T>>(yes);
  return std::bit_cast<T>((std::bit_cast<word_of<T>>(a) & mask) | (std::bit_cast<word_of<T>>(b) & ~mask));
}

}  // namespace spinule

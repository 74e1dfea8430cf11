// Functions from correctly rounded operations alone: the same bits on every compiler and machine.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace spinule {

/// Natural logarithm, x > 0 and finite. Relative error below 4e-16.
double portable_log(double x);
/// ln(1 - p), 0 < p < 1; -p where 1 - p is 1.
double log_miss(double p);
/// `portable_log` of an array; x normal, no subnormal.
void portable_logs(const double* x, double* out, std::size_t n);
/// Exponential; 0 below -700. Relative error below 4e-16 for |x| < 700.
double portable_exp(double x);
/// exp(x) - 1 without cancellation.
double portable_expm1(double x);
/// Quantile of the standard normal law, p in (0, 1): Wichura's algorithm AS 241 (Appl. Stat. 37, 1988).
double normal_quantile(double p);
/// The same for an array.
void normal_quantiles(const double* p, double* out, std::size_t n);

/// x to the whole power n >= 0 by repeated squaring.
constexpr double power(double x, std::int32_t n) {
  double result = 1;
  for (; n > 0; n >>= 1) {
    if (n & 1) result *= x;
    x *= x;
  }
  return result;
}

// Choices between numbers made with masks instead of branches, for code that is to become vector code.

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

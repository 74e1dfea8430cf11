// exp, phi and SiLU in either number type, as straight code that loops over arrays are vectorised with: only correctly
// rounded operations, so the same bits on every compiler and instruction set.
#pragma once

#include <bit>
#include <cstdint>

#include <spinule/math.hpp>

namespace spinule {

template <class Real>
struct exponential_parts;
/// ln 2 in two parts, of which multiples of the first are exact; 1.5 * 2^(bits of the fraction), which rounds what it
/// is added to; bits of the fraction; bias of the exponent.
template <>
struct exponential_parts<float> {
  using word = std::int32_t;
  static constexpr float ln2_high = 0x1.62ep-1f, ln2_low = 0x1.0bfbe8p-15f, rounder = 0x1.8p23f, largest = 87;
  static constexpr int fraction = 23, bias = 127, terms = 7;
};
template <>
struct exponential_parts<double> {
  using word = std::int64_t;
  static constexpr double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45, rounder = 0x1.8p52,
                          largest = 700;
  static constexpr int fraction = 52, bias = 1023, terms = 13;
};

/// exp(x) - 1 for |x| <= 87 (float) or 700, to a few units in the last place of the larger of it and x.
template <class Real>
[[gnu::always_inline]] inline Real exponential_less_one(Real x) {
  using parts = exponential_parts<Real>;
  using word = typename parts::word;
  const Real shifted = x * static_cast<Real>(1.44269504088896340736) + parts::rounder;
  const Real n = shifted - parts::rounder;
  const Real r = (x - n * parts::ln2_high) - n * parts::ln2_low;
  Real series = 1;  // r * series = exp(r) - 1, |r| <= ln(2) / 2
  for (int k = parts::terms; k >= 2; --k) series = series * (r * (Real{1} / static_cast<Real>(k))) + 1;
  const word exponent = std::bit_cast<word>(shifted) - std::bit_cast<word>(parts::rounder);
  const Real power = std::bit_cast<Real>((exponent + parts::bias) << parts::fraction);
  return power * (r * series) + (power - 1);
}

/// 1.7159 tanh(2 z / 3).
template <class Real>
[[gnu::always_inline]] inline Real phi(Real z) {
  const Real magnitude = choose(z < 0, -z, z);
  const Real twice = magnitude * static_cast<Real>(4.0 / 3);
  const Real less = exponential_less_one(choose(twice < 40, twice, Real{40}));
  const Real value = static_cast<Real>(1.7159) * (less / (less + 2));
  return choose(z < 0, -value, value);
}

/// z / (1 + exp(-z)).
template <class Real>
[[gnu::always_inline]] inline Real silu(Real z) {
  constexpr Real most = exponential_parts<Real>::largest - 1;
  const Real low = choose(z > -most, z, -most);
  const Real bounded = choose(low < most, low, most);
  return z / (2 + exponential_less_one(-bounded));
}

template <class Real>
[[gnu::always_inline]] inline Real relu(Real z) {
  return only_if(z > 0, z);
}

}  // namespace spinule

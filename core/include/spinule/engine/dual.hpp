// Numbers that carry derivatives: how a trainer finds the local Jacobian of a model's kernel.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <spinule/math.hpp>

namespace spinule {

/// A number x and its derivatives in N directions (forward differentiation). `ThroughReset`: whether derivatives pass
/// what a model marks with `through_reset`, the effect of a spike on the unit that fired it.
template <class Real, std::size_t N, bool ThroughReset>
struct dual {
  Real x{};
  std::array<Real, N> d{};

  constexpr dual() = default;
  template <class Number>
  requires std::is_arithmetic_v<Number>
  constexpr dual(Number value) : x{static_cast<Real>(value)} {}  // NOLINT: a constant, implicit by design
  /// An independent variable.
  static constexpr dual variable(Real value, std::size_t direction) {
    dual made{value};
    made.d[direction] = 1;
    return made;
  }

  friend constexpr dual operator+(const dual& a, const dual& b) {
    return made(a.x + b.x, [&](std::size_t i) { return a.d[i] + b.d[i]; });
  }
  friend constexpr dual operator-(const dual& a, const dual& b) {
    return made(a.x - b.x, [&](std::size_t i) { return a.d[i] - b.d[i]; });
  }
  friend constexpr dual operator*(const dual& a, const dual& b) {
    return made(a.x * b.x, [&](std::size_t i) { return a.d[i] * b.x + a.x * b.d[i]; });
  }
  friend constexpr dual operator/(const dual& a, const dual& b) {
    const Real quotient = a.x / b.x;
    return made(quotient, [&](std::size_t i) { return (a.d[i] - quotient * b.d[i]) / b.x; });
  }
  // With constants: the compiler may not leave out a product with 0 by itself.
  friend constexpr dual operator+(const dual& a, Real b) { return shifted(a, a.x + b); }
  friend constexpr dual operator+(Real a, const dual& b) { return shifted(b, a + b.x); }
  friend constexpr dual operator-(const dual& a, Real b) { return shifted(a, a.x - b); }
  friend constexpr dual operator-(Real a, const dual& b) {
    return made(a - b.x, [&](std::size_t i) { return -b.d[i]; });
  }
  friend constexpr dual operator*(const dual& a, Real b) {
    return made(a.x * b, [&](std::size_t i) { return a.d[i] * b; });
  }
  friend constexpr dual operator*(Real a, const dual& b) {
    return made(a * b.x, [&](std::size_t i) { return a * b.d[i]; });
  }
  friend dual fma(const dual& a, Real b, const dual& c) {
    return made(std::fma(a.x, b, c.x), [&](std::size_t i) { return a.d[i] * b + c.d[i]; });
  }
  friend constexpr bool operator>(const dual& a, Real b) { return a.x > b; }
  friend constexpr dual choose(bool yes, const dual& a, const dual& b) {
    return made(spinule::choose(yes, a.x, b.x), [&](std::size_t i) { return spinule::choose(yes, a.d[i], b.d[i]); });
  }
  friend constexpr dual through_reset(const dual& spike) {
    if constexpr (ThroughReset)
      return spike;
    else
      return dual{spike.x};
  }
  /// `fired` 1: a, 0: b, and what lies between them where a spike is a smooth function.
  friend constexpr dual settled(const dual& fired, const dual& a, const dual& b) {
    return made(fired.x == 1 ? a.x : b.x + fired.x * (a.x - b.x),
                [&](std::size_t i) { return b.d[i] + fired.x * (a.d[i] - b.d[i]) + (a.x - b.x) * fired.d[i]; });
  }

 private:
  template <class Derivative>
  static constexpr dual made(Real value, const Derivative& derivative) {
    dual result;
    result.x = value;
    [&]<std::size_t... I>(std::index_sequence<I...>) { ((result.d[I] = derivative(I)), ...); }
    (std::make_index_sequence<N>{});
    return result;
  }
  static constexpr dual shifted(dual a, Real value) {
    a.x = value;
    return a;
  }
};

// The same of plain numbers, so that a kernel is written once.

/// Marks, in `flow` and `settle` of a model, what a spike does to the unit that fired it by its reset.
template <class Real>
requires std::is_floating_point_v<Real>
constexpr Real through_reset(Real spike) { return spike; }

template <class Real>
requires std::is_floating_point_v<Real>
constexpr Real settled(Real fired, Real a, Real b) { return fired == 1 ? a : b + fired * (a - b); }

}  // namespace spinule

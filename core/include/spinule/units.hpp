// Physical quantities. Wrong units do not compile.
#pragma once

#include <compare>

namespace spinule {

template <class Expected, class Given>
struct expect_unit;

/// A value with the dimension voltage^V current^I time^T length^L.
///
/// All values are held in one coherent system: mV, pA, ms, um. Products stay coherent, so a capacitance is in
/// pF (pA ms / mV), a conductance in nS, a resistance in GOhm, a rate in kHz, an energy in aJ.
template <int V, int I, int T, int L>
class quantity {
 public:
  constexpr quantity() = default;
  /// `value` is in the coherent unit of this dimension: `milliseconds{20}` is 20 ms.
  /// Plain numbers are dimensionless.
  constexpr explicit(V != 0 || I != 0 || T != 0 || L != 0) quantity(double value) : value_{value} {}
  /// Another dimension is refused in words, wherever it is given.
  template <int V2, int I2, int T2, int L2>
  constexpr quantity(quantity<V2, I2, T2, L2>) {  // NOLINT
    static_cast<void>(expect_unit<quantity, quantity<V2, I2, T2, L2>>{});
  }

  /// The number of coherent units.
  constexpr double value() const { return value_; }
  /// The number of `unit`s: `(20_ms).in(1_us)` is 20000.
  constexpr double in(quantity unit) const { return value_ / unit.value_; }

  constexpr auto operator<=>(const quantity&) const = default;
  constexpr quantity operator-() const { return quantity{-value_}; }
  constexpr quantity operator+(quantity o) const { return quantity{value_ + o.value_}; }
  constexpr quantity operator-(quantity o) const { return quantity{value_ - o.value_}; }
  friend constexpr quantity operator*(double a, quantity q) { return quantity{a * q.value_}; }
  friend constexpr quantity operator*(quantity q, double a) { return quantity{a * q.value_}; }
  friend constexpr quantity operator/(quantity q, double a) { return quantity{q.value_ / a}; }

 private:
  double value_ = 0;
};

template <int V1, int I1, int T1, int L1, int V2, int I2, int T2, int L2>
constexpr auto operator*(quantity<V1, I1, T1, L1> a, quantity<V2, I2, T2, L2> b) {
  return quantity<V1 + V2, I1 + I2, T1 + T2, L1 + L2>{a.value() * b.value()};
}

template <int V1, int I1, int T1, int L1, int V2, int I2, int T2, int L2>
constexpr auto operator/(quantity<V1, I1, T1, L1> a, quantity<V2, I2, T2, L2> b) {
  return quantity<V1 - V2, I1 - I2, T1 - T2, L1 - L2>{a.value() / b.value()};
}

using number = quantity<0, 0, 0, 0>;  ///< dimensionless
using millivolts = quantity<1, 0, 0, 0>;
using picoamperes = quantity<0, 1, 0, 0>;
using milliseconds = quantity<0, 0, 1, 0>;
using micrometres = quantity<0, 0, 0, 1>;
using kilohertz = quantity<0, 0, -1, 0>;
using nanosiemens = quantity<-1, 1, 0, 0>;
using gigaohms = quantity<1, -1, 0, 0>;
using picofarads = quantity<-1, 1, 1, 0>;

#define SPINULE_LITERAL(suffix, type, scale)                                                         \
  constexpr type operator""_##suffix(long double x) { return type{static_cast<double>(x) * scale}; } \
  constexpr type operator""_##suffix(unsigned long long x) { return type{static_cast<double>(x) * scale}; }

inline namespace literals {
SPINULE_LITERAL(mV, millivolts, 1.0)
SPINULE_LITERAL(V, millivolts, 1e3)
SPINULE_LITERAL(pA, picoamperes, 1.0)
SPINULE_LITERAL(nA, picoamperes, 1e3)
SPINULE_LITERAL(us, milliseconds, 1e-3)
SPINULE_LITERAL(ms, milliseconds, 1.0)
SPINULE_LITERAL(s, milliseconds, 1e3)
SPINULE_LITERAL(um, micrometres, 1.0)
SPINULE_LITERAL(mm, micrometres, 1e3)
SPINULE_LITERAL(Hz, kilohertz, 1e-3)
SPINULE_LITERAL(kHz, kilohertz, 1.0)
SPINULE_LITERAL(nS, nanosiemens, 1.0)
SPINULE_LITERAL(uS, nanosiemens, 1e3)
SPINULE_LITERAL(MOhm, gigaohms, 1e-3)
SPINULE_LITERAL(pF, picofarads, 1.0)
SPINULE_LITERAL(nF, picofarads, 1e3)
}  // namespace literals

#undef SPINULE_LITERAL

}  // namespace spinule

#include <spinule/engine/expect_unit.hpp>

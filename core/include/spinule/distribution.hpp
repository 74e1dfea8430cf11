// Constants and laws from which weights, delays and initial values are drawn.
#pragma once

#include <spinule/engine/law.hpp>
#include <spinule/engine/unit_in.hpp>
#include <spinule/units.hpp>

namespace spinule {

template <class Unit>
struct normal {
  Unit mean, sd;
};
template <class A, class B>
normal(A, B) -> normal<unit_in<A>>;
/// median * exp(sigma * N(0, 1)).
template <class Unit>
struct lognormal {
  Unit median;
  double sigma;
};
template <class A, class B>
lognormal(A, B) -> lognormal<unit_in<A>>;
template <class Unit>
struct uniform {
  Unit low, high;
};
template <class A, class B>
uniform(A, B) -> uniform<unit_in<A>>;
/// The law redrawn until it falls within [low, high]; either bound may be infinite. Equal bounds make a constant;
/// others must hold 0.001 or more of what the law gives.
template <class Law, class Unit>
struct clipped {
  Law law;
  Unit low, high;
};
template <class Law, class A, class B>
clipped(Law, A, B) -> clipped<Law, unit_in<A>>;

/// A constant of dimension `Unit`, or a law to draw one from: `1.5_mV`, `normal{0_mV, 0.5_mV}`, `uniform{1_ms, 30_ms}`.
/// Dimensionless ones may be written as plain numbers.
template <class Unit>
struct value : law {
  constexpr value(Unit constant) : law{shape::constant, constant.value()} {}  // NOLINT: implicit by design
  template <class Number>
  requires(std::is_arithmetic_v<Number>&& std::same_as<Unit, number>) constexpr value(Number constant)
      : law{shape::constant, static_cast<double>(constant)} {}
  constexpr value(normal<Unit> l) : law{shape::normal, l.mean.value(), l.sd.value()} {}
  constexpr value(lognormal<Unit> l) : law{shape::lognormal, l.median.value(), l.sigma} {}
  constexpr value(uniform<Unit> l) : law{shape::uniform, l.low.value(), l.high.value()} {}
  template <class Law>
  constexpr value(clipped<Law, Unit> l) : value(l.law) {  // the bounds of both hold
    low = l.low.value() > low ? l.low.value() : low;
    high = l.high.value() < high ? l.high.value() : high;
  }
  // What has another unit is refused in words.
  template <class Other>
  requires(!std::same_as<unit_in<Other>, Unit>) constexpr value(const Other&) {
    static_cast<void>(expect_unit<Unit, unit_in<Other>>{});
  }
};

}  // namespace spinule

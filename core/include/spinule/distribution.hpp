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
/// median * exp(sigma * N(0, 1)).
template <class Unit>
struct lognormal {
  Unit median;
  double sigma;
};
template <class Unit>
struct uniform {
  Unit low, high;
};
/// The law redrawn until it falls within [low, high]; either bound may be infinite. Equal bounds make a constant;
/// others must hold 0.001 or more of what the law gives.
template <class Law, class Unit>
struct clipped {
  Law law;
  Unit low, high;
};
template <class Law, class Unit>
clipped(Law, Unit, Unit) -> clipped<Law, Unit>;

/// A constant of dimension `Unit`, or a law to draw one from: `1.5_mV`, `normal{0_mV, 0.5_mV}`, `uniform{1_ms, 30_ms}`.
template <class Unit>
struct value : law {
  constexpr value(Unit constant) : law{shape::constant, constant.value()} {}  // NOLINT: implicit by design
  constexpr value(normal<Unit> l) : law{shape::normal, l.mean.value(), l.sd.value()} {}
  constexpr value(lognormal<Unit> l) : law{shape::lognormal, l.median.value(), l.sigma} {}
  constexpr value(uniform<Unit> l) : law{shape::uniform, l.low.value(), l.high.value()} {}
  template <class Law>
  constexpr value(clipped<Law, Unit> l) : value(l.law) {
    low = l.low.value();
    high = l.high.value();
  }
  // What has another unit is refused in words.
  template <class Other>
  requires(!std::same_as<unit_in<Other>, Unit>) constexpr value(const Other&) { expect_unit<Unit, unit_in<Other>>{}; }
};

/// Dimensionless values may be written as plain numbers.
template <>
struct value<number> : law {
  constexpr value(double constant) : law{shape::constant, constant} {}
  constexpr value(number constant) : value(constant.value()) {}
  constexpr value(normal<double> l) : law{shape::normal, l.mean, l.sd} {}
  constexpr value(lognormal<double> l) : law{shape::lognormal, l.median, l.sigma} {}
  constexpr value(uniform<double> l) : law{shape::uniform, l.low, l.high} {}
  constexpr value(normal<number> l) : law{shape::normal, l.mean.value(), l.sd.value()} {}
  constexpr value(lognormal<number> l) : law{shape::lognormal, l.median.value(), l.sigma} {}
  constexpr value(uniform<number> l) : law{shape::uniform, l.low.value(), l.high.value()} {}
  template <class Law>
  constexpr value(clipped<Law, double> l) : value(l.law) {
    low = l.low;
    high = l.high;
  }
  template <class Other>
  requires(!std::same_as<unit_in<Other>, number>) constexpr value(const Other&) {
    expect_unit<number, unit_in<Other>>{};
  }
};

}  // namespace spinule

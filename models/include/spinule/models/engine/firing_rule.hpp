// Threshold, reset and refractory time, as the leaky units share them.
#pragma once

#include <string>

#include <fmt/format.h>

#include <spinule/engine/dual.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/time.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// v >= threshold: fire, then v is held at reset for the refractory time. Written with masks: compilers make fewer
/// vector instructions of them than of conditions.
template <class Real>
class firing_rule {
 public:
  /// `refractory` in ticks.
  firing_rule(millivolts threshold, millivolts reset, ticks refractory)
      : threshold_{static_cast<Real>(threshold.value())},
        reset_{static_cast<Real>(reset.value())},
        refractory_{refractory} {}

  /// v goes to `moved` unless it is held, for `hold` more ticks; whether it fires.
  bool step(Real& v, ticks& hold, Real moved) const {
    const Real next = choose(hold > 0, v, moved);
    return finish(v, hold, next, reset_);
  }
  /// The same with a share `carry` of what v has above the threshold kept on top of the reset: with 1 a soft reset, or
  /// reset by subtraction, by which v falls by threshold - reset.
  bool step(Real& v, ticks& hold, Real moved, Real carry) const {
    const Real next = choose(hold > 0, v, moved);
    return finish(v, hold, next, reset_ + carry * (next - threshold_));
  }

  Real threshold() const { return threshold_; }

  /// The test for firing and what comes of it apart, for a trainer: see `differentiable_model`. Nobody fires while
  /// held.
  template <class X>
  X margin(const X& v, ticks hold) const {
    return choose(hold > 0, X{-never}, v - threshold_);
  }
  template <class X>
  void settle(X& v, ticks& hold, const X& fired, const X& carry) const {
    const ticks held = hold > 0;
    v = settled(through_reset(fired), reset_ + carry * (v - threshold_), v);
    hold = hold - held + (fired > 0 ? refractory_ : 0);
  }

 private:
  static constexpr Real never = static_cast<Real>(1e30);

  bool finish(Real& v, ticks& hold, Real next, Real landing) const {
    const bool held = hold > 0;
    const bool fires = held < (next >= threshold_);  // and not held
    v = choose(fires, landing, next);
    hold = hold - static_cast<ticks>(held) + only_if(fires, refractory_);
    return fires;
  }

  Real threshold_, reset_;
  ticks refractory_;
};

/// For the `check` of models with this rule.
inline void check_reset(millivolts threshold, millivolts reset, const std::string& where) {
  if (!(reset < threshold))
    throw spinule_error{where, fmt::format("reset = {} mV, threshold = {} mV; reset must be below threshold",
                                           reset.value(), threshold.value())};
}

}  // namespace spinule

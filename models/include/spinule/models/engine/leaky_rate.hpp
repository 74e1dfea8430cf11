// How often something happens: a leaky average, as the astrocytes keep it of their neurons.
#pragma once

#include <spinule/math.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// a <- a e^(-h / tau) + events / tau, in kHz. Regular events of rate r keep a at r on average.
template <class Real>
class leaky_rate {
 public:
  leaky_rate(milliseconds tau, milliseconds tick)
      : exact_{portable_exp(-tick.in(tau))},
        decay_{static_cast<Real>(exact_)},
        per_event_{static_cast<Real>(1 / tau.value())} {}

  /// The rate at the end of a tick with so many events.
  Real after(Real a, Real events) const { return a * decay_ + events * per_event_; }
  Real silent(Real a, ticks n) const { return static_cast<Real>(a * power(exact_, n)); }

 private:
  double exact_;
  Real decay_, per_event_;
};

}  // namespace spinule

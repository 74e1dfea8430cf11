// Vesicles of a presynaptic terminal, as Tsodyks & Markram describe them.
#pragma once

#include <spinule/math.hpp>
#include <spinule/time.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// Between spikes u decays to 0 and x, the share of vesicles that are there, recovers to 1; a spike raises u by
/// base (1 - u), and releases u x of the vesicles.
template <class Real>
class vesicle_release {
 public:
  /// A time constant of 0 is over within any tick.
  vesicle_release(milliseconds facilitation, milliseconds recovery, milliseconds tick)
      : u_left_{left_of(facilitation, tick)},
        gone_left_{left_of(recovery, tick)},
        u_decay_{static_cast<Real>(u_left_)},
        gone_decay_{static_cast<Real>(gone_left_)} {}

  void pass(Real& u, Real& x) const {
    u *= u_decay_;
    x = 1 - (1 - x) * gone_decay_;
  }
  void pass(Real& u, Real& x, ticks n) const {
    u = static_cast<Real>(u * power(u_left_, n));
    x = static_cast<Real>(1 - (1 - x) * power(gone_left_, n));
  }
  /// A spike; the share of all vesicles that it releases.
  static Real spike(Real& u, Real& x, Real base) {
    u += base * (1 - u);
    const Real released = u * x;
    x -= released;
    return released;
  }

 private:
  static double left_of(milliseconds tau, milliseconds tick) {
    return tau.value() > 0 ? portable_exp(-tick.in(tau)) : 0;
  }
  double u_left_, gone_left_;
  Real u_decay_, gone_decay_;
};

}  // namespace spinule

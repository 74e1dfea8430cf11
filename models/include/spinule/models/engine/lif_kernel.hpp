// The kernel of leaky integrate-and-fire with delta synapses, whose reset is a hard or a soft one.
#pragma once

#include <algorithm>
#include <cmath>

#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// `Soft`: v falls by threshold - reset where the other is reset.
template <class Model, class Real, bool Soft>
class lif_kernel {
 public:
  using state = state_of<Model, Real>;

  lif_kernel(const Model& m, milliseconds tick)
      : decay_{portable_exp(-tick.in(m.tau))},
        goal_{m.rest.value() + m.bias.value()},
        ticks_per_tau_{m.tau.in(tick)},
        rest_{static_cast<Real>(m.rest.value())},
        step_decay_{static_cast<Real>(decay_)},
        step_bias_{static_cast<Real>(goal_ * (1 - decay_))},
        drive_gain_{static_cast<Real>(1 - decay_)},
        firing_{m.threshold, m.reset, whole_ticks(m.refractory, tick, "refractory time")} {}

  state start() const { return {.v = rest_}; }

  bool step(state& s, const arriving<Real, 2>& in) const {
    const Real v = s.v * step_decay_ + (step_bias_ + in[1] * drive_gain_) + in[0];
    if constexpr (Soft)
      return firing_.step(s.v, s.hold, v, Real{1});
    else
      return firing_.step(s.v, s.hold, v);
  }

  // The two halves of a step, for a trainer: see differentiable_model.
  template <class X>
  void flow(state_of<Model, X>& s, const arriving<X, 2>& in) const {
    s.v = choose(s.hold > 0, s.v, s.v * step_decay_ + (step_bias_ + in[1] * drive_gain_) + in[0]);
  }
  template <class X>
  X margin(const state_of<Model, X>& s) const {
    return firing_.margin(s.v, s.hold);
  }
  template <class X>
  void settle(state_of<Model, X>& s, const X& fired) const {
    firing_.settle(s.v, s.hold, fired, X{Soft ? Real{1} : Real{0}});
  }

  void skip(state& s, ticks n) const {
    const ticks held = std::clamp(s.hold, 0, n);
    s.hold -= held;
    if (n > held) s.v = static_cast<Real>(goal_ + (s.v - goal_) * power(decay_, n - held));
  }

  ticks quiet(const state& s) const {
    const double theta = firing_.threshold();
    if (s.v >= theta) return std::max(s.hold, 0);  // started there, or was left there by a soft reset
    if (goal_ < theta) return forever;
    if (goal_ == theta) return 0;
    const double free = ticks_per_tau_ * portable_log((goal_ - s.v) / (goal_ - theta));
    const double n = s.hold + free * (1 - 1e-6) - 2;  // early by the rounding of a float trajectory
    return n > 0 ? static_cast<ticks>(std::fmin(n, 1e9)) : 0;
  }

 private:
  double decay_, goal_, ticks_per_tau_;  ///< goal: where v goes without input
  Real rest_;
  Real step_decay_, step_bias_, drive_gain_;
  firing_rule<Real> firing_;
};

}  // namespace spinule

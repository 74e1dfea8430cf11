// Leaky integrate-and-fire with an adaptive threshold, dimensionless and in discrete time.
#pragma once

#include <cmath>

#include <spinule/engine/any_model.hpp>
#include <spinule/engine/dual.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// The adaptive unit of Yin, Corradi & Bohte (ICONS 2020; Nat. Mach. Intell. 3, 2021). Each tick, with s the unit's
/// own spike of the tick before, r = exp(-dt / tau_adaptation), d = exp(-dt / tau):
///
///     a <- r a + (1 - r) s;   B = base + beta a;   m <- d m + (1 - d) input - B s;   s <- m + bias > B
struct adaptive_lif {
  milliseconds tau{20}, tau_adaptation{200};
  double base = 0.01, beta = 1.8;
  double bias = 0;

  using input = number;
  static constexpr int ports = 1;
  static constexpr bool fires_above = true;  ///< and not at the threshold

  static constexpr auto parameters = std::tuple{
      parameter{"tau", &adaptive_lif::tau, positive},
      parameter{"tau_adaptation", &adaptive_lif::tau_adaptation, positive}, parameter{"base", &adaptive_lif::base},
      parameter{"beta", &adaptive_lif::beta}, parameter{"bias", &adaptive_lif::bias}};

  template <class Real>
  struct state {
    Real m = 0;                        ///< membrane
    Real a = static_cast<Real>(0.01);  ///< adaptation; its start value is the published one
    Real s = 0;                        ///< 1 when it fired in the last tick
    static constexpr auto fields = std::tuple{field{"m", &state::m}, field{"a", &state::a}, field{"s", &state::s}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const adaptive_lif& model, milliseconds tick)
        : decay_{portable_exp(-tick.in(model.tau))},
          adaptation_decay_{portable_exp(-tick.in(model.tau_adaptation))},
          ticks_per_adaptation_{model.tau_adaptation.in(tick)},
          d_{static_cast<Real>(decay_)},
          r_{static_cast<Real>(adaptation_decay_)},
          base_{static_cast<Real>(model.base)},
          beta_{static_cast<Real>(model.beta)},
          bias_{static_cast<Real>(model.bias)} {}

    bool step(state<Real>& x, Real in) const {
      x.a = r_ * x.a + (1 - r_) * x.s;
      const Real threshold = base_ + beta_ * x.a;
      x.m = d_ * x.m + (1 - d_) * in - threshold * x.s;
      const bool fires = x.m - threshold + bias_ > 0;
      x.s = fires ? Real{1} : Real{0};
      return fires;
    }

    // The two halves of a step, for a trainer: see differentiable_model.
    template <class X>
    void flow(state<X>& x, const X& in) const {
      x.a = r_ * x.a + (1 - r_) * x.s;
      const X threshold = base_ + beta_ * x.a;
      x.m = d_ * x.m + (1 - d_) * in - threshold * through_reset(x.s);
    }
    template <class X>
    X margin(const state<X>& x) const {
      return x.m - (base_ + beta_ * x.a) + bias_;
    }
    template <class X>
    void settle(state<X>& x, const X& fired) const {
      x.s = fired;
    }

    void skip(state<Real>& x, ticks n) const {
      if (n > 0 && x.s != 0) {
        step(x, 0);
        --n;
      }
      x.a = static_cast<Real>(x.a * power(adaptation_decay_, n));
      x.m = static_cast<Real>(x.m * power(decay_, n));
    }

    /// Without input m comes no nearer to the base, to which the threshold sinks: it needs the time until beta a has
    /// sunk to what m has above the base.
    ticks quiet(const state<Real>& x) const {
      if (!(beta_ >= 0 && x.a >= 0)) return 0;
      const double above = std::fmax(x.m, Real{0}) + bias_ - base_, sinking = beta_ * x.a;
      if (above <= 0) return forever;
      if (!(above < sinking)) return 0;
      const double n = ticks_per_adaptation_ * portable_log(sinking / above) * (1 - 1e-6) - 2;  // early by rounding
      return n > 0 ? static_cast<ticks>(std::fmin(n, 1e9)) : 0;
    }

   private:
    double decay_, adaptation_decay_, ticks_per_adaptation_;
    Real d_, r_, base_, beta_, bias_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<adaptive_lif>;

}  // namespace spinule

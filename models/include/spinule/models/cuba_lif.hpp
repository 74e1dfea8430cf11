// Leaky integrate-and-fire with a synaptic current, in the steps of digital neuromorphic hardware.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// A spike at `current` adds its weight to u, one at `jump` to v. In a tick of length h,
///
///     u <- u e^(-h / tau_current) + input,   v <- v e^(-h / tau) + u h / ms + jump;
///
/// v >= threshold: fire, and v is put to reset. Through the refractory time u and v go on, only the test waits. So a
/// spike acts on v in its own tick, and a weight w brings v about w tau_current / ms in all; with ticks of 1 ms this
/// is the neuron of Loihi (Davies et al., IEEE Micro 38, 2018) and of NALSM (Ivanov & Michmizos, NeurIPS 2021).
struct cuba_lif {
  milliseconds tau{64}, tau_current{1};
  millivolts threshold{20}, reset{0};
  milliseconds refractory{2};

  using input = millivolts;
  static constexpr int ports = 2;
  static constexpr port<cuba_lif, millivolts> current{0, "current"};  ///< what v gains in the first ms
  static constexpr port<cuba_lif, millivolts> jump{1, "jump"};        ///< weight added to v at once
  static constexpr auto receptors = std::tuple{current, jump};

  static constexpr auto parameters =
      std::tuple{parameter{"tau", &cuba_lif::tau, positive}, parameter{"tau_current", &cuba_lif::tau_current, positive},
                 parameter{"threshold", &cuba_lif::threshold}, parameter{"reset", &cuba_lif::reset},
                 parameter{"refractory", &cuba_lif::refractory, not_negative}};
  void check(const std::string& where) const { check_reset(threshold, reset, where); }

  template <class Real>
  struct state {
    Real v = 0;      ///< mV
    Real u = 0;      ///< mV / ms
    ticks hold = 0;  ///< ticks left in which it is not tested
    static constexpr auto fields = std::tuple{field{"v", &state::v, millivolts{}}, field{"u", &state::u, millivolts{}},
                                              field{"hold", &state::hold}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const cuba_lif& m, milliseconds tick)
        : decay_{portable_exp(-tick.in(m.tau))},
          decay_u_{portable_exp(-tick.in(m.tau_current))},
          apart_{tick.in(m.tau_current) - tick.in(m.tau)},
          gain_{tick.value()},
          step_decay_{static_cast<Real>(decay_)},
          step_decay_u_{static_cast<Real>(decay_u_)},
          step_gain_{static_cast<Real>(gain_)},
          reset_{static_cast<Real>(m.reset.value())},
          refractory_{whole_ticks(m.refractory, tick, "refractory time")},
          firing_{m.threshold, m.reset, refractory_} {}

    bool step(state<Real>& s, const arriving<Real, 2>& in) const {
      s.u = s.u * step_decay_u_ + in[0];
      const Real v = s.v * step_decay_ + (s.u * step_gain_ + in[1]);
      const bool held = s.hold > 0;
      const bool fires = held < (v >= firing_.threshold());
      s.v = choose(fires, reset_, v);
      s.hold = s.hold - static_cast<ticks>(held) + only_if(fires, refractory_);
      return fires;
    }

    // The two halves of a step, for a trainer: see differentiable_model.
    template <class X>
    void flow(state<X>& s, const arriving<X, 2>& in) const {
      s.u = s.u * step_decay_u_ + in[0];
      s.v = s.v * step_decay_ + (s.u * step_gain_ + in[1]);
    }
    template <class X>
    X margin(const state<X>& s) const {
      return firing_.margin(s.v, s.hold);
    }
    template <class X>
    void settle(state<X>& s, const X& fired) const {
      firing_.settle(s.v, s.hold, fired, X{0});
    }

    void skip(state<Real>& s, ticks n) const {
      s.v = static_cast<Real>(s.v * power(decay_, n) + s.u * gain_ * brought(n));
      s.u = static_cast<Real>(s.u * power(decay_u_, n));
      s.hold -= std::clamp(s.hold, 0, n);
    }

    ticks quiet(const state<Real>& s) const {
      const double theta = firing_.threshold();
      const double rise = std::max<double>(s.u, 0) * gain_ * decay_u_ / (1 - decay_u_);
      const double slack = 1e-9 + 100 * std::numeric_limits<Real>::epsilon() * (std::fabs(theta) + rise);
      return std::max<double>(s.v, 0) + rise < theta - slack ? forever : std::max(s.hold, 0);
    }

   private:
    /// What u = 1 mV / ms, left alone for n ticks, has brought v by their end, but for the length of a tick: the sum
    /// of decay^(n - k) decay_u^k, k = 1 .. n, free of cancellation.
    double brought(ticks n) const {
      if (apart_ == 0) return n * power(decay_, n);
      if (apart_ > 0) return decay_u_ * power(decay_, n - 1) * portable_expm1(-n * apart_) / portable_expm1(-apart_);
      return power(decay_u_, n) * portable_expm1(n * apart_) / portable_expm1(apart_);
    }

    double decay_, decay_u_, apart_, gain_;  ///< apart: decay_u / decay = exp(-apart)
    Real step_decay_, step_decay_u_, step_gain_, reset_;
    ticks refractory_;
    firing_rule<Real> firing_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<cuba_lif>;

}  // namespace spinule

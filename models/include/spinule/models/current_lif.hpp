// Leaky integrate-and-fire, exponential synaptic currents.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/crossing.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// tau_m v' = rest - v + (tau_m / C) (i_ex + i_in + I_e + current), tau_ex i_ex' = -i_ex, tau_in i_in' = -i_in; a spike
/// adds its weight to the current of its port; v >= threshold: fire, then v is held at reset for the refractory time
/// while the currents decay on. v starts at rest.
///
/// Exact propagators on the grid (Rotter & Diesmann 1999), in the order of NEST's iaf_psc_exp: v moves with the old
/// currents, the currents decay, the tick's input is added, v is tested. A spike acts on v from the next tick on.
struct current_lif {
  milliseconds tau{10};
  picofarads capacitance{250};
  milliseconds tau_excitatory{2}, tau_inhibitory{2};
  millivolts rest{0}, threshold{15}, reset{0};
  milliseconds refractory{2};
  picoamperes bias{0};  ///< I_e

  using input = picoamperes;
  static constexpr int ports = 3;
  static constexpr double visit_cost = 650;  ///< the next crossing has to be solved for
  static constexpr port<current_lif, picoamperes> excitatory{0, "excitatory"};
  /// Weights are signed: give negative ones.
  static constexpr port<current_lif, picoamperes> inhibitory{1, "inhibitory"};
  static constexpr port<current_lif, picoamperes> current{2, "current"};  ///< a current that lasts for one tick
  static constexpr auto receptors = std::tuple{excitatory, inhibitory, current};

  static constexpr auto parameters = std::tuple{parameter{"tau", &current_lif::tau, positive},
                                                parameter{"capacitance", &current_lif::capacitance, positive},
                                                parameter{"tau_excitatory", &current_lif::tau_excitatory, positive},
                                                parameter{"tau_inhibitory", &current_lif::tau_inhibitory, positive},
                                                parameter{"rest", &current_lif::rest},
                                                parameter{"threshold", &current_lif::threshold},
                                                parameter{"reset", &current_lif::reset},
                                                parameter{"refractory", &current_lif::refractory, not_negative},
                                                parameter{"bias", &current_lif::bias}};
  void check(const std::string& where) const { check_reset(threshold, reset, where); }

  template <class Real>
  struct state {
    Real v = 0;      ///< mV
    Real i_ex = 0;   ///< pA
    Real i_in = 0;   ///< pA
    ticks hold = 0;  ///< ticks of refractoriness left
    static constexpr auto fields =
        std::tuple{field{"v", &state::v, millivolts{}}, field{"i_ex", &state::i_ex, picoamperes{}},
                   field{"i_in", &state::i_in, picoamperes{}}, field{"hold", &state::hold}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const current_lif& m, milliseconds tick)
        : tau_{m.tau},
          tau_ex_{m.tau_excitatory},
          tau_in_{m.tau_inhibitory},
          capacitance_{m.capacitance},
          exact_bias_{m.bias + m.capacitance * m.rest / m.tau},
          theta_{m.threshold},
          tick_{tick.value()},
          p22_{portable_exp(-tick.in(m.tau))},
          p11_ex_{portable_exp(-tick.in(m.tau_excitatory))},
          p11_in_{portable_exp(-tick.in(m.tau_inhibitory))},
          f22_{static_cast<Real>(p22_)},
          f21_ex_{static_cast<Real>(coupling(tick_, m.tau_excitatory))},
          f21_in_{static_cast<Real>(coupling(tick_, m.tau_inhibitory))},
          f20_{static_cast<Real>(m.tau.value() / m.capacitance.value() * (1 - p22_))},
          f11_ex_{static_cast<Real>(p11_ex_)},
          f11_in_{static_cast<Real>(p11_in_)},
          bias_{static_cast<Real>(exact_bias_.value())},
          rest_{static_cast<Real>(m.rest.value())},
          firing_{m.threshold, m.reset, whole_ticks(m.refractory, tick, "refractory time")} {}

    state<Real> start() const { return {.v = rest_}; }

    bool step(state<Real>& s, const arriving<Real, 3>& in) const {
      const Real currents = std::fma(s.i_ex, f21_ex_, std::fma(s.i_in, f21_in_, (bias_ + in[2]) * f20_));
      const Real v = std::fma(s.v, f22_, currents);
      s.i_ex = std::fma(s.i_ex, f11_ex_, in[0]);
      s.i_in = std::fma(s.i_in, f11_in_, in[1]);
      return firing_.step(s.v, s.hold, v);
    }

    // The two halves of a step, for a trainer: see differentiable_model.
    template <class X>
    void flow(state<X>& s, const arriving<X, 3>& in) const {
      using std::fma;
      const X currents = fma(s.i_ex, f21_ex_, fma(s.i_in, f21_in_, (bias_ + in[2]) * f20_));
      s.v = choose(s.hold > 0, s.v, fma(s.v, f22_, currents));
      s.i_ex = fma(s.i_ex, f11_ex_, in[0]);
      s.i_in = fma(s.i_in, f11_in_, in[1]);
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
      const ticks held = std::clamp(s.hold, 0, n);
      s.hold -= held;
      decay_currents(s, held);
      if (n == held) return;
      const double t = (n - held) * tick_;
      const double goal = exact_bias_.value() * tau_.value() / capacitance_.value();
      s.v = static_cast<Real>(goal + (s.v - goal) * power(p22_, n - held) + s.i_ex * coupling(t, tau_ex_) +
                              s.i_in * coupling(t, tau_in_));
      decay_currents(s, n - held);
    }

    /// Inhibition only delays a spike, and a longer time constant only hastens it: bound both, then solve exactly.
    ticks quiet(const state<Real>& s) const {
      state<Real> at = s;
      if (s.hold > 0) skip(at, s.hold);
      const double ex = at.i_ex, in = at.i_in;
      const milliseconds slow = in > 0 && (ex <= 0 || tau_in_ > tau_ex_) ? tau_in_ : tau_ex_;
      const double i0 = ex > 0 || in > 0 ? std::fmax(ex, 0) + std::fmax(in, 0) : 0;
      const double scale = std::fabs(theta_.value()) + std::fabs(static_cast<double>(rest_));
      const double slack = 100 * std::numeric_limits<Real>::epsilon() * scale + 1e-9;  // how far v may have rounded
      const membrane_flow flow{millivolts{at.v}, picoamperes{i0}, exact_bias_, tau_, slow, capacitance_};
      const auto crossing = next_crossing(flow, theta_ - millivolts{slack});
      if (!crossing) return forever;
      const double n = s.hold + std::ceil(crossing->value() / tick_ * (1 - 1e-6)) - 1;
      return n > 0 ? static_cast<ticks>(std::fmin(n, 1e9)) : 0;
    }

   private:
    /// P21: mV at time t for 1 pA at the start.
    double coupling(double t, milliseconds tau_s) const {
      return membrane_flow{0_mV, 1_pA, 0_pA, tau_, tau_s, capacitance_}.u(t);
    }
    void decay_currents(state<Real>& s, ticks n) const {
      s.i_ex = static_cast<Real>(s.i_ex * power(p11_ex_, n));
      s.i_in = static_cast<Real>(s.i_in * power(p11_in_, n));
    }

    milliseconds tau_, tau_ex_, tau_in_;
    picofarads capacitance_;
    picoamperes exact_bias_;  ///< and what holds v at rest
    millivolts theta_;
    double tick_, p22_, p11_ex_, p11_in_;
    Real f22_, f21_ex_, f21_in_, f20_, f11_ex_, f11_in_, bias_, rest_;
    firing_rule<Real> firing_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<current_lif>;

}  // namespace spinule

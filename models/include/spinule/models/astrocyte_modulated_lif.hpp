// Leaky integrate-and-fire with an astrocyte at its synapses: leak and gain are gated, and a slow current flows.
#pragma once

#include <cmath>
#include <string>

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/models/engine/leaky_rate.hpp>
#include <spinule/models/engine/logistic.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// An astrocyte-modulated spiking unit of our own design. That an astrocyte at the tripartite synapse be put into the
/// unit is the idea of Shen et al. (arXiv 2312.07625, 2023), whose equations are not public: this is not their unit.
///
/// Each tick h, with n the events on port `presynaptic`, s the unit's own spike of the tick before, and A the level
/// `astrocyte`, which is the activity of astrocytes outside (`rate_astrocyte`):
///
///     a <- a e^(-h / tau_astrocyte) + (n + own_spikes s) / tau_astrocyte,  G = 1 / (1 + e^(-(a + A - half) / width))
///     v <- rest + (v - rest) e^(-h (1 - leak_gating G) / tau) + (1 + gain_gating (G - neutral)) jump
///          + slow_inward h max(0, a + A - onset)
///
/// and then threshold, reset and refractory time as in `lif`, but for what v has above the threshold, of which the
/// reset leaves a share `carry`. Each of the three actions is switched off by its 0; without all of them the unit is
/// `soft_reset_lif` bit for bit, or `lif` where `carry` is 0.
struct astrocyte_modulated_lif {
  milliseconds tau{20};
  millivolts rest{0}, threshold{15}, reset{0};
  milliseconds refractory{0};
  double carry = 1;  ///< 1: soft reset, 0: hard reset
  milliseconds tau_astrocyte{500};
  double own_spikes = 0;                  ///< how much an own spike counts for a, beside 1 of an event on `presynaptic`
  kilohertz half{0.02}, width{0.005};     ///< of the gate: G is 0.5 at `half`
  double leak_gating = 0.9;               ///< 0 to 1: the time constant is tau / (1 - leak_gating G)
  double gain_gating = 0, neutral = 0.5;  ///< weights count fully where G is `neutral`
  millivolts slow_inward{0};              ///< added to v for each spike by which a exceeds `onset`
  kilohertz onset{0.02};

  using input = millivolts;
  static constexpr int ports = 3;
  static constexpr port<astrocyte_modulated_lif, millivolts> jump{0, "jump"};  ///< weight added to v, times the gain
  /// The spikes of its domain: give each of P presynaptic neurons the weight 1 / P, and a is their mean rate.
  static constexpr port<astrocyte_modulated_lif, number> presynaptic{1, "presynaptic"};
  /// A level: the activity of astrocytes outside, in kHz for each kHz that one sends where the weight is 1 kHz.
  static constexpr port<astrocyte_modulated_lif, kilohertz> astrocyte{2, "astrocyte", any_finite, takes::values};
  static constexpr auto receptors = std::tuple{jump, presynaptic, astrocyte};

  static constexpr auto parameters =
      std::tuple{parameter{"tau", &astrocyte_modulated_lif::tau, positive},
                 parameter{"rest", &astrocyte_modulated_lif::rest},
                 parameter{"threshold", &astrocyte_modulated_lif::threshold},
                 parameter{"reset", &astrocyte_modulated_lif::reset},
                 parameter{"refractory", &astrocyte_modulated_lif::refractory, not_negative},
                 parameter{"carry", &astrocyte_modulated_lif::carry, range{.low = 0, .high = 1}},
                 parameter{"tau_astrocyte", &astrocyte_modulated_lif::tau_astrocyte, positive},
                 parameter{"own_spikes", &astrocyte_modulated_lif::own_spikes, not_negative},
                 parameter{"half", &astrocyte_modulated_lif::half},
                 parameter{"width", &astrocyte_modulated_lif::width, positive},
                 parameter{"leak_gating", &astrocyte_modulated_lif::leak_gating, range{.low = 0, .high = 1}},
                 parameter{"gain_gating", &astrocyte_modulated_lif::gain_gating},
                 parameter{"neutral", &astrocyte_modulated_lif::neutral},
                 parameter{"slow_inward", &astrocyte_modulated_lif::slow_inward},
                 parameter{"onset", &astrocyte_modulated_lif::onset}};
  void check(const std::string& where) const { check_reset(threshold, reset, where); }

  template <class Real>
  struct state {
    Real v = 0;      ///< mV
    Real a = 0;      ///< kHz, activity of the unit's own domain
    Real s = 0;      ///< 1 when it fired in the last tick
    ticks hold = 0;  ///< ticks of refractoriness left
    static constexpr auto fields = std::tuple{field{"v", &state::v, millivolts{}}, field{"a", &state::a, kilohertz{}},
                                              field{"s", &state::s}, field{"hold", &state::hold}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const astrocyte_modulated_lif& m, milliseconds tick)
        : rate_{m.tau_astrocyte, tick},
          gated_rate_{m.leak_gating * tick.in(m.tau)},
          half_{m.half.value()},
          width_{m.width.value()},
          exact_decay_{portable_exp(-tick.in(m.tau))},
          rest_{static_cast<Real>(m.rest.value())},
          decay_{static_cast<Real>(exact_decay_)},
          to_rest_{static_cast<Real>(m.rest.value() * (1 - exact_decay_))},
          own_spikes_{static_cast<Real>(m.own_spikes)},
          gain_{static_cast<Real>(m.gain_gating)},
          neutral_{static_cast<Real>(m.neutral)},
          inward_{static_cast<Real>(m.slow_inward.value() * tick.value())},
          onset_{static_cast<Real>(m.onset.value())},
          carry_{static_cast<Real>(m.carry)},
          firing_{m.threshold, m.reset, whole_ticks(m.refractory, tick, "refractory time")} {}

    state<Real> start() const { return {.v = rest_}; }

    bool step(state<Real>& x, const arriving<Real, 3>& in) const {
      x.a = rate_.after(x.a, in[1] + own_spikes_ * x.s);
      const Real a = x.a + in[2];
      const double open = logistic((a - half_) / width_);
      const Real decay = decay_ * static_cast<Real>(portable_exp(gated_rate_ * open));
      const Real gain = 1 + gain_ * (static_cast<Real>(open) - neutral_);
      const Real leaked = x.v * decay + (to_rest_ + rest_ * (decay_ - decay));  // as in `lif` where nothing is gated
      const Real moved = leaked + gain * in[0] + inward_ * std::fmax(Real{0}, a - onset_);
      const bool fires = firing_.step(x.v, x.hold, moved, carry_);
      x.s = fires ? Real{1} : Real{0};
      return fires;
    }

   private:
    leaky_rate<Real> rate_;
    double gated_rate_, half_, width_, exact_decay_;
    Real rest_, decay_, to_rest_, own_spikes_, gain_, neutral_, inward_, onset_, carry_;
    firing_rule<Real> firing_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<astrocyte_modulated_lif>;

}  // namespace spinule

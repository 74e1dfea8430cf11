// Leaky integrate-and-fire, exponential synaptic conductances.
#pragma once

#include <cmath>
#include <string>

#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// C v' = -g_L (v - E_L) - g_ex (v - E_ex) - g_in (v - E_in) + I_e, tau_ex g_ex' = -g_ex, tau_in g_in' = -g_in; a spike
/// adds its weight to the conductance of its port; v >= threshold: fire, then v is held at reset for the refractory
/// time while the conductances decay on (the COBA benchmark of Brette et al. 2007; Vogels & Abbott 2005). v is
/// absolute.
///
/// Conductances are exact on the grid. v moves by the trapezoidal rule with each conductance at its mean over the tick:
/// stable for any conductance, of second order, error per tick below x^3 / 12 of the distance to go, x = tick times
/// total conductance over C (for a tick of 0.1 ms and the usual 20 ms at rest: 1e-8). In the order of `current_lif`: a
/// spike acts on v from the next tick on. Without a closed form nothing can be skipped: every tick is a sweep.
struct conductance_lif {
  picofarads capacitance{200};
  nanosiemens leak{10};
  millivolts rest{-60}, threshold{-50}, reset{-60};
  millivolts reversal_excitatory{0}, reversal_inhibitory{-80};
  milliseconds tau_excitatory{5}, tau_inhibitory{10};
  milliseconds refractory{5};
  picoamperes bias{0};  ///< I_e

  using input = nanosiemens;
  static constexpr int ports = 2;
  static constexpr port<conductance_lif, nanosiemens> excitatory{0, "excitatory", not_negative};
  static constexpr port<conductance_lif, nanosiemens> inhibitory{1, "inhibitory", not_negative};
  static constexpr auto receptors = std::tuple{excitatory, inhibitory};

  static constexpr auto parameters = std::tuple{parameter{"capacitance", &conductance_lif::capacitance, positive},
                                                parameter{"leak", &conductance_lif::leak, positive},
                                                parameter{"rest", &conductance_lif::rest},
                                                parameter{"threshold", &conductance_lif::threshold},
                                                parameter{"reset", &conductance_lif::reset},
                                                parameter{"reversal_excitatory", &conductance_lif::reversal_excitatory},
                                                parameter{"reversal_inhibitory", &conductance_lif::reversal_inhibitory},
                                                parameter{"tau_excitatory", &conductance_lif::tau_excitatory, positive},
                                                parameter{"tau_inhibitory", &conductance_lif::tau_inhibitory, positive},
                                                parameter{"refractory", &conductance_lif::refractory, not_negative},
                                                parameter{"bias", &conductance_lif::bias}};
  void check(const std::string& where) const { check_reset(threshold, reset, where); }

  template <class Real>
  struct state {
    Real v = -60;    ///< mV
    Real g_ex = 0;   ///< nS
    Real g_in = 0;   ///< nS
    ticks hold = 0;  ///< ticks of refractoriness left
    static constexpr auto fields =
        std::tuple{field{"v", &state::v, millivolts{}}, field{"g_ex", &state::g_ex, nanosiemens{}, range{0, 1e30}},
                   field{"g_in", &state::g_in, nanosiemens{}, range{0, 1e30}}, field{"hold", &state::hold}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const conductance_lif& m, milliseconds tick) : kernel{m, tick, tick.value() / m.capacitance.value()} {}

    bool step(state<Real>& s, const arriving<Real, 2>& in) const {
      const Real a = std::fma(s.g_ex, pull_ex_, std::fma(s.g_in, pull_in_, leak_));  // v' is b - a v
      const Real b = std::fma(s.g_ex, push_ex_, std::fma(s.g_in, push_in_, current_));
      const Real change = std::fma(-a, s.v, b) / std::fma(a, Real(0.5), Real(1));
      s.g_ex = std::fma(s.g_ex, decay_ex_, in[0]);
      s.g_in = std::fma(s.g_in, decay_in_, in[1]);
      return firing_.step(s.v, s.hold, s.v + change);
    }

   private:
    /// `part`: a tick over the capacitance, by which everything in v' is multiplied.
    kernel(const conductance_lif& m, milliseconds tick, double part)
        : kernel{m, tick, part, part * mean(tick.in(m.tau_excitatory)), part * mean(tick.in(m.tau_inhibitory))} {}
    kernel(const conductance_lif& m, milliseconds tick, double part, double ex, double in)
        : leak_{static_cast<Real>(part * m.leak.value())},
          current_{static_cast<Real>(part * (m.leak.value() * m.rest.value() + m.bias.value()))},
          pull_ex_{static_cast<Real>(ex)},
          pull_in_{static_cast<Real>(in)},
          push_ex_{static_cast<Real>(ex * m.reversal_excitatory.value())},
          push_in_{static_cast<Real>(in * m.reversal_inhibitory.value())},
          decay_ex_{static_cast<Real>(portable_exp(-tick.in(m.tau_excitatory)))},
          decay_in_{static_cast<Real>(portable_exp(-tick.in(m.tau_inhibitory)))},
          firing_{m.threshold, m.reset, whole_ticks(m.refractory, tick, "refractory time")} {}

    /// Mean over a tick of what decays from 1, x = tick / tau.
    static double mean(double x) { return -portable_expm1(-x) / x; }

    Real leak_, current_, pull_ex_, pull_in_, push_ex_, push_in_, decay_ex_, decay_in_;
    firing_rule<Real> firing_;
  };
};

}  // namespace spinule

// Leaky integrate-and-fire, exponential synaptic conductances.
#pragma once

#include <cmath>
#include <string>

#include <spinule/engine/any_model.hpp>
#include <spinule/math.hpp>
#include <spinule/model.hpp>
#include <spinule/models/engine/decays.hpp>
#include <spinule/models/engine/firing_rule.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// C v' = -g_L (v - E_L) - g_ex (v - E_ex) - g_in (v - E_in) + I_e, tau_ex g_ex' = -g_ex, tau_in g_in' = -g_in; a spike
/// adds its weight to the conductance of its port; v >= threshold: fire, then v is held at reset for the refractory
/// time while the conductances decay on (the COBA benchmark of Brette et al. 2007; Vogels & Abbott 2005). v starts at
/// rest, E_L. In the order of `current_lif`: a spike acts on v from the next tick on.
///
/// Conductances are exact on the grid. v is moved over a tick by the first two terms of the Magnus expansion of the
/// linear equation v' = b(t) - a(t) v (Blanes et al., Phys. Rep. 470 (2009) 151): by the integrals of a and b, and by
/// w, half the double integral over t2 < t1 of a(t2) b(t1) - a(t1) b(t2), which is what g and v have to do with each
/// other within the tick; e^-x is taken as 1 / (1 + x + x^2 / 2 + x^3 / 6). Of third order: a tick errs by less than
/// (x^4 + x^3 y) / 24 of the distance between the outermost potentials, x = tick times total conductance over C, y =
/// tick over the shorter time constant of a conductance, for x up to 3. For any conductance v stays between the
/// potentials that it is drawn to. There is no closed form, so nothing can be skipped: every tick is a sweep.
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
  static constexpr port<conductance_lif, nanosiemens> excitatory{0, "excitatory", range{0, 1e9}, takes::spikes};
  static constexpr port<conductance_lif, nanosiemens> inhibitory{1, "inhibitory", range{0, 1e9}, takes::spikes};
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
  /// Where v goes without input.
  millivolts goal() const { return rest + bias / leak; }
  void check(const std::string& where) const { check_reset(threshold, reset, where); }

  template <class Real>
  struct state {
    Real v = 0;      ///< mV
    Real g_ex = 0;   ///< nS
    Real g_in = 0;   ///< nS
    ticks hold = 0;  ///< ticks of refractoriness left
    static constexpr auto fields =
        std::tuple{field{"v", &state::v, millivolts{}}, field{"g_ex", &state::g_ex, nanosiemens{}, range{0, 1e9}},
                   field{"g_in", &state::g_in, nanosiemens{}, range{0, 1e9}}, field{"hold", &state::hold}};
  };

  template <class Real>
  class kernel {
   public:
    kernel(const conductance_lif& m, milliseconds tick)
        : kernel{m, tick, tick.value() / m.capacitance.value(), tick.in(m.tau_excitatory), tick.in(m.tau_inhibitory)} {}

    state<Real> start() const { return {.v = rest_}; }

    bool step(state<Real>& s, const arriving<Real, 2>& in) const {
      const Real a = std::fma(s.g_ex, pull_ex_, std::fma(s.g_in, pull_in_, leak_));  // v' is b - a v
      const Real b = std::fma(s.g_ex, push_ex_, std::fma(s.g_in, push_in_, current_));
      const Real w = std::fma(s.g_ex, std::fma(s.g_in, both_, lag_ex_), s.g_in * lag_in_);
      const Real n = std::fma(a, std::fma(a, Real(1. / 6), Real(0.5)), Real(1));
      const Real change = std::fma(std::fma(-a, s.v, b), n, w) / std::fma(a, n, Real(1));
      s.g_ex = std::fma(s.g_ex, decay_ex_, in[0]);
      s.g_in = std::fma(s.g_in, decay_in_, in[1]);
      return firing_.step(s.v, s.hold, s.v + change);
    }

   private:
    /// part: a tick over the capacitance, by which everything in v' is multiplied; ex, in: a tick over each tau.
    kernel(const conductance_lif& m, milliseconds tick, double part, double ex, double in)
        : leak_{static_cast<Real>(part * m.leak.value())},
          current_{static_cast<Real>(part * (m.leak.value() * m.rest.value() + m.bias.value()))},
          pull_ex_{static_cast<Real>(part * decay_integral(ex, 1))},
          pull_in_{static_cast<Real>(part * decay_integral(in, 1))},
          push_ex_{static_cast<Real>(part * decay_integral(ex, 1) * m.reversal_excitatory.value())},
          push_in_{static_cast<Real>(part * decay_integral(in, 1) * m.reversal_inhibitory.value())},
          lag_ex_{lag(part * part * m.leak.value(), m.reversal_excitatory - m.goal(), 0, ex)},
          lag_in_{lag(part * part * m.leak.value(), m.reversal_inhibitory - m.goal(), 0, in)},
          both_{lag(part * part, m.reversal_inhibitory - m.reversal_excitatory, ex, in)},
          decay_ex_{static_cast<Real>(portable_exp(-ex))},
          decay_in_{static_cast<Real>(portable_exp(-in))},
          rest_{static_cast<Real>(m.rest.value())},
          firing_{m.threshold, m.reset, whole_ticks(m.refractory, tick, "refractory time")} {}

    static Real lag(double scale, millivolts apart, double first, double second) {
      return static_cast<Real>(scale * apart.value() * decay_lag(first, second));
    }

    Real leak_, current_, pull_ex_, pull_in_, push_ex_, push_in_, lag_ex_, lag_in_, both_, decay_ex_, decay_in_, rest_;
    firing_rule<Real> firing_;
  };
};

// Compiled in the library, not where it is used.
extern template class neuron_holder<conductance_lif>;

}  // namespace spinule

// Spike-timing-dependent plasticity that a reward turns into changes of weights.
#pragma once

#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/engine/any_rule.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/math.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// Pairs of spikes change the eligibility c of a synapse, and dopamine n, of all synapses, changes the weight:
///
///     tau_c dc/dt = -c,   tau_n dn/dt = -n,   dw/dt = w_max c (n - baseline)
///
/// A spike that arrives: c <- c - a_minus y. The target fires: c <- c + a_plus x. Here x is the trace of arrivals
/// (tau_plus) and y that of the target's spikes (tau_minus). The third factor is the number of dopamine spikes in a
/// tick
/// (`network::modulate` with `factor::learning`), each of which adds 1 / tau_n to n. Between spikes nothing is
/// computed for a synapse, and the result is that of the equations. w stays within 0 .. w_max (w_max .. 0 where that is
/// negative), as it is when a spike comes to the synapse. Izhikevich, Cereb. Cortex 17 (2007), with the numbers of
/// NEST's stdp_dopamine_synapse, whose a_plus and a_minus are w_max times these.
template <class Unit>
struct dopamine_stdp {
  milliseconds tau_plus{20}, tau_minus{20};
  milliseconds tau_c{1000};  ///< of the eligibility
  milliseconds tau_n{200};   ///< of dopamine
  double a_plus = 5e-3;      ///< of the eligibility, at least 0
  double a_minus = 7.5e-3;   ///< likewise
  kilohertz baseline{0};     ///< dopamine that changes nothing
  Unit w_max{};              ///< must be given

  using weight = Unit;
  spike_trace pre() const { return {tau_plus}; }
  spike_trace post() const { return {tau_minus}; }
  milliseconds eligibility() const { return tau_c; }
  Unit lowest() const { return lowest_up_to(w_max); }
  Unit highest() const { return highest_up_to(w_max); }

  void check(const std::string& where) const {
    if (!(a_plus >= 0 && a_minus >= 0) || !std::isfinite(a_plus) || !std::isfinite(a_minus))
      throw spinule_error{where, fmt::format("a_plus = {}, a_minus = {}; both must be at least 0", a_plus, a_minus)};
    if (!(tau_n.value() > 0) || !std::isfinite(tau_n.value()))
      throw spinule_error{where, fmt::format("tau_n = {} ms; it must be positive and finite", tau_n.value())};
    if (!std::isfinite(baseline.value()))
      throw spinule_error{where, fmt::format("baseline = {} kHz; it must be finite", baseline.value())};
    check_largest_weight(w_max, where);
  }

  /// Dopamine, per ms.
  class modulation {
   public:
    modulation(const dopamine_stdp& r, milliseconds tick)
        : left_{portable_exp(-tick.in(r.tau_n))},
          jump_{1 / r.tau_n.value()},
          of_dopamine_{shrinking(1 / (1 / r.tau_c.value() + 1 / r.tau_n.value()), tick)},
          of_baseline_{r.baseline.value() * shrinking(r.tau_c.value(), tick)} {}
    double pass(double spikes) {
      const double moved = n_ * of_dopamine_ - of_baseline_;
      n_ = n_ * left_ + spikes * jump_;
      return moved;
    }

   private:
    /// The integral of exp(-s / tau) over a tick.
    static double shrinking(double tau, milliseconds tick) { return -tau * portable_expm1(-tick.value() / tau); }

    double left_, jump_, of_dopamine_, of_baseline_, n_ = 0;
  };

  template <class Real>
  class kernel {
   public:
    explicit kernel(const dopamine_stdp& r)
        : up_{static_cast<Real>(r.a_plus * r.w_max.value())}, down_{static_cast<Real>(r.a_minus * r.w_max.value())} {}
    Real on_pre(Real, Real y) const { return -down_ * y; }
    Real on_post(Real, Real x) const { return up_ * x; }

   private:
    Real up_, down_;
  };
};

// Compiled in the library, not where it is used.
extern template class rule_holder<dopamine_stdp<millivolts>>;

}  // namespace spinule

// Plasticity by the voltage of the target, as Clopath et al. have it.
#pragma once

#include <string>

#include <fmt/format.h>

#include <spinule/engine/any_rule.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/learning/voltage_stdp.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// With u the membrane potential of the target, u_plus and u_minus its low-pass filters, read `delay` later, x the
/// trace of arrivals, to which one adds 1 / tau_x, and [.]+ what is above 0:
///
///     a spike arrives:  w <- w - w_max a_ltd [u_minus - theta_minus]+
///     at all times:     dw/dt = w_max a_ltp x [u - theta_plus]+ [u_plus - theta_minus]+
///
/// A model of the library does not show the upswing of a spike: for `spike_width` from a spike on, u counts as
/// `spike_height`. With a `target`, a_ltd is multiplied by m^2 / target^2, where m is the mean of u - rest over
/// tau_long. w stays within 0 .. w_max (w_max .. 0 where that is negative). Follows the field "v" of the targets, which
/// are swept in every tick. Clopath, Buesing, Vasilaki & Gerstner, Nat. Neurosci. 13 (2010), with the numbers of NEST's
/// clopath_synapse. One of `voltage_stdp`, by which it runs.
template <class Unit>
struct clopath {
  milliseconds tau_x{15}, tau_plus{7}, tau_minus{10}, tau_long{500};
  milliseconds delay{5};  ///< whole ticks
  millivolts theta_plus{-45.3}, theta_minus{-70.6};
  double a_ltp = 8e-5;   ///< per mV^2, at least 0
  double a_ltd = 14e-5;  ///< per mV, at least 0
  millivolts target{0};  ///< of the mean depolarisation; 0: a_ltd is constant
  millivolts rest{-70.6};
  millivolts spike_height{33};
  milliseconds spike_width{2};  ///< whole ticks; 0: u is what the model says
  Unit w_max{};                 ///< must be given

  using weight = Unit;
  spike_trace pre() const { return {tau_x}; }
  spike_trace post() const { return {tau_x}; }  ///< of no use
  std::string watches() const { return "v"; }
  Unit lowest() const { return lowest_up_to(w_max); }
  Unit highest() const { return highest_up_to(w_max); }

  void check(const std::string& where) const {
    for (const milliseconds tau : {tau_plus, tau_minus})
      if (!(tau.value() > 0))
        throw spinule_error{where, fmt::format("a time constant of {} ms; all must be positive", tau.value())};
    general().check(where);
  }
  /// The same rule among all rules by voltage.
  voltage_stdp<Unit> general() const {
    return {.tau_x = tau_x,
            .a_ltp = a_ltp,
            .a_ltd = a_ltd,
            .depression = {.tau = tau_minus, .delay = delay, .theta = theta_minus},
            .potentiation = {.theta = theta_plus},
            .coincidence = {.tau = tau_plus, .delay = delay, .theta = theta_minus},
            .target = target,
            .rest = rest,
            .tau_long = tau_long,
            .spike_height = spike_height,
            .spike_width = spike_width,
            .w_max = w_max};
  }

  template <class Real>
  class kernel : public voltage_stdp<Unit>::template kernel<Real> {
   public:
    explicit kernel(const clopath& r) : voltage_stdp<Unit>::template kernel<Real>{r.general()} {}
  };
  template <class Real>
  class watcher : public voltage_stdp<Unit>::template watcher<Real> {
   public:
    watcher(const clopath& r, milliseconds tick, index_t targets)
        : voltage_stdp<Unit>::template watcher<Real>{r.general(), tick, targets} {}
  };
};

// Compiled in the library, not where it is used.
extern template class rule_holder<clopath<millivolts>>;

}  // namespace spinule

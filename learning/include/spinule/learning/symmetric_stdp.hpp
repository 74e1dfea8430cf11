// Spike-timing-dependent plasticity that asks how far apart spikes are and not which came first.
#pragma once

#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// A spike that arrives: w <- w + w_max (eta y - offset). The target fires: w <- w + w_max eta x. x and y are the
/// traces of arrivals and of the target's spikes, both with `tau`: a pair t apart adds eta exp(-|t| / tau) whichever
/// came first, and each arrival costs `offset`. w stays within 0 .. w_max (w_max .. 0 where that is negative).
///
/// With a negative w_max it is the inhibitory rule of Vogels et al., Science 334 (2011): see `inhibitory_stdp`. Among
/// neurons that inhibit each other it is anti-Hebbian: inhibition grows between those that fire together (Foldiak,
/// Biol. Cybern. 64 (1990), in traces instead of rates).
template <class Unit>
struct symmetric_stdp {
  milliseconds tau{20};
  double eta = 0.001;    ///< step of a pair, a multiple of w_max; at least 0
  double offset = 1e-4;  ///< what an arrival costs, likewise
  Unit w_max{};          ///< must be given

  using weight = Unit;
  spike_trace pre() const { return {tau}; }
  spike_trace post() const { return {tau}; }
  Unit lowest() const { return lowest_up_to(w_max); }
  Unit highest() const { return highest_up_to(w_max); }

  void check(const std::string& where) const {
    if (!(eta >= 0 && offset >= 0) || !std::isfinite(eta) || !std::isfinite(offset))
      throw spinule_error{where, fmt::format("eta = {}, offset = {}; both must be at least 0", eta, offset)};
    check_largest_weight(w_max, where);
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const symmetric_stdp& r)
        : step_{static_cast<Real>(r.eta * r.w_max.value())}, offset_{static_cast<Real>(r.offset * r.w_max.value())} {}
    Real on_pre(Real w, Real y) const { return w + step_ * y - offset_; }
    Real on_post(Real w, Real x) const { return w + step_ * x; }

   private:
    Real step_, offset_;
  };
};

/// The inhibitory rule of Vogels et al.: where both sides fire independently of each other, weights rest when the
/// target fires at `rate`, since offset = 2 tau rate eta. Onto a port of conductances w_max is positive.
template <class Unit>
symmetric_stdp<Unit> inhibitory_stdp(kilohertz rate, Unit w_max, milliseconds tau = milliseconds{20},
                                     double eta = 0.001) {
  return {.tau = tau, .eta = eta, .offset = 2 * tau.value() * rate.value() * eta, .w_max = w_max};
}

}  // namespace spinule

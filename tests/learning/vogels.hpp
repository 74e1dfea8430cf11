// A plasticity rule as a user writes one, in a file of one's own.
#pragma once

#include <string>

#include <spinule/error.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// Vogels et al., Science 334 (2011), with the numbers of NEST's vogels_sprekeler_synapse. A spike arrives: w += eta
/// w_max (y - alpha). The target fires: w += eta w_max x. Rests when the target fires at alpha / (2 tau) = 3 Hz.
template <class Unit>
struct vogels {
  milliseconds tau{20};
  double eta = 0.001, alpha = 0.12;
  Unit w_max{};  ///< negative where a negative weight inhibits

  using weight = Unit;
  spike_trace pre() const { return {.tau = tau}; }
  spike_trace post() const { return {.tau = tau}; }
  Unit lowest() const { return w_max < Unit{} ? w_max : Unit{}; }
  Unit highest() const { return w_max < Unit{} ? Unit{} : w_max; }
  void check(const std::string& where) const {
    if (!(tau.value() > 0)) throw spinule_error{where, "tau must be positive"};
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const vogels& r)
        : step_{static_cast<Real>(r.eta * r.w_max.value())}, alpha_{static_cast<Real>(r.alpha)} {}
    Real on_pre(Real w, Real y) const { return w + step_ * (y - alpha_); }
    Real on_post(Real w, Real x) const { return w + step_ * x; }

   private:
    Real step_, alpha_;
  };
};

}  // namespace spinule

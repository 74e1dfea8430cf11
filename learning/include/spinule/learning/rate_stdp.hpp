// Rules of rates, with traces of spikes for rates: Oja's and that of Bienenstock, Cooper and Munro.
#pragma once

#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// The target fires: w <- w + eta (w_max x - y w), where x and y are the traces of arrivals and of the target's own
/// earlier spikes. On average dw/dt = eta (w_max r_pre tau - w r_post tau) r_post: weights follow the correlations of
/// their inputs, and their length stays bounded. Oja, J. Math. Biol. 15 (1982). w stays within 0 .. w_max.
template <class Unit>
struct oja_stdp {
  milliseconds tau_plus{20}, tau_minus{20};  ///< of x and y
  double eta = 0.001;                        ///< at least 0
  Unit w_max{};                              ///< must be given; negative where a negative weight inhibits

  using weight = Unit;
  spike_trace pre() const { return {tau_plus}; }
  spike_trace post() const { return {tau_minus}; }
  Unit lowest() const { return lowest_up_to(w_max); }
  Unit highest() const { return highest_up_to(w_max); }

  void check(const std::string& where) const {
    if (!(eta >= 0) || !std::isfinite(eta)) throw spinule_error{where, fmt::format("eta = {}; at least 0", eta)};
    check_largest_weight(w_max, where);
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const oja_stdp& r)
        : eta_{static_cast<Real>(r.eta)}, step_{static_cast<Real>(r.eta * r.w_max.value())} {}
    Real post_amount(const std::array<Real, 1>& own) const { return eta_ * own[0]; }
    Real on_pre(Real w, Real) const { return w; }
    Real on_post(Real w, Real x, Real amount) const { return w + step_ * x - amount * w; }

   private:
    Real eta_, step_;
  };
};

/// The target fires: w <- w + w_max eta x (r - m^2 / rate), where r and m are its rate over tau_minus and over the
/// longer tau_mean: traces of its earlier spikes over their time constants. So inputs gain while the target fires more
/// than a threshold, and lose below it; the threshold slides with the square of its mean rate. Bienenstock, Cooper &
/// Munro, J. Neurosci. 2 (1982). w stays within 0 .. w_max.
template <class Unit>
struct bcm_stdp {
  milliseconds tau_plus{20}, tau_minus{50}, tau_mean{1000};  ///< of x, r and m
  double eta = 0.01;                                         ///< ms; at least 0
  kilohertz rate{0.01};                                      ///< mean rate at which the threshold is this rate
  Unit w_max{};                                              ///< must be given; negative where that inhibits

  using weight = Unit;
  spike_trace pre() const { return {tau_plus}; }
  std::array<spike_trace, 2> post() const { return {{{tau_minus}, {tau_mean}}}; }
  Unit lowest() const { return lowest_up_to(w_max); }
  Unit highest() const { return highest_up_to(w_max); }

  void check(const std::string& where) const {
    if (!(eta >= 0) || !std::isfinite(eta)) throw spinule_error{where, fmt::format("eta = {}; at least 0", eta)};
    if (!(rate.value() > 0) || !std::isfinite(rate.value()))
      throw spinule_error{where, fmt::format("rate = {} kHz; it must be positive", rate.value())};
    check_largest_weight(w_max, where);
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const bcm_stdp& r)
        : step_{static_cast<Real>(r.eta * r.w_max.value())},
          per_tau_{static_cast<Real>(1 / r.tau_minus.value())},
          per_mean_{static_cast<Real>(1 / r.tau_mean.value())},
          per_rate_{static_cast<Real>(1 / r.rate.value())} {}
    Real post_amount(const std::array<Real, 2>& own) const {
      const Real mean = own[1] * per_mean_;
      return step_ * (own[0] * per_tau_ - mean * mean * per_rate_);
    }
    Real on_pre(Real w, Real) const { return w; }
    Real on_post(Real w, Real x, Real amount) const { return w + amount * x; }

   private:
    Real step_, per_tau_, per_mean_, per_rate_;
  };
};

}  // namespace spinule

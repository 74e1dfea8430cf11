// Spike-timing-dependent plasticity whose depression an astrocyte sets.
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include <fmt/format.h>

#include <spinule/engine/any_rule.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/math.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// Traces x of the spikes that arrive and y of the target's, all of them; A is what the modulator sent, g a gain that
/// is 1 in the first tick of an episode and falls with `tau_gain`. The third factor must be given
/// (`network::modulate`).
///
///     a spike arrives:   w <- w - g A w_step y
///     the target fires:  w <- w + g eta w_step x
///
/// Of synapses that inhibit, whose w_max is negative, it is the other way round, so that A is what moves w away from 0:
///
///     a spike arrives:   w <- w + g eta w_step y
///     the target fires:  w <- w - g A w_step x
///
/// w stays within 0 .. w_max (w_max .. 0), or within -w_max .. w_max where it may take `both_signs`. Ivanov &
/// Michmizos, NeurIPS 2021 (NALSM), where eta, A and all that A follows from lose a hundredth each ms of a sample: that
/// is g.
template <class Unit>
struct astrocyte_stdp {
  milliseconds tau{10};
  double eta = 0.15;                                               ///< at least 0; A before anything is sent
  Unit w_step{0.1};                                                ///< what a trace of 1 stands for
  milliseconds tau_gain{std::numeric_limits<double>::infinity()};  ///< infinite: g stays 1
  Unit w_max{};                                                    ///< must be given
  bool both_signs = false;

  using weight = Unit;
  spike_trace pre() const { return {.tau = tau}; }
  spike_trace post() const { return {.tau = tau}; }
  Unit lowest() const { return both_signs ? -1.0 * w_max : lowest_up_to(w_max); }
  Unit highest() const { return highest_up_to(w_max); }

  void check(const std::string& where) const {
    if (!(eta >= 0) || !std::isfinite(eta))
      throw spinule_error{where, fmt::format("eta = {}; it must be at least 0", eta)};
    if (!std::isfinite(w_step.value()))
      throw spinule_error{where, fmt::format("w_step = {}; it must be finite", w_step.value())};
    if (!(tau_gain.value() > 0))
      throw spinule_error{where, fmt::format("tau_gain = {} ms; it must be positive, or infinite", tau_gain.value())};
    check_largest_weight(w_max, where);
    if (both_signs && w_max < Unit{})
      throw spinule_error{where, fmt::format("w_max = {}; of weights of both signs it is positive", w_max.value())};
  }

  /// A and g.
  class modulation {
   public:
    modulation(const astrocyte_stdp& r, milliseconds tick) : sent_{r.eta}, fade_{portable_exp(-tick.in(r.tau_gain))} {}
    void pass(double value) {
      sent_ = value;
      gain_ = next_gain_;
      next_gain_ *= fade_;
    }
    double sent() const { return sent_; }
    double gain() const { return gain_; }

   private:
    double sent_, gain_ = 1, next_gain_ = 1, fade_;
  };

  template <class Real>
  class kernel {
   public:
    explicit kernel(const astrocyte_stdp& r)
        : eta_{r.eta}, step_{(r.w_max < Unit{} ? -1 : 1) * r.w_step.value()}, inhibits_{r.w_max < Unit{}} {}
    Real pre_amount(const std::array<Real, 1>&, const modulation& m) const {
      return static_cast<Real>(step_ * m.gain() * (inhibits_ ? eta_ : m.sent()));
    }
    Real post_amount(const std::array<Real, 1>&, const modulation& m) const {
      return static_cast<Real>(step_ * m.gain() * (inhibits_ ? m.sent() : eta_));
    }
    Real on_pre(Real w, Real post, Real amount) const { return w - amount * post; }
    Real on_post(Real w, Real pre, Real amount) const { return w + amount * pre; }

   private:
    double eta_, step_;
    bool inhibits_;
  };
};

enum class nalsm_phase {
  snapshots,  ///< which make a liquid ready
  samples,    ///< in which g falls by a hundredth each ms
};
/// The rules of NALSM for synapses of excitatory units, of inhibitory ones, and of the input; |w| <= w_max.
template <class Unit>
std::array<astrocyte_stdp<Unit>, 3> nalsm_stdp(Unit w_max, nalsm_phase phase) {
  astrocyte_stdp<Unit> excitatory{.w_max = w_max};
  if (phase == nalsm_phase::samples) excitatory.tau_gain = milliseconds{-1 / portable_log(0.99)};
  auto inhibitory = excitatory, input = excitatory;
  inhibitory.w_max = -1.0 * w_max;
  input.both_signs = true;
  return {excitatory, inhibitory, input};
}

// Compiled in the library, not where it is used.
extern template class rule_holder<astrocyte_stdp<millivolts>>;

}  // namespace spinule

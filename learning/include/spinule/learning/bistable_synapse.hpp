// Synapses with two states, switched by spikes, voltages and calcium of the target.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <spinule/engine/any_rule.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/math.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// Calcium within which a change is allowed, in spikes: low < C < high.
struct calcium_window {
  double low = 0, high = 0;
};

/// The synapse of Brader, Senn & Fusi, Neural Comput. 19 (2007). X, from 0 to 1, is the variable of a synapse, v the
/// membrane potential of its target and C the target's calcium, to which each of its spikes adds 1:
///
///     tau_c dC/dt = -C
///     a spike arrives:  X <- X + a  where v > theta_v and up.low < C < up.high
///                       X <- X - b  where v <= theta_v and down.low < C < down.high
///     at all times:     dX/dt = alpha where X > theta_x, and -beta elsewhere, within 0 .. 1
///
/// and it delivers w_max where X > theta_x, w_min elsewhere. The weight that the rule keeps, and that is given, read
/// and assigned, is the variable: w_min + X (w_max - w_min); `sent` says what is delivered. So either state is stable,
/// and nothing is computed for a synapse from arrival to arrival: X cannot cross theta_x by drift. An arrival sees v as
/// the tick before left it and C without spikes of its own tick, and is delivered with the state in which it leaves the
/// synapse. Follows the field "v" of the targets, which are swept in every tick.
///
/// The defaults are the published ones, with time in ms and C in the calcium of a spike; theta_v is there 0.8 of the
/// firing threshold, which is 12 mV for the threshold of `lif`. That spikes wait for the tick and that w_min and w_max
/// may have any sign is ours.
template <class Unit>
struct bistable_synapse {
  milliseconds tau_c{60};
  millivolts theta_v{12};
  calcium_window up{3, 13}, down{3, 4};
  double a = 0.1, b = 0.1;                ///< at least 0
  kilohertz alpha{3.5e-3}, beta{3.5e-3};  ///< at least 0
  double theta_x = 0.5;                   ///< between 0 and 1
  Unit w_min{};                           ///< of the state that is depressed
  Unit w_max{};                           ///< of the other; must be given

  using weight = Unit;
  spike_trace pre() const { return {tau_c}; }   ///< of no use
  spike_trace post() const { return {tau_c}; }  ///< likewise
  std::string watches() const { return "v"; }
  Unit lowest() const { return std::min(w_min, w_max); }
  Unit highest() const { return std::max(w_min, w_max); }
  /// What a synapse delivers whose variable is this weight.
  Unit sent(Unit w) const { return Unit{kernel<double>{*this}.sent(w.value())}; }

  void check(const std::string& where) const {
    if (!(tau_c.value() > 0) || !std::isfinite(tau_c.value()))
      throw spinule_error{where, fmt::format("tau_c = {} ms; it must be positive and finite", tau_c.value())};
    if (!std::isfinite(theta_v.value())) throw spinule_error{where, fmt::format("theta_v = {} mV", theta_v.value())};
    for (const calcium_window& c : {up, down})
      if (!(c.low >= 0 && c.high > c.low) || !std::isfinite(c.high))
        throw spinule_error{where, fmt::format("calcium from {} to {}; give two finite numbers of spikes, at least 0, "
                                               "the lower one first",
                                               c.low, c.high)};
    for (const double x : {a, b, alpha.value(), beta.value()})
      if (!(x >= 0) || !std::isfinite(x))
        throw spinule_error{where, fmt::format("a = {}, b = {}, alpha = {} kHz, beta = {} kHz; all must be at least 0",
                                               a, b, alpha.value(), beta.value())};
    if (!(theta_x > 0 && theta_x < 1))
      throw spinule_error{where, fmt::format("theta_x = {}; it must lie between 0 and 1", theta_x)};
    check_largest_weight(w_max, where);
    if (w_min == w_max || !std::isfinite(w_min.value()))
      throw spinule_error{where, fmt::format("w_min = {}; it must be finite and another weight than w_max, {}",
                                             w_min.value(), w_max.value())};
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const bistable_synapse& r)
        : low_{static_cast<Real>(r.w_min.value())},
          high_{static_cast<Real>(r.w_max.value())},
          threshold_{static_cast<Real>(r.w_min.value() + r.theta_x * span(r))},
          rise_{static_cast<Real>(r.alpha.value() * span(r))},
          fall_{static_cast<Real>(-r.beta.value() * span(r))},
          sign_{span(r) < 0 ? Real{-1} : Real{1}} {}
    Real on_pre(Real w, Real jump) const { return w + jump; }
    Real on_post(Real w, Real) const { return w; }  // spikes of the target leave a synapse as it is
    Real drift(Real w, Real ms) const { return w + (is_up(w) ? rise_ : fall_) * ms; }
    Real sent(Real w) const { return is_up(w) ? high_ : low_; }

   private:
    static double span(const bistable_synapse& r) { return r.w_max.value() - r.w_min.value(); }
    bool is_up(Real w) const { return sign_ * w > sign_ * threshold_; }

    Real low_, high_, threshold_, rise_, fall_, sign_;
  };

  /// Calcium of all targets, and what an arrival of the next tick would do.
  template <class Real>
  class watcher {
   public:
    watcher(const bistable_synapse& r, milliseconds tick, index_t targets)
        : rule_{r}, left_{portable_exp(-tick.in(r.tau_c))}, calcium_(targets, 0) {}

    void step(const watched& all, std::span<Real> level) {
      for (const index_t i : all.fired) calcium_[i - all.first] += 1;
      const double range = rule_.w_max.value() - rule_.w_min.value();
      const auto rise = static_cast<Real>(rule_.a * range), fall = static_cast<Real>(-rule_.b * range);
      for (std::size_t i = 0; i < calcium_.size(); ++i) {
        const double c = calcium_[i] *= left_;
        const bool high = all.values[i] > rule_.theta_v.value();
        const calcium_window& allowed = high ? rule_.up : rule_.down;
        level[i] = allowed.low < c && c < allowed.high ? (high ? rise : fall) : Real{0};
      }
    }

   private:
    bistable_synapse rule_;
    double left_;                  ///< of calcium after a tick
    std::vector<double> calcium_;  ///< [targets] at the beginning of the next tick
  };
};

// Compiled in the library, not where it is used.
extern template class rule_holder<bistable_synapse<millivolts>>;

}  // namespace spinule

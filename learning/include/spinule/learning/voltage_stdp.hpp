// Plasticity by the voltage of the target, in general.
#pragma once

#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/engine/any_rule.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/engine/voltage_watcher.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/plasticity.hpp>

namespace spinule {

/// With u the membrane potential of the target, D, P and Q voltage gates, [f - theta]+^power of u or of a low-pass
/// filter f of it, and x the trace of arrivals, to which one adds 1 / tau_x:
///
///     a spike arrives:  w <- w - w_max a_ltd D(u)
///     at all times:     dw/dt = w_max a_ltp x P(u) Q(u)
///
/// As the models of the library do not show the upswing of a spike, u counts as `spike_height` for `spike_width` from a
/// spike on. With a `target`, a_ltd is multiplied by m^2 / target^2, where m is the mean of u - rest over tau_long. w
/// stays within 0 .. w_max (w_max .. 0 where that is negative). Follows the field "v" of the targets, which are swept
/// in every tick.
///
/// The defaults are those of `clopath`, the best-known member of the family (Clopath, Buesing, Vasilaki & Gerstner,
/// Nat. Neurosci. 13 (2010)); `two_thresholds` is another. The family itself, one gate of depression and two of
/// potentiation with powers, filters and delays of their own, is ours.
template <class Unit>
struct voltage_stdp {
  milliseconds tau_x{15};
  double a_ltp = 8e-5;   ///< per mV^(sum of both powers), at least 0
  double a_ltd = 14e-5;  ///< per mV^power, at least 0
  voltage_gate depression{.tau = milliseconds{10}, .delay = milliseconds{5}, .theta = millivolts{-70.6}};
  voltage_gate potentiation{.theta = millivolts{-45.3}};
  voltage_gate coincidence{.tau = milliseconds{7}, .delay = milliseconds{5}, .theta = millivolts{-70.6}};
  millivolts target{0};  ///< of the mean depolarisation; 0: a_ltd is constant
  millivolts rest{-70.6};
  milliseconds tau_long{500};
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
    depression.check("depression", where);
    potentiation.check("potentiation", where);
    coincidence.check("coincidence", where);
    follows().check(where);
    if (!(tau_x.value() > 0) || !std::isfinite(tau_x.value()))
      throw spinule_error{where, fmt::format("tau_x = {} ms; it must be positive and finite", tau_x.value())};
    if (!(a_ltp >= 0 && a_ltd >= 0) || !std::isfinite(a_ltp) || !std::isfinite(a_ltd))
      throw spinule_error{where, fmt::format("a_ltp = {}, a_ltd = {}; both must be at least 0", a_ltp, a_ltd)};
    check_largest_weight(w_max, where);
  }

  /// A spike that arrives takes a_ltd w_max times the level.
  template <class Real>
  class kernel {
   public:
    static constexpr bool adds = true;
    explicit kernel(const voltage_stdp& r) : down_{static_cast<Real>(r.a_ltd * r.w_max.value())} {}
    Real on_pre(Real w, Real depressing) const { return w - down_ * depressing; }
    Real on_post(Real w, Real x, Real amount) const { return w + amount * x; }

   private:
    Real down_;
  };

  template <class Real>
  class watcher : public voltage_watcher<Real> {
   public:
    watcher(const voltage_stdp& r, milliseconds tick, index_t targets)
        : voltage_watcher<Real>{r.follows(), r.a_ltp * r.w_max.value() * tick.in(r.tau_x), tick, targets} {}
  };

 private:
  voltage_gates follows() const {
    return {depression, potentiation, coincidence, target, rest, tau_long, spike_height, spike_width};
  }
};

/// The rule of Artola, Broecher & Singer (Nature 347 (1990); Artola & Singer, Trends Neurosci. 16 (1993)) in its
/// plainest form: synapses that are in use are depressed by depolarisation above `lower`, and potentiated above
/// `upper`, in proportion to both. No filters, no delays, no homeostasis: u is the membrane potential itself, and
/// `spike_height` in spikes. Steps are ours.
template <class Unit>
voltage_stdp<Unit> two_thresholds(millivolts lower, millivolts upper, Unit w_max) {
  return {
      .depression = {.theta = lower}, .potentiation = {.theta = upper}, .coincidence = {.power = 0}, .w_max = w_max};
}

// Compiled in the library, not where it is used.
extern template class rule_holder<voltage_stdp<millivolts>>;

}  // namespace spinule

// Voltage-based plasticity.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <spinule/engine/any_rule.hpp>
#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/engine/weight_bounds.hpp>
#include <spinule/math.hpp>
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
/// clopath_synapse.
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
    for (const milliseconds tau : {tau_x, tau_plus, tau_minus, tau_long})
      if (!(tau.value() > 0) || !std::isfinite(tau.value()))
        throw spinule_error{where, fmt::format("a time constant of {} ms; all must be positive", tau.value())};
    for (const milliseconds span : {delay, spike_width})
      if (!(span.value() >= 0) || !(span.value() <= 1000))
        throw spinule_error{where, fmt::format("delay = {} ms, spike_width = {} ms; both must be from 0 to 1000 ms",
                                               delay.value(), spike_width.value())};
    for (const millivolts v : {theta_plus, theta_minus, target, rest, spike_height})
      if (!std::isfinite(v.value())) throw spinule_error{where, fmt::format("a voltage of {} mV", v.value())};
    if (!(a_ltp >= 0 && a_ltd >= 0) || !std::isfinite(a_ltp) || !std::isfinite(a_ltd))
      throw spinule_error{where, fmt::format("a_ltp = {}, a_ltd = {}; both must be at least 0", a_ltp, a_ltd)};
    check_largest_weight(w_max, where);
  }

  template <class Real>
  class kernel {
   public:
    explicit kernel(const clopath& r) : down_{static_cast<Real>(r.a_ltd * r.w_max.value())} {}
    Real on_pre(Real w, Real depolarised) const { return w - down_ * depolarised; }
    Real on_post(Real w, Real x, Real amount) const { return w + amount * x; }

   private:
    Real down_;
  };

  /// The voltages of all targets.
  template <class Real>
  class watcher {
   public:
    watcher(const clopath& r, milliseconds tick, index_t targets)
        : rule_{r},
          behind_{static_cast<std::size_t>(tick_grid{tick}.whole(r.delay, "clopath delay"))},
          width_{static_cast<std::size_t>(tick_grid{tick}.whole(r.spike_width, "clopath spike_width"))},
          plus_decay_{decay(r.tau_plus, tick)},
          minus_decay_{decay(r.tau_minus, tick)},
          long_decay_{decay(r.tau_long, tick)},
          up_{static_cast<Real>(r.a_ltp * r.w_max.value() * tick.in(r.tau_x))},
          plus_((behind_ + 1) * targets),
          minus_((behind_ + 1) * targets),
          mean_(targets),
          until_(targets, 0) {}

    void step(const watched& all, std::span<Real> level, std::span<Real> amount) {
      for (const index_t i : all.fired) until_[i - all.first] = now_ + width_;
      const std::size_t n = all.values.size(), at = (now_ % (behind_ + 1)) * n;
      const std::size_t before = now_ == 0 ? at : ((now_ - 1) % (behind_ + 1)) * n;
      const std::size_t then = now_ < behind_ ? 0 : ((now_ - behind_) % (behind_ + 1)) * n;
      const auto above = [](Real u, Real theta) { return std::max(u - theta, Real{0}); };
      const auto theta_plus = static_cast<Real>(rule_.theta_plus.value()),
                 theta_minus = static_cast<Real>(rule_.theta_minus.value()),
                 height = static_cast<Real>(rule_.spike_height.value()), rest = static_cast<Real>(rule_.rest.value()),
                 target = static_cast<Real>(rule_.target.value());
      for (std::size_t i = 0; i < n; ++i) {
        const Real u = now_ < until_[i] ? height : static_cast<Real>(all.values[i]);
        const bool first = now_ == 0;
        plus_[at + i] = first ? u : u + plus_decay_ * (plus_[before + i] - u);
        minus_[at + i] = first ? u : u + minus_decay_ * (minus_[before + i] - u);
        mean_[i] = first ? u - rest : u - rest + long_decay_ * (mean_[i] - (u - rest));
        level[i] = above(minus_[then + i], theta_minus);
        if (target != 0) level[i] *= mean_[i] * mean_[i] / (target * target);
        amount[i] = up_ * above(u, theta_plus) * above(plus_[then + i], theta_minus);
      }
      ++now_;
    }

   private:
    static Real decay(milliseconds tau, milliseconds tick) { return static_cast<Real>(portable_exp(-tick.in(tau))); }

    clopath rule_;
    std::size_t behind_, width_;  ///< ticks
    Real plus_decay_, minus_decay_, long_decay_, up_;
    std::vector<Real> plus_, minus_;  ///< [ticks of the delay + 1][targets] by tick modulo their number
    std::vector<Real> mean_;          ///< [targets]
    std::vector<std::size_t> until_;  ///< [targets] the first tick after the last spike's width
    std::size_t now_ = 0;
  };
};

// Compiled in the library, not where it is used.
extern template class rule_holder<clopath<millivolts>>;

}  // namespace spinule

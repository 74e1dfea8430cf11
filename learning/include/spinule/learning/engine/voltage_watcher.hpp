// What a rule by voltage makes of the membrane potentials of its targets.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <spinule/engine/rule_hooks.hpp>
#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// [f - theta]+^power, where f is the membrane potential, low-pass filtered with `tau`, as it was `delay` before.
struct voltage_gate {
  milliseconds tau{0};    ///< 0: not filtered
  milliseconds delay{0};  ///< whole ticks, at most 1000 ms
  millivolts theta{0};
  double power = 1;  ///< at least 0; 0: the gate is 1 at all voltages

  void check(const char* which, const std::string& where) const {
    if (!(tau.value() >= 0) || !std::isfinite(tau.value()))
      throw spinule_error{where,
                          fmt::format("{}: a time constant of {} ms; it must be at least 0", which, tau.value())};
    if (!(delay.value() >= 0) || !(delay.value() <= 1000))
      throw spinule_error{where, fmt::format("{}: delay = {} ms; it must be from 0 to 1000 ms", which, delay.value())};
    if (!std::isfinite(theta.value()))
      throw spinule_error{where, fmt::format("{}: theta = {} mV", which, theta.value())};
    if (!(power >= 0) || !std::isfinite(power))
      throw spinule_error{where, fmt::format("{}: power = {}; it must be at least 0", which, power)};
  }
};

/// What such a rule follows; see `voltage_stdp`.
struct voltage_gates {
  voltage_gate depression, potentiation, coincidence;
  millivolts target, rest;
  milliseconds tau_long;
  millivolts spike_height;
  milliseconds spike_width;

  void check(const std::string& where) const {
    if (!(tau_long.value() > 0) || !std::isfinite(tau_long.value()))
      throw spinule_error{where, fmt::format("tau_long = {} ms; it must be positive and finite", tau_long.value())};
    if (!(spike_width.value() >= 0) || !(spike_width.value() <= 1000))
      throw spinule_error{where, fmt::format("spike_width = {} ms; it must be from 0 to 1000 ms", spike_width.value())};
    for (const millivolts v : {target, rest, spike_height})
      if (!std::isfinite(v.value())) throw spinule_error{where, fmt::format("a voltage of {} mV", v.value())};
  }
};

/// A gate of each of some targets.
template <class Real>
class gated_voltages {
 public:
  gated_voltages(const voltage_gate& g, milliseconds tick, index_t targets)
      : kept_{static_cast<std::size_t>(tick_grid{tick}.whole(g.delay, "delay of voltages")) + 1},
        decay_{g.tau == milliseconds{0} ? Real{0} : static_cast<Real>(portable_exp(-tick.in(g.tau)))},
        theta_{static_cast<Real>(g.theta.value())},
        power_{g.power},
        filtered_(kept_ * targets) {}

  /// The gates after tick `now`, in which the voltages were `u`; ticks come one by one from 0.
  void step(std::size_t now, std::span<const Real> u, std::span<Real> gates) {
    const std::size_t n = u.size();
    Real* at = filtered_.data() + now % kept_ * n;
    const Real* before = filtered_.data() + (now + kept_ - 1) % kept_ * n;
    const Real* then = filtered_.data() + (now < kept_ ? 0 : (now + 1) % kept_ * n);
    if (now == 0)
      std::copy(u.begin(), u.end(), at);
    else
      for (std::size_t i = 0; i < n; ++i) at[i] = u[i] + decay_ * (before[i] - u[i]);
    for (std::size_t i = 0; i < n; ++i) gates[i] = std::max(then[i] - theta_, Real{0});
    if (power_ != 1)
      for (Real& g : gates) g = raised(g);
  }

 private:
  Real raised(Real x) const {
    if (power_ == 0) return 1;
    if (power_ == 2) return x * x;
    return x > 0 ? static_cast<Real>(portable_exp(power_ * portable_log(x))) : Real{0};
  }

  std::size_t kept_;  ///< ticks
  Real decay_, theta_;
  double power_;
  std::vector<Real> filtered_;  ///< [ticks kept][targets] by tick modulo their number
};

/// The voltages of all targets.
template <class Real>
class voltage_watcher {
 public:
  /// `up`: what potentiation multiplies the gates by in a tick.
  voltage_watcher(const voltage_gates& g, double up, milliseconds tick, index_t targets)
      : width_{static_cast<std::size_t>(tick_grid{tick}.whole(g.spike_width, "spike_width"))},
        height_{static_cast<Real>(g.spike_height.value())},
        rest_{static_cast<Real>(g.rest.value())},
        target_{static_cast<Real>(g.target.value())},
        long_decay_{static_cast<Real>(portable_exp(-tick.in(g.tau_long)))},
        up_{static_cast<Real>(up)},
        depression_{g.depression, tick, targets},
        potentiation_{g.potentiation, tick, targets},
        coincidence_{g.coincidence, tick, targets},
        u_(targets),
        second_(targets),
        mean_(targets),
        until_(targets, 0) {}

  void step(const watched& all, std::span<Real> level, std::span<Real> amount) {
    for (const index_t i : all.fired) until_[i - all.first] = now_ + width_;
    for (std::size_t i = 0; i < u_.size(); ++i) u_[i] = now_ < until_[i] ? height_ : static_cast<Real>(all.values[i]);
    depression_.step(now_, u_, level);
    if (target_ != 0) adapt(level);
    potentiation_.step(now_, u_, amount);
    coincidence_.step(now_, u_, second_);
    for (std::size_t i = 0; i < u_.size(); ++i) amount[i] = up_ * amount[i] * second_[i];
    ++now_;
  }

 private:
  /// Depression grows with the square of the mean depolarisation.
  void adapt(std::span<Real> level) {
    for (std::size_t i = 0; i < u_.size(); ++i) {
      const Real u = u_[i] - rest_;
      mean_[i] = now_ == 0 ? u : u + long_decay_ * (mean_[i] - u);
      level[i] *= mean_[i] * mean_[i] / (target_ * target_);
    }
  }

  std::size_t width_;  ///< ticks
  Real height_, rest_, target_, long_decay_, up_;
  gated_voltages<Real> depression_, potentiation_, coincidence_;
  std::vector<Real> u_, second_, mean_;  ///< [targets]; of this tick, and the mean of u - rest
  std::vector<std::size_t> until_;       ///< [targets] the first tick after the last spike's width
  std::size_t now_ = 0;
};

}  // namespace spinule

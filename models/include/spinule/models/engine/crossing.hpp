// When a membrane with one exponential synaptic current next reaches its threshold, in closed form as far as it goes.
#pragma once

#include <cmath>
#include <optional>

#include <spinule/math.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// U(t) with tau_m U' = -U + (tau_m / C) (I + I_e), I = I0 exp(-t / tau_s); exact.
class membrane_flow {
 public:
  membrane_flow(millivolts u0, picoamperes i0, picoamperes i_e, milliseconds tau_m, milliseconds tau_s, picofarads c)
      : u0_{u0.value()},
        i0_{i0.value()},
        tau_m_{tau_m.value()},
        tau_s_{tau_s.value()},
        c_{c.value()},
        rest_{i_e.value() * tau_m_ / c_} {}

  double u(double t) const {
    const double decay = portable_exp(-t / tau_m_);
    return rest_ + (u0_ - rest_) * decay + i0_ * response(t);
  }
  double slope(double t) const { return i0_ * portable_exp(-t / tau_s_) / c_ - (u(t) - rest_) / tau_m_; }

  /// The time of the maximum on t > 0, if U has one there.
  std::optional<double> maximum() const {
    if (!(i0_ > 0) || !(slope(0) > 0)) return std::nullopt;
    const double above = u0_ - rest_;  // I/C = (U - rest)/tau_m at the maximum
    const double scale = c_ * (tau_m_ - tau_s_) * above + i0_ * tau_m_ * tau_s_;
    const double rise = (i0_ * tau_m_ - c_ * above) / scale, delta = (tau_m_ - tau_s_) * rise, one = 1 + delta;
    if (!(one > 0)) return std::nullopt;
    // t is log(1 + delta) / (1 / tau_s - 1 / tau_m); the quotient is free of what 1 + delta loses.
    const double t = tau_m_ * tau_s_ * rise * (one == 1 ? 1 : portable_log(one) / (one - 1));
    return t > 0 ? std::optional{t} : std::nullopt;
  }

  double rest() const { return rest_; }
  double start() const { return u0_; }
  double slowest() const { return tau_m_ > tau_s_ ? tau_m_ : tau_s_; }

 private:
  /// Response to a current of 1 pA at its start (P21 of Rotter & Diesmann 1999). The difference of the time constants
  /// is exact where they are close, and expm1 keeps what exp would lose.
  double response(double t) const {
    const double k = (tau_m_ - tau_s_) / (tau_m_ * tau_s_);
    if (k * t == 0) return t / c_ * portable_exp(-t / tau_m_);
    return k > 0 ? portable_exp(-t / tau_m_) * -portable_expm1(-k * t) / (c_ * k)
                 : portable_exp(-t / tau_s_) * portable_expm1(k * t) / (c_ * k);
  }

  double u0_, i0_, tau_m_, tau_s_, c_, rest_;
};

/// The first time at which the flow reaches `threshold`, or none: an exact test followed by a safe root search.
///
/// With I0 > 0 the flow rises to one maximum and is concave on the way there, so Newton's method from t = 0 never
/// oversteps; otherwise it crosses at most once, on its way to rest.
inline std::optional<milliseconds> next_crossing(const membrane_flow& flow, millivolts threshold) {
  const double theta = threshold.value();
  if (flow.start() >= theta) return milliseconds{0};
  if (const auto peak = flow.maximum()) {
    if (flow.u(*peak) < theta) return std::nullopt;
    double t = 0;
    for (int i = 0; i < 60; ++i) {
      const double slope = flow.slope(t), step = (theta - flow.u(t)) / slope;
      if (!(slope > 0) || !(step > 1e-16 * (t + step))) break;
      t += step;
    }
    return milliseconds{t < *peak ? t : *peak};
  }
  if (!(flow.rest() > theta)) return std::nullopt;
  double low = 0, high = flow.slowest();
  while (flow.u(high) < theta) low = high, high *= 2;
  for (int i = 0; i < 100 && low < high; ++i) {
    const double middle = 0.5 * (low + high);
    (flow.u(middle) < theta ? low : high) = middle;
  }
  return milliseconds{high};
}

}  // namespace spinule

// Integrals over a tick of what decays exponentially; rates are per tick.
#pragma once

#include <spinule/math.hpp>

namespace spinule {

/// Integral from 0 to t, in ticks, of e^(-rate t).
inline double decay_integral(double rate, double t) { return rate * t == 0 ? t : -portable_expm1(-rate * t) / rate; }

/// Half the double integral over 0 < t2 < t1 < 1 of f(t2) g(t1) - f(t1) g(t2), where f and g decay from 1: how much
/// more of f comes before g than after it. By the quadrature of Gauss and Legendre with 5 points, since digits cancel
/// in the closed form.
inline double decay_lag(double f, double g) {
  constexpr double points[][2] = {{0.046910077030668, 0.118463442528095},
                                  {0.230765344947158, 0.239314335249683},
                                  {0.5, 0.284444444444444},
                                  {0.769234655052842, 0.239314335249683},
                                  {0.953089922969332, 0.118463442528095}};
  double sum = 0;
  for (const auto& [t, weight] : points)
    sum += weight * (portable_exp(-g * t) * decay_integral(f, t) - portable_exp(-f * t) * decay_integral(g, t));
  return sum / 2;
}

}  // namespace spinule

// Fixed steps of the classical Runge-Kutta method: the same bits on every compiler, unlike adaptive ones of libraries.
#pragma once

#include <array>
#include <cstddef>

namespace spinule {

/// One step of fourth order of y' = slope(y), h long.
template <std::size_t N, class Slope>
inline std::array<double, N> runge_kutta_step(const std::array<double, N>& y, double h, const Slope& slope) {
  const auto moved = [&](const std::array<double, N>& k, double by) {
    auto z = y;
    for (std::size_t i = 0; i < N; ++i) z[i] += by * k[i];
    return z;
  };
  const auto k1 = slope(y), k2 = slope(moved(k1, h / 2)), k3 = slope(moved(k2, h / 2)), k4 = slope(moved(k3, h));
  auto next = y;
  for (std::size_t i = 0; i < N; ++i) next[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  return next;
}

}  // namespace spinule

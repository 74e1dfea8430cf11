#include "motif_math.hpp"

#include <bit>
#include <cmath>
#include <cstdint>

#include <spinule/engine/instruction_sets.hpp>

namespace spinule::learning {
namespace {

/// 2^n f with f in [-ln 2 / 2, ln 2 / 2], a Taylor polynomial: of x in [-87, 87].
[[gnu::always_inline]] inline float quick_exp(float x) {
  constexpr float to_whole = 12582912.0f;  // 1.5 * 2^23: what is added to it is rounded to a whole number
  const float n = (x * 1.44269504f + to_whole) - to_whole;
  const float f = x - n * 0.693147181f;
  const float p = 1 + f * (1 + f * (0.5f + f * (1 / 6.0f + f * (1 / 24.0f + f * (1 / 120.0f)))));
  return std::bit_cast<float>(std::bit_cast<std::int32_t>(p) + (static_cast<std::int32_t>(n) << 23));
}

/// `low` also where x is no number.
[[gnu::always_inline]] inline float within(float x, float low, float high) {
  x = x > low ? x : low;
  return x < high ? x : high;
}

}  // namespace

SPINULE_CLONES void add(float* y, const float* x, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) y[i] += x[i];
}

SPINULE_CLONES void multiply(float* y, const float* x, std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) y[i] *= x[i];
}

SPINULE_CLONES void sigmoids(float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] = 1 / (1 + quick_exp(within(-x[i], -87.0f, 87.0f)));
}

SPINULE_CLONES void exponentials(float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) x[i] = quick_exp(within(x[i], -87.0f, 0.0f));
}

SPINULE_CLONES void adam(const adam_step& s, float* w, float* mean, float* square, const float* gradient,
                         std::size_t n) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) {
    const float g = s.scale * gradient[i] + s.penalty * w[i];
    mean[i] = 0.9f * mean[i] + 0.1f * g;
    square[i] = 0.999f * square[i] + 0.001f * (g * g);
    w[i] -= s.rate * mean[i] / (std::sqrt(square[i]) + 1e-8f);
  }
}

}  // namespace spinule::learning

#include "column_converter.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include <spinule/engine/instruction_sets.hpp>

namespace spinule {
namespace {

// To the nearest whole number, ties to even: two additions, which vectorise on every machine. Numbers too large for it
// have no fraction worth rounding.
template <class Real>
[[gnu::always_inline]] inline Real nearest(Real x) {
  constexpr Real shift = std::is_same_v<Real, float> ? Real{0x1.8p23f} : Real{0x1.8p52};
  return std::abs(x) < shift / 4 ? (x + shift) - shift : x;
}

template <class Real>
[[gnu::always_inline]] inline Real within(Real x, Real least, Real most) {
  const Real above = x < least ? least : x;
  return most < above ? most : above;
}

// Sums on their way; two short loops over some of them, each of which is vectorised, beat one long loop.
constexpr std::uint32_t at_a_time = 256;
template <class Real>
using some_sums = std::array<Real, at_a_time>;

template <bool Noisy, class Real, class Cell>
[[gnu::always_inline]] inline void take(const Cell* sums, column_noise noise, std::uint32_t n, some_sums<Real>& x) {
  for (std::uint32_t j = 0; j < n; ++j) {
    x[j] = static_cast<Real>(sums[j]);
    if constexpr (Noisy) x[j] += static_cast<Real>(__builtin_sqrtf(noise.variance[j]) * noise.normal[j]);
  }
}

/// Codes of n <= at_a_time sums.
template <bool Counts, class Real>
[[gnu::always_inline]] inline void to_codes(some_sums<Real>& x, std::uint32_t n, const column_converter& adc,
                                            converted& gave) {
  const auto per_step = static_cast<Real>(adc.per_step);
  const auto bottom = static_cast<Real>(adc.bottom), top = static_cast<Real>(adc.top);
  std::uint32_t clipped = 0;
  for (std::uint32_t j = 0; j < n; ++j) {
    const Real code = nearest(within(x[j] * per_step, bottom - 1, top + 1)), kept = within(code, bottom, top);
    clipped += code != kept ? 1 : 0;
    x[j] = kept;
  }
  gave.clipped += clipped;
  if constexpr (Counts)
    for (std::uint32_t j = 0; j < n; ++j) {
      const auto size = static_cast<std::uint32_t>(std::abs(x[j]));
      gave.codes += size;
      gave.longest = std::max(gave.longest, size);
    }
}

/// Adds n sums, each times `step` and `gain`, in whole quanta.
template <class Real>
[[gnu::always_inline]] inline void add_quanta(some_sums<Real>& x, std::uint32_t n, Real step, Real gain,
                                              std::int32_t* __restrict out) {
  constexpr Real most = std::is_same_v<Real, float> ? Real{0x1.fffffep30f} : Real{0x1p31 - 1};
  for (std::uint32_t j = 0; j < n; ++j) {
    const Real whole = nearest(x[j] * step * gain);
    x[j] = std::abs(whole) <= most ? whole : std::copysign(most, whole);
  }
  for (std::uint32_t j = 0; j < n; ++j) out[j] = saturating_sum(out[j], static_cast<std::int32_t>(x[j]));
}

template <class Real, bool Noisy, bool Converts, bool Counts, class Cell>
[[gnu::always_inline]] inline converted convert(const Cell* sums, column_noise noise, std::uint32_t n,
                                                const column_converter& adc, std::int32_t* out) {
  converted gave;
  some_sums<Real> x;
  for (; n > 0; sums += at_a_time, out += at_a_time) {
    const std::uint32_t some = std::min(at_a_time, n);
    take<Noisy>(sums, noise, some, x);
    if constexpr (Converts) to_codes<Counts>(x, some, adc, gave);
    add_quanta(x, some, Converts ? static_cast<Real>(adc.step) : Real{1}, static_cast<Real>(adc.gain), out);
    n -= some;
    if constexpr (Noisy) noise.variance += some, noise.normal += some;
  }
  return gave;
}

template <class Real, bool Noisy, class Cell>
[[gnu::always_inline]] inline converted convert(const Cell* sums, column_noise noise, std::uint32_t n,
                                                const column_converter& adc, std::int32_t* out) {
  if (!adc.converts) return convert<Real, Noisy, false, false>(sums, noise, n, adc, out);
  return adc.counts ? convert<Real, Noisy, true, true>(sums, noise, n, adc, out)
                    : convert<Real, Noisy, true, false>(sums, noise, n, adc, out);
}

template <class Real, class Cell>
[[gnu::always_inline]] inline converted convert(const Cell* sums, column_noise noise, std::uint32_t n,
                                                const column_converter& adc, std::int32_t* out) {
  return noise.variance != nullptr ? convert<Real, true>(sums, noise, n, adc, out)
                                   : convert<Real, false>(sums, noise, n, adc, out);
}

}  // namespace

SPINULE_CLONES converted to_quanta(const float* sums, column_noise noise, std::uint32_t n, const column_converter& adc,
                                   std::int32_t* out) {
  return adc.in_float ? convert<float>(sums, noise, n, adc, out) : convert<double>(sums, noise, n, adc, out);
}

SPINULE_CLONES converted to_quanta(const std::int32_t* sums, column_noise noise, std::uint32_t n,
                                   const column_converter& adc, std::int32_t* out) {
  if (noise.variance != nullptr || adc.converts) return convert<double>(sums, noise, n, adc, out);
  for (std::uint32_t j = 0; j < n; ++j) out[j] += sums[j];
  return {};
}

}  // namespace spinule

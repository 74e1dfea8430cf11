#include "column_converter.hpp"

#include <algorithm>
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

[[gnu::always_inline]] inline std::int32_t saturating_sum(std::int32_t a, std::int32_t b) {
  const auto sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
  const std::int32_t overflow = (a ^ sum) & (b ^ sum), limit = std::numeric_limits<std::int32_t>::max() + (a < 0);
  return overflow < 0 ? limit : sum;
}

template <class Real>
[[gnu::always_inline]] inline Real within(Real x, Real least, Real most) {
  const Real above = x < least ? least : x;
  return most < above ? most : above;
}

template <class Real, bool Noisy, bool Converts, bool Counts, class Cell>
[[gnu::always_inline]] inline converted convert(const Cell* sums, column_noise noise, std::uint32_t n,
                                                const column_converter& adc, std::int32_t* __restrict out) {
  const auto step = static_cast<Real>(adc.step), per_step = static_cast<Real>(adc.per_step);
  const auto bottom = static_cast<Real>(adc.bottom), top = static_cast<Real>(adc.top);
  const auto gain = static_cast<Real>(adc.gain);
  constexpr Real most = std::is_same_v<Real, float> ? Real{0x1.fffffep30f} : Real{0x1p31 - 1};
  std::uint32_t clipped = 0;
  [[maybe_unused]] std::uint64_t codes = 0;
  [[maybe_unused]] std::uint32_t longest = 0;
  for (std::uint32_t j = 0; j < n; ++j) {
    auto x = static_cast<Real>(sums[j]);
    if constexpr (Noisy) x += static_cast<Real>(__builtin_sqrtf(noise.variance[j]) * noise.normal[j]);
    if constexpr (Converts) {
      const Real code = nearest(within(x * per_step, bottom - 1, top + 1));
      clipped += (code > top) | (code < bottom);
      const Real kept = within(code, bottom, top);
      if constexpr (Counts) {
        const auto size = static_cast<std::uint32_t>(std::abs(kept));
        codes += size;
        longest = std::max(longest, size);
      }
      x = kept * step;
    }
    x *= gain;
    out[j] = saturating_sum(out[j], static_cast<std::int32_t>(nearest(within(x, -most, most))));
  }
  return {clipped, codes, longest};
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

#include <spinule/time.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>

namespace spinule {

/// The first convergent of the continued fraction that is the tick but for its rounding.
tick_grid::tick_grid(milliseconds tick) : tick_{tick} {
  const double us = tick.value() * 1e3;
  std::int64_t p = 1, q = 0;
  double x = us;
  numerator_ = static_cast<std::int64_t>(std::floor(x));
  const auto differs = [&] {
    const auto d = static_cast<double>(denominator_);
    return std::fabs(static_cast<double>(numerator_) / d - us) > 1e-15 * us;
  };
  while (differs() && x != std::floor(x)) {
    x = 1 / (x - std::floor(x));
    const double term = std::floor(x);
    if ((term + 1) * (term + 1) * static_cast<double>(numerator_) * static_cast<double>(denominator_) > 0x1p56) break;
    const auto n = static_cast<std::int64_t>(term);
    p = std::exchange(numerator_, n * numerator_ + p);
    q = std::exchange(denominator_, n * denominator_ + q);
  }
}

double tick_grid::count(milliseconds time) const {
  const double scale = 1e3 * static_cast<double>(denominator_), whole = static_cast<double>(numerator_);
  const double product = time.value() * scale, quotient = product / whole;
  if (!(std::fabs(quotient) < 0x1p53)) return quotient;
  const double lost = std::fma(time.value(), scale, -product);  // by rounding
  const double nearest = std::nearbyint(quotient);
  const double rest = (std::fma(-nearest, whole, product) + lost) / whole;
  return std::fabs(rest) <= std::fmax(1e-6, std::fabs(nearest) * 0x1p-50) ? nearest : nearest + rest;
}

moment tick_grid::containing(milliseconds time) const { return static_cast<moment>(std::floor(count(time))); }

moment tick_grid::first_from(milliseconds time) const {
  return static_cast<moment>(std::clamp(std::ceil(count(time)), -0x1p62, 0x1p62));
}

ticks tick_grid::whole(milliseconds span, const std::string& where) const {
  const double exact = count(span);
  if (exact < 0)
    throw spinule_error{
        where,
        fmt::format("{} ms is negative, which no delay or other span of time can be; give 0 or more", span.value())};
  if (!(exact <= 0x7fffffff))
    throw spinule_error{where, fmt::format("{} ms is not a span of time between 0 and 2^31 ticks of {} ms",
                                           span.value(), tick_.value())};
  const double below = std::floor(exact);
  if (below != exact)
    throw spinule_error{
        where, fmt::format("{} ms is not a whole number of ticks of {} ms; give {:.12g} ms or {:.12g} ms, or a "
                           "tick that divides it",
                           span.value(), tick_.value(), below * tick_.value(), (below + 1) * tick_.value())};
  return static_cast<ticks>(exact);
}

tick_grid::microseconds tick_grid::of_microsecond(std::int64_t us, bool nearest) const {
  // In units of which a tick, half a tick and a microsecond are whole numbers.
  const std::int64_t tick = 2 * numerator_, one_us = 2 * denominator_, early = nearest ? numerator_ : 0;
  const std::int64_t into = us % tick * one_us + early, past = into % tick;
  return {us / tick * one_us + into / tick, us - past / one_us, us + (tick - 1 - past) / one_us};
}

ticks whole_ticks(milliseconds span, milliseconds tick, const std::string& where) {
  return tick_grid{tick}.whole(span, where);
}

void check_window(milliseconds start, milliseconds stop, const std::string& where) {
  if (!(start <= stop))
    throw spinule_error{where, fmt::format("starts at {} ms and stops at {} ms; give a stop that is not earlier",
                                           start.value(), stop.value())};
}

}  // namespace spinule

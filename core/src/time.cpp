#include <spinule/time.hpp>

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {

ticks whole_ticks(milliseconds span, milliseconds tick, const std::string& where) {
  const double exact = span.in(tick);
  if (exact < 0)
    throw error{where, fmt::format("{} ms is negative, which no delay or other span of time can be; give 0 or more",
                                   span.value())};
  if (!(exact >= 0) || exact > 0x7fffffff)
    throw error{where, fmt::format("{} ms is not a span of time between 0 and 2^31 ticks of {} ms", span.value(),
                                   tick.value())};
  const auto whole = static_cast<ticks>(std::lround(exact));
  if (whole == 0 && exact > 0)
    throw error{where, fmt::format("{} ms is shorter than one tick ({} ms): use a shorter tick, or 0", span.value(),
                                   tick.value())};
  return whole;
}

}  // namespace spinule

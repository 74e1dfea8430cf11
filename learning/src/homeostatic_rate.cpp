#include <spinule/learning/homeostatic_rate.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule::learning {

homeostatic_rate::homeostatic_rate(const options& how) : how_{how} {
  if (!(how.lowest > 0 && how.lowest <= how.highest) || !std::isfinite(how.highest))
    throw spinule_error{"homeostatic_rate", fmt::format("rates from {} to {} must be positive, finite and in order",
                                                        how.lowest, how.highest)};
  if (!(how.pace > 0 && how.pace <= 1))
    throw spinule_error{"homeostatic_rate", fmt::format("pace {} must be above 0 and at most 1", how.pace)};
}

double homeostatic_rate::rate() const {
  return how_.lowest * portable_exp(std::min(1.0, 2 * need_) * portable_log(how_.highest / how_.lowest));
}

void homeostatic_rate::observe(bool error) { need_ += how_.pace * ((error ? 1 : 0) - need_); }

}  // namespace spinule::learning

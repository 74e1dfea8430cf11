// Bounds of weights that lie between 0 and the largest one.
#pragma once

#include <cmath>
#include <string>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {

/// Of 0 .. w_max, or of w_max .. 0 where w_max is negative, for inhibition.
template <class Unit>
Unit lowest_up_to(Unit w_max) {
  return w_max < Unit{} ? w_max : Unit{};
}
template <class Unit>
Unit highest_up_to(Unit w_max) {
  return w_max < Unit{} ? Unit{} : w_max;
}

/// Throws `spinule_error` for a w_max that was not given or is not finite.
template <class Unit>
void check_largest_weight(Unit w_max, const std::string& where) {
  if (w_max == Unit{} || !std::isfinite(w_max.value()))
    throw spinule_error{
        where, fmt::format("w_max = {}; give the largest weight, positive, or negative for inhibition", w_max.value())};
}

}  // namespace spinule

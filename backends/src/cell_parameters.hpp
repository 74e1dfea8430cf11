// Checks that the models of cells share.
#pragma once

#include <cmath>
#include <initializer_list>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {

struct cell_parameter {
  const char* name;
  double value;
  bool above_zero;
};

/// Throws `spinule_error{model, ...}` for the first that is not finite, or not above 0 where it must be.
inline void refuse_unless(const char* model, std::initializer_list<cell_parameter> all) {
  for (const auto& [name, value, above_zero] : all) {
    if (std::isfinite(value) && (!above_zero || value > 0)) continue;
    throw spinule_error{
        model, fmt::format("{} is {:g}; it must be {}", name, value, above_zero ? "more than 0" : "a finite number")};
  }
}

}  // namespace spinule

// What weights may be.
#pragma once

#include <algorithm>
#include <limits>

namespace spinule {

/// In the unit of the target port; both ends belong to it.
struct weight_range {
  double lowest = -std::numeric_limits<double>::infinity(), highest = std::numeric_limits<double>::infinity();

  bool operator==(const weight_range&) const = default;
  /// What lies in both.
  weight_range operator&(const weight_range& other) const {
    return {std::max(lowest, other.lowest), std::min(highest, other.highest)};
  }
};

}  // namespace spinule

// The logistic function from portable operations.
#pragma once

#include <spinule/math.hpp>

namespace spinule {

/// 1 / (1 + e^-x), in [0, 1] for every x.
inline double logistic(double x) {
  if (x >= 0) return 1 / (1 + portable_exp(-x));
  const double e = portable_exp(x);
  return e / (1 + e);
}

}  // namespace spinule

#include <spinule/math.hpp>

#include <cmath>

#include "series.hpp"

namespace spinule {

double portable_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact
  if (m < 0.70710678118654752440) {
    m *= 2;
    --exponent;
  }
  return log_of_parts(m, exponent);
}

double log_miss(double p) {
  const double rest = 1 - p;
  return rest < 1 ? portable_log(rest) : -p;
}

double portable_exp(double x) {
  if (x < -700) return 0;
  const double n = std::nearbyint(x * 1.44269504088896340736);
  const double r = (x - n * ln2_high) - n * ln2_low;
  double series = 0;
  for (int k = 14; k >= 1; --k) series = (series + 1) * r / k;
  return std::ldexp(1 + series, static_cast<int>(n));
}

double portable_expm1(double x) {
  if (x < -0.3 || x > 0.3) return portable_exp(x) - 1;
  double series = 0;
  for (int k = 14; k >= 2; --k) series = (series + 1) * x / k;
  return x + x * series;
}

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return central_quantile(q);
  const double root = std::sqrt(-portable_log(q < 0 ? p : 1 - p));
  const double x = root <= 5 ? near_tail_quantile(root) : far_tail_quantile(root);
  return q < 0 ? -x : x;
}

}  // namespace spinule

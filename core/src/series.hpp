// What `math.cpp` works out for one number and `batch.cpp` for many: the same operations in the same order, so the same
// bits. Inlined everywhere, so that the loops over many are vectorised.
#pragma once

namespace spinule {

/// ln 2 in two parts; multiples of the first up to 2^11 are exact.
inline constexpr double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;

/// By Horner's rule; the coefficient of the highest power comes first.
template <class... Rest>
[[gnu::always_inline]] inline double polynomial(double x, double highest, Rest... rest) {
  double sum = highest;
  ((sum = sum * x + rest), ...);
  return sum;
}

/// log(m * 2^exponent) for m in [sqrt(1/2), sqrt(2)): ln m = 2 artanh s, s = (m - 1) / (m + 1), to the term s^21.
[[gnu::always_inline]] inline double log_of_parts(double m, double exponent) {
  const double s = (m - 1) / (m + 1), s2 = s * s;
  const double series = s2 * polynomial(s2, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                                        1.0 / 7, 1.0 / 5, 1.0 / 3);
  return exponent * ln2_high + (2 * s + (2 * s * series + exponent * ln2_low));
}

/// Algorithm AS 241 (Wichura, Appl. Stat. 37, 1988): the normal quantile of 0.5 + q, where |q| <= 0.425.
[[gnu::always_inline]] inline double central_quantile(double q) {
  const double r = 0.180625 - q * q;
  return q *
         polynomial(r, 2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
                    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608) /
         polynomial(r, 5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
                    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0);
}

/// The same of a tail of probability p, as a distance from 0, where root = sqrt(-ln p) <= 5.
[[gnu::always_inline]] inline double near_tail_quantile(double root) {
  const double r = root - 1.6;
  return polynomial(r, 7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
                    1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
                    1.42343711074968357734) /
         polynomial(r, 1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
                    0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0);
}

/// The same, where root > 5.
inline double far_tail_quantile(double root) {
  const double r = root - 5;
  return polynomial(r, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
                    0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
                    6.6579046435011037772) /
         polynomial(r, 2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
                    7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769,
                    1.0);
}

}  // namespace spinule

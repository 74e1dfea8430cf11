#pragma once

#include <span>

#include <spinule/random.hpp>

namespace spinule {

/// Normal numbers by the hundred, for noise: 16 bits each, two to a draw. Each takes one of 65536 equally likely
/// values, the quantiles of the standard normal law at (k + 1/2) / 65536, so it stays within 4.33 standard deviations;
/// the quantiles between 4096 knots are interpolated, the outer 0.8 % on each side are exact.
void fill_normals(random_stream& random, std::span<float> out);

}  // namespace spinule

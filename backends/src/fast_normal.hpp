#pragma once

#include <span>

#include <spinule/random.hpp>

namespace spinule {

/// Normal numbers by the hundred, for noise: 16 bits each, two to a draw. Each takes one of 65536 equally likely
/// values, symmetric about 0, within 4e-5 of the quantiles of the standard normal law at (k + 1/2) / 65536, so it stays
/// within 4.33 standard deviations. The same bits on every instruction set.
/// Beyond all that `fill_normals` gives: its farthest tail has a probability of 2^-17.
constexpr float largest_normal = 4.4f;

void fill_normals(random_stream& random, std::span<float> out);

}  // namespace spinule

#pragma once

#include <span>

#include <spinule/random.hpp>

namespace spinule {

/// Normal numbers by the hundred, for noise: 16 bits each, two to a draw. Each takes one of 65536 equally likely
/// values, symmetric about 0, within 4e-5 of the quantiles of the standard normal law at (k + 1/2) / 65536, so it stays
/// within 4.33 standard deviations. The same bits on every instruction set.
void fill_normals(random_stream& random, std::span<float> out);

}  // namespace spinule

// Full scale of the converters of one projection.
#pragma once

#include <spinule/engine/connectivity.hpp>

#include "programmed_tiles.hpp"
#include "weight_cells.hpp"

namespace spinule {

/// In quanta, as `adc.range` says, of a sum that is expected to reach `expected`, where a cell gives at most
/// `fully_on`.
double full_scale_of(const hardware& hw, double expected, double fully_on);

/// Of every slice of the placed tiles; what is expected is the largest, over all pairs, of |mean| + k standard
/// deviations of a sum, each row being active with the expected probability.
void scale_converters(programmed_tiles& tiles, const hardware& hw, const connectivity& c, const weight_cells& weights,
                      double largest);

/// Standard deviations of a sum of an array that one pulse of `voltage` has formed at random, whose pairs are symmetric
/// around 0; in quanta.
double expected_random_sum(const programmed_tiles& tiles, const adc_constants& adc, const device& cell, double voltage);

}  // namespace spinule

// Features are brought to a common scale before they are weighed.
#pragma once

#include <spinule/engine/readout_parameters.hpp>
#include <spinule/learning/engine/feature_table.hpp>

namespace spinule::learning {

using feature_scaling = spinule::feature_scaling;
using scaling = spinule::scaling;

/// Mean and population standard deviation over all samples of `table`, which has passed `check`.
/// Throws `spinule_error` when a root is asked of a negative feature.
feature_scaling measure_scaling(const feature_table& table, scaling kind, double least_deviation = 0);

}  // namespace spinule::learning

// Features are brought to a common scale before they are weighed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/learning/engine/feature_table.hpp>

namespace spinule::learning {

/// What is done to a feature x before it is weighed. Values are part of the model file format: never renumber.
enum class scaling : std::uint32_t {
  none = 0,              ///< x
  standardise = 1,       ///< (x - mean) / deviation
  root_standardise = 2,  ///< the same of sqrt(x): a Poisson count gets the same noise whatever its mean; x >= 0
};

/// z = gain * (t(x) - mean), t being the identity or the square root, feature by feature.
struct feature_scaling {
  scaling kind = scaling::none;
  std::vector<float> mean;  ///< [features]
  std::vector<float> gain;  ///< [features] 1 / standard deviation; 0 for a feature that never varied

  /// `z` and `x` are [features].
  void apply(std::span<const float> x, std::span<float> z) const;
};

/// Mean and population standard deviation over all samples of `table`, which has passed `check`.
/// Throws `spinule_error` when a root is asked of a negative feature.
feature_scaling measure_scaling(const feature_table& table, scaling kind, double least_deviation = 0);

}  // namespace spinule::learning

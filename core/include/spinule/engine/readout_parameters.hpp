// A linear readout as numbers: what trainers learn, files hold and classifiers weigh features with.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace spinule {

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

/// Scores y_c = bias_c + sum_f weights_cf z_f of the scaled features z; the largest names the class.
struct readout_parameters {
  std::uint32_t classes = 0;
  feature_scaling scaling;
  std::vector<float> weights;  ///< [classes x features], row by row
  std::vector<float> bias;     ///< [classes]

  /// Throws `spinule_error` when sizes disagree or a number is not finite.
  void check() const;
  /// [classes]; `x` [features]. Summed in double, feature by feature: the same bits everywhere. Throws `spinule_error`
  /// when `x` has another size.
  std::vector<double> scores(std::span<const float> x) const;
};

}  // namespace spinule

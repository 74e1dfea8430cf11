// Linear readout: which class do these counts belong to?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/learning/engine/feature_scaling.hpp>
#include <spinule/learning/engine/feature_table.hpp>

namespace spinule::learning {

struct readout_options {
  double penalty = 1e-3;  ///< on half the squared norm of the weights, beside the mean loss per sample in nats; >= 0
  int iterations = 500;
  double tolerance = 1e-5;  ///< of the largest derivative of the loss
  spinule::scaling scaling = spinule::scaling::standardise;
  /// A feature that varies less is divided by this: one that hardly ever moved must not shout when it does.
  double least_deviation = 0;
  unsigned threads = 1;  ///< changes the time taken and no bit of the result; 0 is taken for 1
};

/// Everything a readout is, to be stored and rebuilt.
using readout_parameters = spinule::readout_parameters;

/// The scores of `readout_parameters`, and their training (`softmax_loss`).
class linear_readout {
 public:
  /// Takes over stored parameters. Throws `spinule_error` when their sizes disagree or a number is not finite.
  explicit linear_readout(readout_parameters parameters);

  /// Multinomial logistic regression from W = 0. `labels` [samples]. Deterministic. Throws `spinule_error` when the
  /// table is empty, ragged or not finite, labels and samples differ in number, a label is not below `classes`, a class
  /// has no sample, or an option is out of range.
  static linear_readout train(const feature_table& table, std::span<const std::uint32_t> labels, std::uint32_t classes,
                              const readout_options& options = {});

  std::uint32_t classes() const { return parameters_.classes; }
  std::size_t features() const { return parameters_.scaling.mean.size(); }
  const readout_parameters& parameters() const { return parameters_; }

  /// [classes]; `x` [features]. Throws `spinule_error` when `x` has another size.
  std::vector<double> scores(std::span<const float> x) const { return parameters_.scores(x); }
  /// Softmax of the scores, [classes].
  std::vector<double> probabilities(std::span<const float> x) const;
  /// Class with the largest score; of equal ones the first.
  std::uint32_t classify(std::span<const float> x) const;

 private:
  readout_parameters parameters_;
};

}  // namespace spinule::learning

// The function that training the readout makes small.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/learning/engine/feature_scaling.hpp>
#include <spinule/learning/engine/feature_table.hpp>

namespace spinule::learning {

/// Penalised multinomial logistic regression (Bishop, Pattern Recognition and Machine Learning, 4.3.4), in nats:
///
///   L(W, b)   = 1/S sum_s -log p(label_s | z_s) + penalty/2 |W|^2
///   p(c | z)  = exp(W_c z + b_c) / sum_k exp(W_k z + b_k)
///
/// with z the scaled features. The bias carries no penalty. Products run in float over blocks of samples, sums over
/// blocks in double and in a fixed order: the result does not depend on `threads`.
///
/// Table, labels and scaling are borrowed and must outlive this object.
class softmax_loss {
 public:
  /// `labels` [samples], each below `classes`; sizes are the caller's to check.
  softmax_loss(feature_table table, std::span<const std::uint32_t> labels, std::uint32_t classes,
               const feature_scaling& scale, double penalty, unsigned threads = 1);

  /// Number of unknowns: weights [classes x features], row by row, then biases [classes].
  std::size_t size() const { return classes_ * (table_.features + 1); }

  /// Value at `x` [size()]; its derivatives go to `gradient` [size()].
  double operator()(std::span<const double> x, std::span<double> gradient);

 private:
  struct shard {
    std::size_t first = 0, last = 0;
    double loss = 0;
    std::vector<double> gradient;
    std::vector<float> scaled, outputs, product;
  };
  void run(shard& part) const;
  void run_block(shard& part, std::size_t first, std::size_t rows) const;

  feature_table table_;
  std::span<const std::uint32_t> labels_;
  std::size_t classes_;
  const feature_scaling& scaling_;
  double penalty_;
  unsigned threads_;
  std::vector<float> weights_;
  std::vector<double> bias_;
  std::vector<shard> shards_;
};

}  // namespace spinule::learning

// The gradient descent of a motif layer, over samples that have been checked.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include <spinule/learning/motif_training.hpp>

#include "motif_math.hpp"

namespace spinule::learning {

/// What goes in and what is to come out, borrowed.
struct motif_pair {
  const raster* in;
  const raster* out;
};

/// [addresses] log odds of each in a bin, as if it had been there once more and absent once more.
std::vector<double> log_odds(std::span<const motif_pair> samples);

/// A step works out the residuals P - target of every sample of a batch, sample by sample, and then the gradient and
/// the new weights of every address, address by address: whoever does which, all sums have one order.
class motif_trainer {
 public:
  /// From W = 0, or random ones where there is a mirror, and the log odds of each motif.
  motif_trainer(std::vector<motif_pair> samples, motif_shape shape, const motif_training& options);
  /// From given ones, of which those that are 0 stay 0.
  motif_trainer(std::vector<motif_pair> samples, motif_parameters start, const motif_training& options);
  motif_parameters run();

 private:
  struct seen {
    std::uint32_t slot, bin;
  };
  std::vector<std::size_t> shuffled(int epoch) const;
  void step(std::span<const std::size_t> batch, adam_step s);
  void sort_by_address(std::span<const std::size_t> batch);
  void find_residual(const motif_pair& sample, std::size_t slot);
  void find_evidence(const raster& in, bool exchanged, std::vector<float>& evidence) const;
  void subtract_independent(const raster& out, float* p) const;
  void subtract_exclusive(const raster& out, float* p) const;
  void learn_address(index_t address, adam_step s, std::vector<float>& gradient);
  void add_gradient(index_t of, const std::vector<std::vector<float>>& residual, std::vector<float>& gradient) const;
  void learn_bias(std::size_t slots, adam_step s);
  /// `work(i)` for i below n, shared among the threads; `make` gives each its own `work`.
  void share(std::size_t n, const std::function<std::function<void(std::size_t)>()>& make) const;

  std::vector<motif_pair> samples_;
  motif_shape shape_;
  motif_training options_;
  std::vector<float> weights_, mean_, square_;  ///< [addresses x delays x motifs]
  std::vector<float> bias_, bias_mean_, bias_square_;
  std::vector<float> learns_;                    ///< [addresses x delays x motifs] 0 for weights that stay 0; or empty
  std::vector<std::vector<float>> residual_;     ///< [batch][bins x motifs], 0 where the mirrored recording has more
  std::vector<std::vector<float>> exchanged_;    ///< [batch][bins x motifs] of the mirrored one, 0 where it has not
  std::vector<std::vector<double>> column_sum_;  ///< [batch][motifs]
  std::vector<std::size_t> offsets_;             ///< [addresses + 1]
  std::vector<seen> by_address_;                 ///< events of the batch
  std::size_t counted_ = 0;                      ///< bins of the batch that have a loss
};

}  // namespace spinule::learning

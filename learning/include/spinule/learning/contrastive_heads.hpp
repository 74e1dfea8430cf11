// Two projection heads that bring what belongs together in two modalities to the same place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/learning/engine/feature_table.hpp>
#include <spinule/learning/optimiser.hpp>

namespace spinule::learning {

struct contrastive_options {
  std::size_t dimensions = 64;  ///< of the common space
  double temperature = 1;       ///< > 0
  spinule::learning::optimiser optimiser = adam{};
  double rate = 1e-3;
  std::uint64_t seed = 1;  ///< of the first weights
};

/// One linear layer with GELU for each of two modalities, z = gelu(W x + b), trained on pairs (Lin et al., Nat. Comput.
/// Sci. 5, 37 (2025); the loss is that of Radford et al., ICML 2021, without the normalisation of z):
///
///     S_ij = z_i . z'_j / temperature,   loss = mean over i of (-log softmax_j(S_ij) - log softmax_j(S_ji)) / 2 at j =
///     i.
///
/// Row i of both tables is a pair; all other rows of a batch are what it is told apart from. gelu(x) =
/// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 (Hendrycks & Gimpel, arXiv 1606.08415). W and b start uniform
/// within 1 / sqrt(features). Single precision, and the same bits on every machine.
class contrastive_heads {
 public:
  enum class side { first, second };

  /// Features of either modality. Throws `spinule_error` for none, no dimensions, or an option out of range.
  contrastive_heads(std::size_t first, std::size_t second, const contrastive_options& options = {});

  /// One step down the gradient of a batch of pairs; the loss before it, in nats. Throws `spinule_error` for tables of
  /// other widths, of different heights, with fewer than two rows, or with numbers that are not finite.
  double learn(const feature_table& first, const feature_table& second);
  /// The loss of a batch, and its gradient [parameters().size()] in the order of `parameters`. Throws as `learn`.
  double loss(const feature_table& first, const feature_table& second) const;
  std::vector<float> gradient(const feature_table& first, const feature_table& second) const;

  /// [samples x dimensions] places in the common space. Throws `spinule_error` for another width.
  std::vector<float> project(side of, const feature_table& table) const;

  std::size_t dimensions() const { return options_.dimensions; }
  /// W [features][dimensions] and b [dimensions] of the first modality, then of the second.
  std::span<const float> parameters() const { return parameters_; }
  /// Throws `spinule_error` for another number of them.
  void assign(std::span<const float> parameters);

 private:
  struct pass;
  void check(const feature_table& first, const feature_table& second) const;
  std::size_t features(side of) const { return features_[static_cast<std::size_t>(of)]; }
  std::size_t begin_of(side of) const;
  pass forward(side of, const feature_table& table) const;
  void backward(side of, const feature_table& table, pass& p, std::vector<float>& gradient) const;
  double run(const feature_table& first, const feature_table& second, std::vector<float>* gradient) const;

  contrastive_options options_;
  std::size_t features_[2];
  std::vector<float> parameters_;
  optimiser_state state_;
};

/// For each query the row of the gallery with the largest dot product, of equal ones the first. Throws `spinule_error`
/// for tables of different widths.
std::vector<std::size_t> nearest(const feature_table& queries, const feature_table& gallery);

}  // namespace spinule::learning

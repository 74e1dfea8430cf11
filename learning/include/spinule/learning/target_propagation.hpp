// Difference target propagation: layers learn from targets that come back through learned inverses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/learning/curl_descent.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {

/// Difference target propagation (Lee, Zhang, Fischer & Bengio, ECML PKDD 2015) of a network of layers
///
///     h_l = f_l(h_(l-1)) = s(W_l h_(l-1)),   h_0 = x,   the last layer without s,
///     g_l(h_l) = s(V_l h_l), an approximate inverse of f_l for l >= 2.
///
/// Targets are t_L = h_L - step dL/dh_L of L = |h_L - y*|^2 / 2, and t_(l-1) = h_(l-1) + g_l(t_l) - g_l(h_l). Layer l
/// goes down the gradient of its own |t_l - h_l|^2 / 2, so no derivative passes from layer to layer. Where the g are
/// exact inverses of linear layers, h_l - t_l is the Gauss-Newton step; where these are orthogonal, it is that of back
/// propagation.
class difference_target_propagation {
 public:
  /// `sizes` of h_0 ... h_L, two or more; W and V normal with variance 1 / sources. `target_step` of the targets of the
  /// last layer. Throws `spinule_error` for fewer sizes, a size of 0 or a step that is not positive and finite.
  difference_target_propagation(std::vector<std::size_t> sizes, transfer_function transfer, double target_step,
                                std::uint64_t seed);

  std::size_t layers() const { return forward_.size(); }
  /// W_l, [size of h_l][size of h_(l-1)], and V_l, its transpose in shape; l = 1 ... layers(), V_1 is empty. All of
  /// these throw `spinule_error` for an l beyond, and for weights of another size.
  std::span<const double> weights(std::size_t l) const;
  std::span<const double> inverse_weights(std::size_t l) const;
  void set_weights(std::size_t l, std::span<const double> weights);
  void set_inverse_weights(std::size_t l, std::span<const double> weights);

  /// h_0 ... h_L of one sample. This and what follows throw `spinule_error` for samples of another size.
  std::vector<std::vector<double>> activity(std::span<const double> x) const;
  /// t_0 ... t_L; t_0 is x.
  std::vector<std::vector<double>> targets(std::span<const double> x, std::span<const double> wanted) const;
  /// What a step adds to W_1 ... W_L, over the rate: minus the gradients of |t_l - h_l|^2 / 2.
  std::vector<std::vector<double>> changes(std::span<const double> x, std::span<const double> wanted) const;
  void step(std::span<const double> x, std::span<const double> wanted, double rate);

  /// A step of every V_l down the gradient of |g_l(f_l(k)) - k|^2 / 2, where k is h_(l-1) with normal noise of this
  /// deviation.
  void learn_inverses(std::span<const double> x, double noise, double rate, random_stream& draw);

 private:
  void check_layer(std::size_t l, std::size_t first) const;
  std::vector<double> pass(const std::vector<double>& weights, std::span<const double> h, bool linear) const;
  std::vector<double> forward(std::size_t l, std::span<const double> h) const;
  std::vector<double> backward(std::size_t l, std::span<const double> h) const;
  double slope(double h) const;

  std::vector<std::size_t> sizes_;
  transfer_function transfer_;
  double target_step_;
  std::vector<std::vector<double>> forward_, inverse_;  ///< [layers]: W_1 ..., V_1 ...
};

}  // namespace spinule::learning

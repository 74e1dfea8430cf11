// Curl descent: gradient descent in which some units learn with the opposite sign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spinule::learning {

/// Fixed signs of what the synapses of a projection learn: the change of the one from source j to target i is
/// multiplied by source[j] target[i], 1 or -1 each. They never change, and errors that are sent back do not see them.
/// With some of them -1 the change is no gradient of anything (Ninou, Kadmon & Cayco-Gajic, NeurIPS 2025).
struct learning_signs {
  std::vector<double> source = {}, target = {};  ///< [sources], [targets]; empty: all 1

  /// The first `flipped` of the sources, or of the targets, learn with the opposite sign; which of them makes no
  /// difference where weights are random. Throws `spinule_error` when there are not so many.
  static learning_signs flipped_sources(std::size_t sources, std::size_t flipped);
  static learning_signs flipped_targets(std::size_t targets, std::size_t flipped);

  /// Multiplies changes [targets][sources]. Throws `spinule_error` for signs or changes of other sizes.
  void apply(std::span<double> changes, std::size_t targets, std::size_t sources) const;
};

/// Of the hidden units and of the outputs.
enum class transfer_function { identity, tanh, relu };

/// y = f(W2 f(W1 x)), without biases: the students and teachers of the paper.
struct two_layer_network {
  std::size_t inputs = 0, hidden = 0, outputs = 1;
  transfer_function transfer = transfer_function::identity;
  std::vector<double> first;   ///< [hidden][inputs]
  std::vector<double> second;  ///< [outputs][hidden]

  /// Weights uniform between -range / sqrt(sources) and that. Throws `spinule_error` for sizes of 0 or a range that is
  /// not positive.
  static two_layer_network random(std::size_t inputs, std::size_t hidden, std::size_t outputs,
                                  transfer_function transfer, double range, std::uint64_t seed);
  /// [samples][outputs] of x, [samples][inputs]. Throws `spinule_error` for sizes that do not fit.
  std::vector<double> answers(std::span<const double> x) const;
};

/// [samples][inputs] numbers of a normal law with this deviation.
std::vector<double> normal_inputs(std::size_t samples, std::size_t inputs, double deviation, std::uint64_t seed);
/// As many samples as inputs, each one input alone, whose mean of x x^T is `variance` times the identity. On these a
/// linear network learns exactly as on all normal inputs of that variance.
std::vector<double> white_inputs(std::size_t inputs, double variance);

/// A student that learns from examples by
///
///     dW1 = -rate <S1 (W2^T e * f'(a)) x^T D1>,   dW2 = -rate <S2 e h^T D2>,   a = W1 x, h = f(a), e = y - y*
///
/// with the mean over samples, D and S the signs of sources and targets, and e without the derivative of the output,
/// as the paper has it. Without signs this is gradient descent on the mean of e^2 / 2, for linear outputs.
class curl_descent {
 public:
  struct options {
    learning_signs first = {}, second = {};
    double learning_rate = 0.1;
    bool keep_norms = true;  ///< after each step both layers are scaled back to their Frobenius norms at the start
  };
  /// Throws `spinule_error` for sizes that do not fit, signs that are not 1 or -1, or a rate that is not positive.
  curl_descent(two_layer_network start, options how);

  const two_layer_network& network() const { return network_; }
  double learning_rate() const { return how_.learning_rate; }
  /// All weights, of the first layer, then of the second.
  std::vector<double> weights() const;
  void set_weights(std::span<const double> weights);

  /// Of the mean of e^2 / 2 over samples, summed over outputs.
  double loss(std::span<const double> x, std::span<const double> targets) const;
  /// What a step adds to the weights, over the rate, before norms are kept: [weights].
  std::vector<double> change(std::span<const double> x, std::span<const double> targets) const;
  /// x [samples][inputs], targets [samples][outputs]. Throws `spinule_error` for sizes that do not fit and for weights
  /// that are no longer finite, which are then those before the step.
  void step(std::span<const double> x, std::span<const double> targets);

 private:
  two_layer_network network_;
  options how_;
  double first_norm_, second_norm_;
};

}  // namespace spinule::learning

// Layers that learn without a model of what follows them: the forward-forward algorithm on physical hardware.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace spinule::learning {

/// A layer of physical local learning (Momeni, Rahmani, Malléjac, del Hougne & Fleury, Science 382, 2023): a trainable
/// linear map y = W x in front of a fixed transformation, which may be a device that nobody has a model of. With a
/// fixed random unit vector zeta of its own the layer learns
///
///     L = log(1 + exp(-theta (g(x_positive) - g(x_negative)))),   g(x) = cos(W x, zeta)
///
/// from pairs of a positive sample (data with its label) and a negative one (with a wrong label). Only W is
/// differentiated; the transformation is only ever applied.
class forward_forward_layer {
 public:
  /// From the responses y [outputs] to the input of the next layer, of any size.
  using transformation = std::function<std::vector<double>(std::span<const double>)>;

  /// W normal with variance 1 / inputs. Throws `spinule_error` for sizes of 0, no transformation, or a theta that is
  /// not positive and finite.
  forward_forward_layer(std::size_t inputs, std::size_t outputs, transformation black_box, double theta,
                        std::uint64_t seed);

  /// W, [outputs][inputs]. `set_weights` throws `spinule_error` for another size.
  std::span<const double> weights() const { return weights_; }
  void set_weights(std::span<const double> weights);

  /// What the transformation makes of W x, the input of the next layer. These functions throw `spinule_error` for an x
  /// of another size than [inputs].
  std::vector<double> transformed(std::span<const double> x) const;
  /// g(x), in [-1, 1]; 0 where W x is 0. A sample belongs to the label with the largest sum of g over layers.
  double goodness(std::span<const double> x) const;
  /// L in nats; ln 2 where both are equally good.
  double loss(std::span<const double> positive, std::span<const double> negative) const;
  /// Derivatives of L with respect to W, [outputs][inputs].
  std::vector<double> gradient(std::span<const double> positive, std::span<const double> negative) const;
  /// W <- W - rate dL/dW.
  void step(std::span<const double> positive, std::span<const double> negative, double rate);

 private:
  struct response {
    std::vector<double> y;
    double norm = 0, goodness = 0;
  };
  response respond(std::span<const double> x) const;

  std::size_t inputs_, outputs_;
  transformation black_box_;
  double theta_;
  std::vector<double> weights_, zeta_;
};

}  // namespace spinule::learning

// Rich and lazy learning: initial weights of low rank, and how far training moved what a network computes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <spinule/learning/curl_descent.hpp>

namespace spinule::learning {

/// The matrix of this rank nearest to `weights` [rows][columns], which has its largest singular values, scaled to the
/// Frobenius norm of `weights`: initial weights as those of Liu, Baratin, Cornford, Mihalas, Shea-Brown & Lajoie (ICLR
/// 2024). Throws `spinule_error` for another number of weights, a rank of 0 or above min(rows, columns), and weights
/// that are not finite.
std::vector<double> low_rank(std::span<const double> weights, std::size_t rows, std::size_t columns, std::size_t rank);

/// <A, B> / (|A| |B|) in the Frobenius inner product, 1 for kernels of the same shape. Throws `spinule_error` for other
/// sizes, and where a norm is 0 or not finite.
double kernel_alignment(std::span<const double> a, std::span<const double> b);

/// Neural tangent kernel of linear layers, y = W2 W1 x: the products of the derivatives of outputs with respect to all
/// weights, K[s, o; r, p] = (x_s . x_r) (W2 W2^T)_op + (W1 x_s . W1 x_r) [o = p], [samples outputs][samples outputs],
/// of x [samples][inputs]. Throws `spinule_error` for another transfer function and for numbers that are no samples.
std::vector<double> tangent_kernel(const two_layer_network& network, std::span<const double> x);

/// How much a linear network of two layers changed by training; lazy is what hardly did.
struct laziness {
  double kernel_alignment = 1;          ///< of the tangent kernels; 1: lazy
  double representation_alignment = 1;  ///< of the matrices of h_s . h_r, h = W1 x; 1: lazy
  double weight_change = 0;             ///< Frobenius norm of the change of both layers; 0: lazy
};
/// Throws as `tangent_kernel` does, and for networks of different sizes.
laziness laziness_between(const two_layer_network& before, const two_layer_network& after, std::span<const double> x);

}  // namespace spinule::learning

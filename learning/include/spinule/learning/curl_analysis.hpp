// Where curl descent is stable, and what it does where it is not.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <spinule/learning/curl_descent.hpp>

namespace spinule::learning {

/// The shares of units with the opposite sign above which solutions of large linear networks with one output are
/// unstable; `c`: inputs over hidden units. Rows of W1 and W2 have norm 1. Closed forms in a parameter, from free
/// probability, worked out for this library; they agree with the tables that the authors released. Throw
/// `spinule_error` for a c that is not positive.
///
/// Of inputs, as sources of the first layer: 1 where c <= 1/4, 0 where c >= 2/3.
double critical_share_of_inputs(double c);
/// Of hidden units, as sources of the second layer: 1/2 for c to 0, about 1 / (16 c) for large c.
double critical_share_of_hidden(double c);
/// Of hidden units, as targets of the first layer: (1 + max(0, 1 / sqrt(c) - 1)^2) / 2, 1 at most.
double critical_share_of_targets(double c);

/// Eigenvalues, ascending, of K = (W2 S1 W2^T) D1 + S2 W1^T D2 W1: a solution of a linear network with one output is
/// stable where all are positive, whatever the covariance of the inputs. Throws `spinule_error` for other networks.
std::vector<double> stability(const two_layer_network& solution, const learning_signs& first,
                              const learning_signs& second);

/// |J - J^T| / |J + J^T|, Frobenius norms of a square matrix: 0 for the flow of a gradient. Throws `spinule_error` for
/// a matrix that is not square.
double curl_index(std::span<const double> jacobian);
/// [weights][weights] derivatives of `change` by central differences.
std::vector<double> jacobian(const curl_descent& student, std::span<const double> x, std::span<const double> targets);

/// The largest Lyapunov exponent of learning, per step times learning rate, over `steps` after `before` steps, from a
/// second student 1e-8 away that is brought back to that distance every ten steps (Benettin et al., Meccanica 15,
/// 1980). Positive: chaos. Leaves the student where it arrives.
double lyapunov_exponent(curl_descent& student, std::span<const double> x, std::span<const double> targets,
                         std::size_t before, std::size_t steps);

/// Variance of each weight over the next `steps`, averaged over weights, over the variance across weights of their
/// means: next to 0 where learning has come to rest. Leaves the student where it arrives.
double order_parameter(curl_descent& student, std::span<const double> x, std::span<const double> targets,
                       std::size_t steps);

}  // namespace spinule::learning

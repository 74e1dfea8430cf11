#include <spinule/learning/laziness.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <Eigen/Core>

#include <spinule/error.hpp>

#include "singular_values.hpp"

namespace spinule::learning {

namespace {

using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using view = Eigen::Map<const matrix>;

view as_matrix(std::span<const double> x, std::size_t rows, std::size_t columns) {
  return {x.data(), static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns)};
}

std::vector<double> numbers_of(const matrix& m) { return {m.data(), m.data() + m.size()}; }

void check(const two_layer_network& n, std::span<const double> x) {
  if (n.transfer != transfer_function::identity)
    throw spinule_error{"laziness", "the network is not linear: give one with transfer_function::identity"};
  if (n.inputs == 0 || n.first.size() != n.inputs * n.hidden || n.second.size() != n.hidden * n.outputs)
    throw spinule_error{"laziness",
                        fmt::format("{} and {} weights do not fit {} inputs, {} hidden units and {} outputs",
                                    n.first.size(), n.second.size(), n.inputs, n.hidden, n.outputs)};
  if (x.empty() || x.size() % n.inputs != 0)
    throw spinule_error{"laziness", fmt::format("{} numbers are no samples of {} inputs", x.size(), n.inputs)};
}

/// h_s . h_r of hidden activity.
matrix similarity(const two_layer_network& n, std::span<const double> x) {
  const matrix h = as_matrix(x, x.size() / n.inputs, n.inputs) * as_matrix(n.first, n.hidden, n.inputs).transpose();
  return h * h.transpose();
}

double squared_distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

std::vector<double> low_rank(std::span<const double> weights, std::size_t rows, std::size_t columns, std::size_t rank) {
  if (weights.size() != rows * columns)
    throw spinule_error{"low_rank", fmt::format("{} weights are not {} x {}", weights.size(), rows, columns)};
  if (rank == 0 || rank > std::min(rows, columns))
    throw spinule_error{"low_rank", fmt::format("rank {} must be from 1 to {}", rank, std::min(rows, columns))};
  if (!std::ranges::all_of(weights, [](double w) { return std::isfinite(w); }))
    throw spinule_error{"low_rank", "a weight is not finite"};
  const view full = as_matrix(weights, rows, columns);
  const singular_values svd = decompose(full, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const auto r = static_cast<Eigen::Index>(rank);
  const matrix low =
      svd.matrixU().leftCols(r) * svd.singularValues().head(r).asDiagonal() * svd.matrixV().leftCols(r).transpose();
  const double norm = low.norm();
  return numbers_of(norm > 0 ? matrix{low * (full.norm() / norm)} : low);
}

double kernel_alignment(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size())
    throw spinule_error{"kernel_alignment",
                        fmt::format("kernels of {} and {} numbers: give two of one size", a.size(), b.size())};
  const view u = as_matrix(a, 1, a.size()), v = as_matrix(b, 1, b.size());
  const double norms = u.norm() * v.norm();
  if (!(norms > 0) || !std::isfinite(norms))
    throw spinule_error{"kernel_alignment", "a kernel is 0 or not finite: it has no direction"};
  return u.cwiseProduct(v).sum() / norms;
}

std::vector<double> tangent_kernel(const two_layer_network& network, std::span<const double> x) {
  check(network, x);
  const std::size_t samples = x.size() / network.inputs;
  const view in = as_matrix(x, samples, network.inputs),
             second = as_matrix(network.second, network.outputs, network.hidden);
  const matrix inputs = in * in.transpose(), outputs = second * second.transpose(), hidden = similarity(network, x);
  const Eigen::Index o = outputs.rows();
  matrix kernel(inputs.rows() * o, inputs.rows() * o);
  for (Eigen::Index s = 0; s < inputs.rows(); ++s)
    for (Eigen::Index r = 0; r < inputs.rows(); ++r)
      kernel.block(s * o, r * o, o, o) = inputs(s, r) * outputs + hidden(s, r) * matrix::Identity(o, o);
  return numbers_of(kernel);
}

laziness laziness_between(const two_layer_network& before, const two_layer_network& after, std::span<const double> x) {
  check(before, x);
  check(after, x);
  if (before.inputs != after.inputs || before.hidden != after.hidden || before.outputs != after.outputs)
    throw spinule_error{"laziness", "the networks differ in size: give one before and after training"};
  return {
      .kernel_alignment = kernel_alignment(tangent_kernel(before, x), tangent_kernel(after, x)),
      .representation_alignment = kernel_alignment(numbers_of(similarity(before, x)), numbers_of(similarity(after, x))),
      .weight_change =
          std::sqrt(squared_distance(before.first, after.first) + squared_distance(before.second, after.second))};
}

}  // namespace spinule::learning

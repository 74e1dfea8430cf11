#include <numeric>

#include <Eigen/QR>

#include "eigen_states.hpp"

namespace spinule::learning {
namespace {

/// The squared correlation of each pair of columns; 0 where one of them never changes.
std::vector<double> squared_correlations(Eigen::MatrixXd a, Eigen::MatrixXd b) {
  a.rowwise() -= a.colwise().mean().eval();
  b.rowwise() -= b.colwise().mean().eval();
  std::vector<double> all;
  for (Eigen::Index k = 0; k < a.cols(); ++k) {
    const double spread = a.col(k).squaredNorm() * b.col(k).squaredNorm(), both = a.col(k).dot(b.col(k));
    all.push_back(spread > 0 ? both * both / spread : 0);
  }
  return all;
}

}  // namespace

memory memory_capacity(const state_table& states, std::span<const double> input, std::size_t delays) {
  const std::string where = "memory_capacity";
  const auto x = matrix_of(states, where.c_str());
  if (input.size() != states.rows())
    throw spinule_error{where, fmt::format("{} inputs of {} states; give one each", input.size(), states.rows())};
  if (delays == 0) throw spinule_error{where, "0 delays; give at least one"};
  if (states.rows() < 2 * (states.columns + 1) + delays)
    throw spinule_error{where, fmt::format("{} states are too few for {} columns and {} delays; give {} or more",
                                           states.rows(), states.columns, delays, 2 * (states.columns + 1) + delays)};

  const auto first = extent(delays), rows = extent(states.rows()) - first, half = rows / 2;
  Eigen::MatrixXd with_bias(rows, x.cols() + 1), wanted(rows, first);
  with_bias << x.bottomRows(rows), Eigen::VectorXd::Ones(rows);
  const Eigen::Map<const Eigen::VectorXd> u{input.data(), extent(input.size())};
  for (Eigen::Index k = 0; k < first; ++k) wanted.col(k) = u.segment(first - k - 1, rows);

  const Eigen::MatrixXd readout = with_bias.topRows(half).completeOrthogonalDecomposition().solve(wanted.topRows(half));
  memory m{0, squared_correlations(with_bias.bottomRows(rows - half) * readout, wanted.bottomRows(rows - half))};
  m.capacity = std::accumulate(m.by_delay.begin(), m.by_delay.end(), 0.0);
  return m;
}

}  // namespace spinule::learning

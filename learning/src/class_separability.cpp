#include <map>

#include <Eigen/Cholesky>

#include "eigen_states.hpp"

namespace spinule::learning {
namespace {

struct class_of_states {
  double count = 0;
  Eigen::VectorXd centroid;
  double spread = 0;  // mean distance to the centroid
};

std::map<std::uint32_t, class_of_states> classes_of(const state_matrix& x, std::span<const std::uint32_t> labels) {
  std::map<std::uint32_t, class_of_states> classes;
  for (std::size_t s = 0; s < labels.size(); ++s) {
    auto& c = classes[labels[s]];
    if (c.count++ == 0) c.centroid = Eigen::VectorXd::Zero(x.cols());
    c.centroid += x.row(extent(s)).transpose();
  }
  for (auto& [label, c] : classes) c.centroid /= c.count;
  for (std::size_t s = 0; s < labels.size(); ++s) {
    auto& c = classes[labels[s]];
    c.spread += (x.row(extent(s)).transpose() - c.centroid).norm() / c.count;
  }
  return classes;
}

double distance_ratio(const std::map<std::uint32_t, class_of_states>& classes) {
  double apart = 0, spread = 0;
  for (auto a = classes.begin(); a != classes.end(); ++a) {
    spread += a->second.spread;
    for (auto b = std::next(a); b != classes.end(); ++b) apart += (a->second.centroid - b->second.centroid).norm();
  }
  const auto n = static_cast<double>(classes.size());
  return apart / (n * (n - 1) / 2) / (1 + spread / n);
}

double scatter_ratio(const state_matrix& x, std::span<const std::uint32_t> labels,
                     const std::map<std::uint32_t, class_of_states>& classes, double ridge) {
  Eigen::MatrixXd centred = x, between(extent(classes.size()), x.cols());
  for (std::size_t s = 0; s < labels.size(); ++s) centred.row(extent(s)) -= classes.at(labels[s]).centroid.transpose();
  const Eigen::RowVectorXd mean = x.colwise().mean();
  Eigen::Index row = 0;
  for (const auto& [label, c] : classes) between.row(row++) = std::sqrt(c.count) * (c.centroid.transpose() - mean);

  Eigen::MatrixXd within = centred.transpose() * centred;
  within.diagonal().array() += ridge;
  const Eigen::LDLT<Eigen::MatrixXd> solver{within};
  if (!(solver.isPositive() && solver.rcond() > 1e-14))
    throw spinule_error{"class_separability",
                        fmt::format("the scatter of {} samples within classes has no inverse in {} dimensions; give "
                                    "more samples, drop columns that never change, or a ridge",
                                    x.rows(), x.cols())};
  return (between * solver.solve(between.transpose())).trace();  // tr(S_w^-1 B^T B) = tr(B S_w^-1 B^T)
}

}  // namespace

class_separation class_separability(const state_table& states, std::span<const std::uint32_t> labels, double ridge) {
  const std::string where = "class_separability";
  const auto x = matrix_of(states, where.c_str());
  if (labels.size() != states.rows())
    throw spinule_error{where, fmt::format("{} labels of {} rows; give one each", labels.size(), states.rows())};
  if (!(ridge >= 0)) throw spinule_error{where, fmt::format("ridge = {}; it must not be negative", ridge)};
  const auto classes = classes_of(x, labels);
  if (classes.size() < 2) throw spinule_error{where, "all rows are of one class; give at least two classes"};
  return {scatter_ratio(x, labels, classes, ridge), distance_ratio(classes)};
}

}  // namespace spinule::learning

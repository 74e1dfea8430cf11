#include <spinule/learning/activity_subspace.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <Eigen/Dense>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {
namespace {

using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using view = Eigen::Map<const matrix>;

const char* const where = "activity_subspace";

Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }

std::size_t samples_of(std::span<const double> x, std::size_t inputs) {
  if (x.size() % inputs != 0)
    throw spinule_error{where, fmt::format("{} numbers are no samples of {} inputs", x.size(), inputs)};
  return x.size() / inputs;
}

/// Responses of all samples to these lateral weights.
matrix respond(const Eigen::Ref<const matrix>& x, const Eigen::Ref<const matrix>& weights,
               const activity_subspace::options& how) {
  matrix y = x * weights.transpose();
  if (how.levels == 0) return y;
  const double most = how.largest_response, levels = how.levels;
  return y.unaryExpr([=](double v) { return std::round(std::clamp(v, -most, most) / most * levels) / levels * most; });
}

}  // namespace

activity_subspace::activity_subspace(std::size_t inputs, options how) : inputs_{inputs}, how_{how} {
  const auto positive = [](const char* name, double x) {
    if (!(x > 0) || !std::isfinite(x))
      throw spinule_error{where, fmt::format("{} = {}; it must be positive and finite", name, x)};
  };
  positive("inputs", static_cast<double>(inputs));
  positive("learning_rate", how.learning_rate);
  positive("largest_change", how.largest_change);
  positive("largest_response", how.largest_response);
  positive("iterations", how.iterations);
  if (!(how.momentum >= 0 && how.momentum < 1))
    throw spinule_error{where, fmt::format("momentum = {}; it lies between 0, included, and 1", how.momentum)};
  if (how.levels < 0) throw spinule_error{where, fmt::format("levels = {}; give 0, or more", how.levels)};
}

void activity_subspace::begin_task(std::size_t added) {
  if (neurons() + added > inputs_)
    throw spinule_error{where, fmt::format("{} lateral neurons and {} more are above the {} inputs that they project",
                                           neurons(), added, inputs_)};
  frozen_ = neurons();
  momenta_.assign(added * inputs_, 0.0);
  if (added == 0) return;
  random_stream draw{how_.seed, purpose::weight, frozen_};
  Eigen::MatrixXd columns(index(inputs_), index(added));
  for (Eigen::Index i = 0; i < columns.size(); ++i) columns.data()[i] = draw.normal();
  const Eigen::MatrixXd q = Eigen::HouseholderQR<Eigen::MatrixXd>{columns}.householderQ() *
                            Eigen::MatrixXd::Identity(columns.rows(), columns.cols());
  weights_.insert(weights_.end(), q.data(), q.data() + q.size());  // column by column: row by row of H
}

void activity_subspace::learn(std::span<const double> x) {
  const std::size_t samples = samples_of(x, inputs_), own = neurons() - frozen_;
  if (!std::all_of(x.begin(), x.end(), [](double v) { return std::isfinite(v); }))
    throw spinule_error{where, "there is activity that is not finite"};
  if (samples == 0 || own == 0) return;
  const view in{x.data(), index(samples), index(inputs_)};
  Eigen::Map<matrix> all{weights_.data(), index(neurons()), index(inputs_)};
  Eigen::Map<matrix> momenta{momenta_.data(), index(own), index(inputs_)};
  // What frozen neurons send back stays as it is.
  matrix left_over = in;
  if (frozen_ > 0) left_over -= respond(in, all.topRows(index(frozen_)), how_) * all.topRows(index(frozen_));
  auto learning = all.bottomRows(index(own));
  for (int n = 0; n < how_.iterations; ++n) {
    const matrix y = respond(in, learning, how_);
    matrix change = y.transpose() * (left_over - y * learning) / static_cast<double>(samples);
    change = change.cwiseMax(-how_.largest_change).cwiseMin(how_.largest_change);
    momenta = how_.momentum * momenta + (1 - how_.momentum) * change;
    learning += how_.learning_rate * momenta;
  }
}

void activity_subspace::project(std::span<double> x) const {
  const std::size_t samples = samples_of(x, inputs_);
  if (samples == 0 || frozen_ == 0) return;
  const view old{weights_.data(), index(frozen_), index(inputs_)};
  Eigen::Map<matrix> at{x.data(), index(samples), index(inputs_)};
  at -= respond(at, old, how_) * old;
}

void activity_subspace::restore(std::size_t frozen, std::vector<double> weights, std::vector<double> momenta) {
  const std::size_t all = weights.size() / inputs_;
  if (weights.size() % inputs_ != 0 || frozen > all || all > inputs_ || momenta.size() != (all - frozen) * inputs_)
    throw spinule_error{"activity_subspace::restore", "the sizes of weights and momenta do not fit"};
  frozen_ = frozen;
  weights_ = std::move(weights);
  momenta_ = std::move(momenta);
}

}  // namespace spinule::learning

#include <spinule/learning/curl_analysis.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <Eigen/Dense>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {
namespace {

void check_ratio(double c) {
  if (!(c > 0) || !std::isfinite(c))
    throw spinule_error{"curl descent", fmt::format("c = {}; inputs over hidden units are positive and finite", c)};
}

/// Where a function that falls or rises from one end to the other is `wanted`.
template <class F>
double solved(F f, double low, double high, double wanted) {
  const bool rises = f(low) < f(high);
  for (int n = 0; n < 200; ++n) {
    const double middle = (low + high) / 2;
    ((f(middle) < wanted) == rises ? low : high) = middle;
  }
  return (low + high) / 2;
}

double distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

Eigen::VectorXd signs_of(const std::vector<double>& signs, std::size_t units) {
  Eigen::VectorXd d = Eigen::VectorXd::Ones(static_cast<Eigen::Index>(units));
  for (std::size_t i = 0; i < signs.size(); ++i) d[static_cast<Eigen::Index>(i)] = signs[i];
  return d;
}

}  // namespace

double critical_share_of_inputs(double c) {
  check_ratio(c);
  if (c <= 0.25) return 1;
  if (c >= 2.0 / 3) return 0;
  const auto share = [](double y) {
    const double up = 1 / ((y + 1) * (y + 1)), down = 1 / ((y - 1) * (y - 1));
    return (1 + up) / (down + up);
  };
  const auto ratio = [&](double y) {
    const double a = share(y);
    return 1 / (y * (1 + (1 - a) / (y + 1) + a / (y - 1)));
  };
  return share(solved(ratio, 1 + 1e-12, 2, c));
}

double critical_share_of_hidden(double c) {
  check_ratio(c);
  const auto ratio = [](double t) { return t * t / ((1 - t) * (1 + t + 2 * t * t)); };  // of 1 + t^2 - 2 t^3
  const double t = solved(ratio, 0, 1 - 1e-15, c);
  return (1 - t) * (1 + t * t) / (2 * (1 + t + 2 * t * t));
}

double critical_share_of_targets(double c) {
  check_ratio(c);
  const double above = std::max(0.0, 1 / std::sqrt(c) - 1);
  return std::min(1.0, (1 + above * above) / 2);
}

std::vector<double> stability(const two_layer_network& s, const learning_signs& first, const learning_signs& second) {
  if (s.outputs != 1 || s.transfer != transfer_function::identity)
    throw spinule_error{"stability", "is known of linear networks with one output"};
  using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto rows = static_cast<Eigen::Index>(s.hidden), columns = static_cast<Eigen::Index>(s.inputs);
  const Eigen::Map<const matrix> w1{s.first.data(), rows, columns};
  const Eigen::Map<const Eigen::VectorXd> w2{s.second.data(), rows};
  const double readout = w2.cwiseAbs2().dot(signs_of(first.target, s.hidden));
  const double output = signs_of(second.target, 1)[0];
  Eigen::MatrixXd k = output * (w1.transpose() * signs_of(second.source, s.hidden).asDiagonal() * w1);
  k.diagonal() += readout * signs_of(first.source, s.inputs);
  const Eigen::VectorXd values =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>{k, Eigen::EigenvaluesOnly}.eigenvalues();
  return {values.data(), values.data() + values.size()};
}

double curl_index(std::span<const double> jacobian) {
  const auto n = static_cast<Eigen::Index>(std::lround(std::sqrt(static_cast<double>(jacobian.size()))));
  if (n == 0 || static_cast<std::size_t>(n * n) != jacobian.size())
    throw spinule_error{"curl_index", fmt::format("{} numbers are no square matrix", jacobian.size())};
  const Eigen::Map<const Eigen::MatrixXd> j{jacobian.data(), n, n};
  return (j - j.transpose()).norm() / (j + j.transpose()).norm();
}

std::vector<double> jacobian(const curl_descent& student, std::span<const double> x, std::span<const double> targets) {
  const std::vector<double> at = student.weights();
  std::vector<double> all(at.size() * at.size());
  curl_descent moved = student;
  for (std::size_t j = 0; j < at.size(); ++j) {
    const double h = 1e-5 * std::max(1.0, std::fabs(at[j]));
    std::vector<double> to = at;
    to[j] = at[j] + h;
    moved.set_weights(to);
    const auto above = moved.change(x, targets);
    to[j] = at[j] - h;
    moved.set_weights(to);
    const auto below = moved.change(x, targets);
    for (std::size_t i = 0; i < at.size(); ++i) all[i * at.size() + j] = (above[i] - below[i]) / (2 * h);
  }
  return all;
}

double lyapunov_exponent(curl_descent& student, std::span<const double> x, std::span<const double> targets,
                         std::size_t before, std::size_t steps) {
  constexpr double apart = 1e-8;
  constexpr std::size_t between = 10;
  for (std::size_t n = 0; n < before; ++n) student.step(x, targets);
  curl_descent other = student;
  random_stream draw{1, purpose::user, 0};
  std::vector<double> there = student.weights();
  for (double& w : there) w += draw.normal();
  double grown = 0;
  const auto bring_back = [&](double is) {
    const std::vector<double> here = student.weights();
    for (std::size_t i = 0; i < here.size(); ++i) there[i] = here[i] + (there[i] - here[i]) * (apart / is);
    other.set_weights(there);
  };
  bring_back(distance(there, student.weights()));
  const std::size_t rounds = std::max<std::size_t>(1, steps / between);
  for (std::size_t r = 0; r < rounds; ++r) {
    for (std::size_t n = 0; n < between; ++n) student.step(x, targets), other.step(x, targets);
    there = other.weights();
    const double is = std::max(distance(there, student.weights()), 1e-300);
    grown += std::log(is / apart);
    bring_back(is);
  }
  return grown / (static_cast<double>(rounds * between) * student.learning_rate());
}

double order_parameter(curl_descent& student, std::span<const double> x, std::span<const double> targets,
                       std::size_t steps) {
  const std::vector<double> start = student.weights();  // deviations from it lose no digits
  std::vector<double> sum(start.size(), 0.0), squares(start.size(), 0.0);
  const auto count = static_cast<double>(std::max<std::size_t>(steps, 1));
  for (std::size_t n = 0; n < static_cast<std::size_t>(count); ++n) {
    student.step(x, targets);
    const auto w = student.weights();
    for (std::size_t i = 0; i < w.size(); ++i) {
      sum[i] += (w[i] - start[i]) / count;
      squares[i] += (w[i] - start[i]) * (w[i] - start[i]) / count;
    }
  }
  double over_time = 0, mean = 0, square = 0;
  const auto weights = static_cast<double>(start.size());
  for (std::size_t i = 0; i < start.size(); ++i) {
    const double of_weight = start[i] + sum[i];
    over_time += (squares[i] - sum[i] * sum[i]) / weights;
    mean += of_weight / weights;
    square += of_weight * of_weight / weights;
  }
  return over_time / (square - mean * mean);
}

}  // namespace spinule::learning

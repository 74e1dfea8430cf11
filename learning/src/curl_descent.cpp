#include <spinule/learning/curl_descent.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>
#include <Eigen/Dense>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {
namespace {

using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using view = Eigen::Map<const matrix>;
using target_view = Eigen::Map<matrix>;

view as_matrix(std::span<const double> x, std::size_t rows, std::size_t columns) {
  return {x.data(), static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns)};
}

double transferred(transfer_function f, double a) {
  return f == transfer_function::identity ? a : f == transfer_function::tanh ? std::tanh(a) : std::max(a, 0.0);
}
/// From the value h = f(a).
double derivative(transfer_function f, double h) {
  return f == transfer_function::identity ? 1 : f == transfer_function::tanh ? 1 - h * h : h > 0 ? 1 : 0;
}

void check_count(const std::string& where, const char* what, std::size_t has, std::size_t wants) {
  if (has != wants) throw spinule_error{where, fmt::format("{} {}, where {} are wanted", has, what, wants)};
}

std::size_t samples_of(const two_layer_network& n, std::span<const double> x) {
  if (x.empty() || x.size() % n.inputs != 0)
    throw spinule_error{"two_layer_network", fmt::format("{} numbers are no samples of {} inputs", x.size(), n.inputs)};
  return x.size() / n.inputs;
}

/// Hidden values and answers of samples.
std::pair<matrix, matrix> passed(const two_layer_network& n, std::span<const double> x) {
  const auto f = [&](double a) { return transferred(n.transfer, a); };
  const auto in = as_matrix(x, samples_of(n, x), n.inputs);
  matrix h = in * as_matrix(n.first, n.hidden, n.inputs).transpose();
  h = h.unaryExpr(f);
  matrix y = h * as_matrix(n.second, n.outputs, n.hidden).transpose();
  return {std::move(h), y.unaryExpr(f)};
}

double norm(std::span<const double> x) {
  double sum = 0;
  for (const double a : x) sum += a * a;
  return std::sqrt(sum);
}

void scale_to(std::span<double> x, double wanted) {
  const double by = wanted / norm(x);
  for (double& a : x) a *= by;
}

learning_signs flipped(std::size_t units, std::size_t count, bool sources) {
  if (count > units)
    throw spinule_error{"learning_signs", fmt::format("{} of {} units cannot be flipped", count, units)};
  std::vector<double> signs(units, 1.0);
  std::fill_n(signs.begin(), count, -1.0);
  return sources ? learning_signs{.source = std::move(signs)} : learning_signs{.target = std::move(signs)};
}

void check_signs(const learning_signs& s, std::size_t sources, std::size_t targets, const std::string& where) {
  if (!s.source.empty()) check_count(where, "signs of sources", s.source.size(), sources);
  if (!s.target.empty()) check_count(where, "signs of targets", s.target.size(), targets);
  for (const auto* signs : {&s.source, &s.target})
    for (const double x : *signs)
      if (x != 1 && x != -1) throw spinule_error{where, fmt::format("{} is no sign; give 1 or -1", x)};
}

}  // namespace

learning_signs learning_signs::flipped_sources(std::size_t sources, std::size_t count) {
  return flipped(sources, count, true);
}
learning_signs learning_signs::flipped_targets(std::size_t targets, std::size_t count) {
  return flipped(targets, count, false);
}

void learning_signs::apply(std::span<double> changes, std::size_t targets, std::size_t sources) const {
  check_count("learning_signs", "changes", changes.size(), targets * sources);
  check_signs(*this, sources, targets, "learning_signs");
  for (std::size_t i = 0; i < targets && !target.empty(); ++i)
    for (std::size_t j = 0; j < sources; ++j) changes[i * sources + j] *= target[i];
  for (std::size_t i = 0; i < targets && !source.empty(); ++i)
    for (std::size_t j = 0; j < sources; ++j) changes[i * sources + j] *= source[j];
}

two_layer_network two_layer_network::random(std::size_t inputs, std::size_t hidden, std::size_t outputs,
                                            transfer_function transfer, double range, std::uint64_t seed) {
  if (inputs == 0 || hidden == 0 || outputs == 0)
    throw spinule_error{"two_layer_network", fmt::format("{} inputs, {} hidden units and {} outputs; give at least one "
                                                         "of each",
                                                         inputs, hidden, outputs)};
  if (!(range > 0) || !std::isfinite(range))
    throw spinule_error{"two_layer_network", fmt::format("range = {}; it must be positive and finite", range)};
  random_stream draw{seed, purpose::weight, 0};
  const auto weights = [&](std::size_t targets, std::size_t sources) {
    std::vector<double> w(targets * sources);
    for (double& x : w) x = range * (2 * draw.uniform() - 1) / std::sqrt(static_cast<double>(sources));
    return w;
  };
  two_layer_network made{inputs, hidden, outputs, transfer, weights(hidden, inputs), {}};
  made.second = weights(outputs, hidden);
  return made;
}

std::vector<double> two_layer_network::answers(std::span<const double> x) const {
  const matrix y = passed(*this, x).second;
  return {y.data(), y.data() + y.size()};
}

std::vector<double> normal_inputs(std::size_t samples, std::size_t inputs, double deviation, std::uint64_t seed) {
  random_stream draw{seed, purpose::user, 0};
  std::vector<double> x(samples * inputs);
  for (double& v : x) v = deviation * draw.normal();
  return x;
}

std::vector<double> white_inputs(std::size_t inputs, double variance) {
  std::vector<double> x(inputs * inputs, 0.0);
  for (std::size_t i = 0; i < inputs; ++i) x[i * inputs + i] = std::sqrt(variance * static_cast<double>(inputs));
  return x;
}

curl_descent::curl_descent(two_layer_network start, options how) : network_{std::move(start)}, how_{std::move(how)} {
  const two_layer_network& n = network_;
  check_count("curl_descent", "weights of the first layer", n.first.size(), n.hidden * n.inputs);
  check_count("curl_descent", "weights of the second layer", n.second.size(), n.outputs * n.hidden);
  check_signs(how_.first, n.inputs, n.hidden, "curl_descent, first layer");
  check_signs(how_.second, n.hidden, n.outputs, "curl_descent, second layer");
  if (!(how_.learning_rate > 0) || !std::isfinite(how_.learning_rate))
    throw spinule_error{"curl_descent",
                        fmt::format("learning_rate = {}; it must be positive and finite", how_.learning_rate)};
  first_norm_ = norm(n.first);
  second_norm_ = norm(n.second);
}

std::vector<double> curl_descent::weights() const {
  std::vector<double> all = network_.first;
  all.insert(all.end(), network_.second.begin(), network_.second.end());
  return all;
}

void curl_descent::set_weights(std::span<const double> weights) {
  check_count("curl_descent", "weights", weights.size(), network_.first.size() + network_.second.size());
  const auto second = weights.begin() + static_cast<std::ptrdiff_t>(network_.first.size());
  network_.first.assign(weights.begin(), second);
  network_.second.assign(second, weights.end());
}

double curl_descent::loss(std::span<const double> x, std::span<const double> targets) const {
  const matrix y = passed(network_, x).second;
  check_count("curl_descent", "targets", targets.size(), static_cast<std::size_t>(y.size()));
  const auto wanted = as_matrix(targets, static_cast<std::size_t>(y.rows()), network_.outputs);
  return 0.5 * (y - wanted).squaredNorm() / static_cast<double>(y.rows());
}

std::vector<double> curl_descent::change(std::span<const double> x, std::span<const double> targets) const {
  const two_layer_network& n = network_;
  const std::size_t samples = samples_of(n, x);
  check_count("curl_descent", "targets", targets.size(), samples * n.outputs);
  const auto [h, y] = passed(n, x);
  const matrix error = (y - as_matrix(targets, samples, n.outputs)) / static_cast<double>(samples);
  matrix back = error * as_matrix(n.second, n.outputs, n.hidden);
  back.array() *= h.unaryExpr([&](double v) { return derivative(n.transfer, v); }).array();
  std::vector<double> all(n.first.size() + n.second.size());
  const std::span first{all.data(), n.first.size()}, second{all.data() + n.first.size(), n.second.size()};
  target_view{first.data(), back.cols(), static_cast<Eigen::Index>(n.inputs)}.noalias() =
      -back.transpose() * as_matrix(x, samples, n.inputs);
  target_view{second.data(), error.cols(), h.cols()}.noalias() = -error.transpose() * h;
  how_.first.apply(first, n.hidden, n.inputs);
  how_.second.apply(second, n.outputs, n.hidden);
  return all;
}

void curl_descent::step(std::span<const double> x, std::span<const double> targets) {
  std::vector<double> moved = change(x, targets);
  const std::vector<double> from = weights();
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] = from[i] + how_.learning_rate * moved[i];
  if (how_.keep_norms) {
    scale_to({moved.data(), network_.first.size()}, first_norm_);
    scale_to({moved.data() + network_.first.size(), network_.second.size()}, second_norm_);
  }
  if (!std::all_of(moved.begin(), moved.end(), [](double w) { return std::isfinite(w); }))
    throw spinule_error{"curl_descent",
                        "a step leads to weights that are not finite; take a lower learning_rate, or keep the norms"};
  set_weights(moved);
}

}  // namespace spinule::learning

#include <spinule/learning/target_propagation.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

namespace {

const char* const where = "difference_target_propagation";

void expect_size(const char* name, std::size_t given, std::size_t wanted) {
  if (given != wanted) throw spinule_error{where, fmt::format("{} {}: give {}", given, name, wanted)};
}

std::vector<double> random_weights(std::size_t targets, std::size_t sources, random_stream& draw) {
  std::vector<double> result(targets * sources);
  for (double& w : result) w = draw.normal() / std::sqrt(static_cast<double>(sources));
  return result;
}

/// weights += rate error source^T
void add_outer(std::vector<double>& weights, double rate, std::span<const double> error,
               std::span<const double> source) {
  for (std::size_t i = 0; i < error.size(); ++i)
    for (std::size_t j = 0; j < source.size(); ++j) weights[i * source.size() + j] += rate * (error[i] * source[j]);
}

}  // namespace

difference_target_propagation::difference_target_propagation(std::vector<std::size_t> sizes, transfer_function transfer,
                                                             double target_step, std::uint64_t seed)
    : sizes_{std::move(sizes)}, transfer_{transfer}, target_step_{target_step} {
  if (sizes_.size() < 2) throw spinule_error{where, "give at least the sizes of the input and of one layer"};
  if (std::ranges::find(sizes_, 0) != sizes_.end())
    throw spinule_error{where, "a size of 0: give at least one unit to each layer"};
  if (!(target_step > 0) || !std::isfinite(target_step))
    throw spinule_error{where, fmt::format("target step {} must be positive and finite", target_step)};
  random_stream draw{seed, purpose::weight, 0};
  for (std::size_t l = 1; l < sizes_.size(); ++l) forward_.push_back(random_weights(sizes_[l], sizes_[l - 1], draw));
  inverse_.emplace_back();
  for (std::size_t l = 2; l < sizes_.size(); ++l) inverse_.push_back(random_weights(sizes_[l - 1], sizes_[l], draw));
}

void difference_target_propagation::check_layer(std::size_t l, std::size_t first) const {
  if (l < first || l > layers())
    throw spinule_error{where, fmt::format("layer {} must be from {} to {}", l, first, layers())};
}

std::span<const double> difference_target_propagation::weights(std::size_t l) const {
  check_layer(l, 1);
  return forward_[l - 1];
}

std::span<const double> difference_target_propagation::inverse_weights(std::size_t l) const {
  check_layer(l, 1);
  return inverse_[l - 1];
}

void difference_target_propagation::set_weights(std::size_t l, std::span<const double> weights) {
  check_layer(l, 1);
  expect_size("weights", weights.size(), forward_[l - 1].size());
  std::ranges::copy(weights, forward_[l - 1].begin());
}

void difference_target_propagation::set_inverse_weights(std::size_t l, std::span<const double> weights) {
  check_layer(l, 2);
  expect_size("weights", weights.size(), inverse_[l - 1].size());
  std::ranges::copy(weights, inverse_[l - 1].begin());
}

std::vector<double> difference_target_propagation::pass(const std::vector<double>& weights, std::span<const double> h,
                                                        bool linear) const {
  std::vector<double> result(weights.size() / h.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    double a = 0;
    for (std::size_t j = 0; j < h.size(); ++j) a += weights[i * h.size() + j] * h[j];
    if (linear || transfer_ == transfer_function::identity)
      result[i] = a;
    else
      result[i] = transfer_ == transfer_function::tanh ? std::tanh(a) : std::max(a, 0.0);
  }
  return result;
}

std::vector<double> difference_target_propagation::forward(std::size_t l, std::span<const double> h) const {
  return pass(forward_[l - 1], h, l == layers());
}

std::vector<double> difference_target_propagation::backward(std::size_t l, std::span<const double> h) const {
  return pass(inverse_[l - 1], h, false);
}

/// s' from h = s(a).
double difference_target_propagation::slope(double h) const {
  if (transfer_ == transfer_function::tanh) return 1 - h * h;
  return transfer_ == transfer_function::identity || h > 0 ? 1 : 0;
}

std::vector<std::vector<double>> difference_target_propagation::activity(std::span<const double> x) const {
  expect_size("inputs", x.size(), sizes_.front());
  std::vector<std::vector<double>> h{{x.begin(), x.end()}};
  for (std::size_t l = 1; l <= layers(); ++l) h.push_back(forward(l, h.back()));
  return h;
}

std::vector<std::vector<double>> difference_target_propagation::targets(std::span<const double> x,
                                                                        std::span<const double> wanted) const {
  expect_size("wanted outputs", wanted.size(), sizes_.back());
  const auto h = activity(x);
  auto t = h;
  for (std::size_t i = 0; i < wanted.size(); ++i) t.back()[i] -= target_step_ * (h.back()[i] - wanted[i]);
  for (std::size_t l = layers(); l >= 2; --l) {
    const auto back = backward(l, t[l]), here = backward(l, h[l]);
    for (std::size_t i = 0; i < back.size(); ++i) t[l - 1][i] += back[i] - here[i];
  }
  return t;
}

std::vector<std::vector<double>> difference_target_propagation::changes(std::span<const double> x,
                                                                        std::span<const double> wanted) const {
  const auto h = activity(x), t = targets(x, wanted);
  std::vector<std::vector<double>> result;
  for (std::size_t l = 1; l <= layers(); ++l) {
    std::vector<double> error(sizes_[l]);
    for (std::size_t i = 0; i < error.size(); ++i)
      error[i] = (t[l][i] - h[l][i]) * (l == layers() ? 1 : slope(h[l][i]));
    add_outer(result.emplace_back(forward_[l - 1].size()), 1, error, h[l - 1]);
  }
  return result;
}

void difference_target_propagation::step(std::span<const double> x, std::span<const double> wanted, double rate) {
  const auto change = changes(x, wanted);
  for (std::size_t l = 0; l < change.size(); ++l)
    for (std::size_t k = 0; k < change[l].size(); ++k) forward_[l][k] += rate * change[l][k];
}

void difference_target_propagation::learn_inverses(std::span<const double> x, double noise, double rate,
                                                   random_stream& draw) {
  const auto h = activity(x);
  for (std::size_t l = 2; l <= layers(); ++l) {
    std::vector<double> k = h[l - 1];
    for (double& value : k) value += noise * draw.normal();
    const auto above = forward(l, k), again = backward(l, above);
    std::vector<double> error(k.size());
    for (std::size_t i = 0; i < error.size(); ++i) error[i] = (k[i] - again[i]) * slope(again[i]);
    add_outer(inverse_[l - 1], rate, error, above);
  }
}

}  // namespace spinule::learning

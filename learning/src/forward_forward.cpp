#include <spinule/learning/forward_forward.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/random.hpp>

namespace spinule::learning {

namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

forward_forward_layer::forward_forward_layer(std::size_t inputs, std::size_t outputs, transformation black_box,
                                             double theta, std::uint64_t seed)
    : inputs_{inputs}, outputs_{outputs}, black_box_{std::move(black_box)}, theta_{theta} {
  if (inputs == 0 || outputs == 0)
    throw spinule_error{"forward_forward_layer",
                        fmt::format("{} inputs and {} outputs: give at least one of each", inputs, outputs)};
  if (!black_box_) throw spinule_error{"forward_forward_layer", "no transformation: give a function"};
  if (!(theta > 0) || !std::isfinite(theta))
    throw spinule_error{"forward_forward_layer", fmt::format("theta {} must be positive and finite", theta)};
  random_stream of_weights{seed, purpose::weight, 0}, of_zeta{seed, purpose::weight, 1};
  weights_.resize(outputs * inputs);
  for (double& w : weights_) w = of_weights.normal() / std::sqrt(static_cast<double>(inputs));
  zeta_.resize(outputs);
  for (double& z : zeta_) z = of_zeta.normal();
  const double norm = std::sqrt(dot(zeta_, zeta_));
  for (double& z : zeta_) z /= norm;
}

void forward_forward_layer::set_weights(std::span<const double> weights) {
  if (weights.size() != weights_.size())
    throw spinule_error{"forward_forward_layer", fmt::format("{} weights: give {}", weights.size(), weights_.size())};
  std::ranges::copy(weights, weights_.begin());
}

forward_forward_layer::response forward_forward_layer::respond(std::span<const double> x) const {
  if (x.size() != inputs_)
    throw spinule_error{"forward_forward_layer", fmt::format("{} inputs: give {}", x.size(), inputs_)};
  response r{std::vector<double>(outputs_)};
  for (std::size_t i = 0; i < outputs_; ++i) r.y[i] = dot(std::span{weights_}.subspan(i * inputs_, inputs_), x);
  r.norm = std::sqrt(dot(r.y, r.y));
  if (r.norm > 0) r.goodness = dot(r.y, zeta_) / r.norm;
  return r;
}

std::vector<double> forward_forward_layer::transformed(std::span<const double> x) const {
  return black_box_(respond(x).y);
}

double forward_forward_layer::goodness(std::span<const double> x) const { return respond(x).goodness; }

double forward_forward_layer::loss(std::span<const double> positive, std::span<const double> negative) const {
  const double lag = theta_ * (goodness(negative) - goodness(positive));
  return std::max(lag, 0.0) + portable_log(1 + portable_exp(-std::abs(lag)));
}

std::vector<double> forward_forward_layer::gradient(std::span<const double> positive,
                                                    std::span<const double> negative) const {
  const response good = respond(positive), bad = respond(negative);
  const double lag = theta_ * (bad.goodness - good.goodness), small = portable_exp(-std::abs(lag));
  const double slope = theta_ * (lag > 0 ? 1 : small) / (1 + small);  // dL / d(goodness of the negative sample)
  // dg/dy = (zeta - g y / |y|) / |y|
  const auto of_response = [&](const response& r, std::size_t i) {
    return r.norm > 0 ? (zeta_[i] - r.goodness * r.y[i] / r.norm) / r.norm : 0.0;
  };
  std::vector<double> result(weights_.size());
  for (std::size_t i = 0; i < outputs_; ++i) {
    const double up = slope * of_response(bad, i), down = slope * of_response(good, i);
    for (std::size_t j = 0; j < inputs_; ++j) result[i * inputs_ + j] = up * negative[j] - down * positive[j];
  }
  return result;
}

void forward_forward_layer::step(std::span<const double> positive, std::span<const double> negative, double rate) {
  const std::vector<double> change = gradient(positive, negative);
  for (std::size_t k = 0; k < weights_.size(); ++k) weights_[k] -= rate * change[k];
}

}  // namespace spinule::learning

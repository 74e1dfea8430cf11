#include <spinule/learning/readout.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/learning/engine/lbfgs.hpp>
#include <spinule/learning/engine/softmax_loss.hpp>

namespace spinule::learning {

namespace {

void check_labels(std::span<const std::uint32_t> labels, std::size_t samples, std::uint32_t classes) {
  if (classes == 0) throw spinule_error{"readout", "0 classes: give at least one"};
  if (labels.size() != samples)
    throw spinule_error{"readout",
                        fmt::format("{} labels for {} samples: give one label each", labels.size(), samples)};
  std::vector<bool> seen(classes, false);
  for (std::size_t s = 0; s < samples; ++s) {
    if (labels[s] >= classes)
      throw spinule_error{"readout", fmt::format("label {} of sample {} must be below {}, the number of classes",
                                                 labels[s], s, classes)};
    seen[labels[s]] = true;
  }
  const auto absent = std::find(seen.begin(), seen.end(), false);
  if (absent != seen.end())
    throw spinule_error{"readout",
                        fmt::format("class {} has no sample: give at least one of each class", absent - seen.begin())};
}

void check_options(const readout_options& options) {
  if (!(options.penalty >= 0) || !std::isfinite(options.penalty))
    throw spinule_error{"readout", fmt::format("penalty {} must be 0 or more, and finite", options.penalty)};
  if (!(options.least_deviation >= 0) || !std::isfinite(options.least_deviation))
    throw spinule_error{"readout",
                        fmt::format("least deviation {} must be 0 or more, and finite", options.least_deviation)};
  if (options.iterations < 1)
    throw spinule_error{"readout", fmt::format("{} iterations: give at least one", options.iterations)};
  if (!(options.tolerance >= 0))
    throw spinule_error{"readout", fmt::format("tolerance {} must be 0 or more", options.tolerance)};
}

}  // namespace

linear_readout::linear_readout(readout_parameters parameters) : parameters_{std::move(parameters)} {
  parameters_.check();
}

linear_readout linear_readout::train(const feature_table& table, std::span<const std::uint32_t> labels,
                                     std::uint32_t classes, const readout_options& options) {
  check(table, "readout");
  check_labels(labels, table.samples(), classes);
  check_options(options);

  readout_parameters result{classes, measure_scaling(table, options.scaling, options.least_deviation), {}, {}};
  softmax_loss loss{table, labels, classes, result.scaling, options.penalty, options.threads};
  std::vector<double> x(loss.size(), 0.0);
  constexpr double float_products = 1e-7;
  minimise(std::ref(loss), x,
           {.iterations = options.iterations, .tolerance = options.tolerance, .rounding = float_products});

  const auto bias = x.begin() + static_cast<std::ptrdiff_t>(classes * table.features);
  const auto narrow = [](double value) { return static_cast<float>(value); };
  std::transform(x.begin(), bias, std::back_inserter(result.weights), narrow);
  std::transform(bias, x.end(), std::back_inserter(result.bias), narrow);
  return linear_readout{std::move(result)};
}

std::vector<double> linear_readout::probabilities(std::span<const float> x) const {
  std::vector<double> p = scores(x);
  const double top = *std::max_element(p.begin(), p.end());
  double sum = 0;
  for (double& y : p) sum += (y = std::exp(y - top));
  for (double& y : p) y /= sum;
  return p;
}

std::uint32_t linear_readout::classify(std::span<const float> x) const {
  const auto y = scores(x);
  return static_cast<std::uint32_t>(std::max_element(y.begin(), y.end()) - y.begin());
}

}  // namespace spinule::learning

#include <spinule/learning/engine/feature_scaling.hpp>

#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

namespace {

double transformed(float x, scaling kind) {
  return kind == scaling::root_standardise ? std::sqrt(static_cast<double>(x)) : static_cast<double>(x);
}

void refuse_negative(const feature_table& table) {
  for (std::size_t i = 0; i < table.values.size(); ++i)
    if (table.values[i] < 0)
      throw spinule_error{"readout",
                          fmt::format("feature {} of sample {} is {}: root_standardise wants counts, none below 0",
                                      i % table.features, i / table.features, table.values[i])};
}

}  // namespace

feature_scaling measure_scaling(const feature_table& table, scaling kind, double least_deviation) {
  feature_scaling result{kind, std::vector<float>(table.features, 0.0f), std::vector<float>(table.features, 1.0f)};
  if (kind == scaling::none) return result;
  if (kind == scaling::root_standardise) refuse_negative(table);

  const auto samples = static_cast<double>(table.samples());
  std::vector<double> mean(table.features, 0.0), square(table.features, 0.0);
  for (std::size_t s = 0; s < table.samples(); ++s)
    for (std::size_t f = 0; f < table.features; ++f) mean[f] += transformed(table.row(s)[f], kind);
  for (double& m : mean) m /= samples;
  for (std::size_t s = 0; s < table.samples(); ++s)
    for (std::size_t f = 0; f < table.features; ++f) {
      const double d = transformed(table.row(s)[f], kind) - mean[f];
      square[f] += d * d;
    }
  for (std::size_t f = 0; f < table.features; ++f) {
    const double deviation = std::sqrt(square[f] / samples);
    const bool varied = deviation > 1e-7 * (1 + std::abs(mean[f]));  // less is the rounding of a float
    result.mean[f] = static_cast<float>(mean[f]);
    result.gain[f] = varied ? static_cast<float>(1 / std::fmax(deviation, least_deviation)) : 0.0f;
  }
  return result;
}

}  // namespace spinule::learning

#include <spinule/engine/readout_parameters.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

bool finite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

}  // namespace

void feature_scaling::apply(std::span<const float> x, std::span<float> z) const {
  const std::size_t n = x.size();
  if (kind == scaling::root_standardise)
    for (std::size_t f = 0; f < n; ++f) z[f] = gain[f] * (std::sqrt(x[f]) - mean[f]);
  else
    for (std::size_t f = 0; f < n; ++f) z[f] = gain[f] * (x[f] - mean[f]);
}

void readout_parameters::check() const {
  const std::size_t features = scaling.mean.size();
  if (classes == 0 || features == 0)
    throw spinule_error{"readout", "no classes or no features: give at least one of each"};
  if (scaling.gain.size() != features || weights.size() != features * classes || bias.size() != classes)
    throw spinule_error{
        "readout",
        fmt::format("sizes disagree: {} classes and {} features want {} weights, {} gains and {} biases, not "
                    "{}, {} and {}",
                    classes, features, features * classes, features, classes, weights.size(), scaling.gain.size(),
                    bias.size())};
  if (scaling.kind > spinule::scaling::root_standardise)
    throw spinule_error{"readout", fmt::format("unknown scaling {}", static_cast<std::uint32_t>(scaling.kind))};
  if (!finite(weights) || !finite(bias) || !finite(scaling.mean) || !finite(scaling.gain))
    throw spinule_error{"readout", "a weight, bias or scale is not finite"};
}

std::vector<double> readout_parameters::scores(std::span<const float> x) const {
  if (x.size() != scaling.mean.size())
    throw spinule_error{"readout", fmt::format("{} features given, {} wanted", x.size(), scaling.mean.size())};
  std::vector<float> z(x.size());
  scaling.apply(x, z);
  std::vector<double> result(bias.begin(), bias.end());
  for (std::size_t c = 0; c < result.size(); ++c) {
    const float* const w = weights.data() + c * z.size();
    for (std::size_t f = 0; f < z.size(); ++f) result[c] += static_cast<double>(w[f]) * static_cast<double>(z[f]);
  }
  return result;
}

}  // namespace spinule

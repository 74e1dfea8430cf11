#include <spinule/learning/surrogate.hpp>

#include <cmath>

#include <fmt/format.h>

#include <spinule/engine/instruction_sets.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule::learning {
namespace {

constexpr double pi = 3.14159265358979323846;
constexpr double side_lobe = 0.15, side_width = 6;

template <class Shape>
void each(std::span<const float> margins, std::span<float> out, double width, const Shape& shape) {
  const auto scale = static_cast<float>(1 / width);
  for (std::size_t i = 0; i < margins.size(); ++i) out[i] = shape(margins[i] * scale);
}

// The shapes of one operation after the other are vector code.
SPINULE_CLONES void fast_sigmoid(const float* x, float* out, std::size_t n, float scale, float height) {
  for (std::size_t i = 0; i < n; ++i) {
    const float far = 1 + std::fabs(x[i] * scale);
    out[i] = height / (far * far);
  }
}
SPINULE_CLONES void arctan(const float* x, float* out, std::size_t n, float scale, float height) {
  for (std::size_t i = 0; i < n; ++i) {
    const float y = x[i] * scale;
    out[i] = height / (1 + y * y);
  }
}
SPINULE_CLONES void triangle(const float* x, float* out, std::size_t n, float scale, float height) {
  for (std::size_t i = 0; i < n; ++i) {
    const float y = 1 - std::fabs(x[i] * scale);
    out[i] = height * (y > 0 ? y : 0);
  }
}

double logistic(double x) { return 1 / (1 + portable_exp(-x)); }
double bell(double x) { return portable_exp(-x * x / 2); }
/// The integral of `bell` from far below.
double bell_sum(double x) { return std::sqrt(pi / 2) * std::erfc(-x / std::sqrt(2.0)); }

}  // namespace

void surrogate::check() const {
  if (!(width > 0 && width < 1e9) || !(height > 0 && height < 1e9))
    throw spinule_error{"surrogate", fmt::format("width = {}, height = {}; both must be positive", width, height)};
}

void surrogate::slopes(std::span<const float> margins, std::span<float> out) const {
  const auto scale = static_cast<float>(1 / width), peak = static_cast<float>(height);
  switch (shape) {
    case form::fast_sigmoid:
      return fast_sigmoid(margins.data(), out.data(), margins.size(), scale, peak);
    case form::arctan:
      return arctan(margins.data(), out.data(), margins.size(), scale, peak);
    case form::triangle:
      return triangle(margins.data(), out.data(), margins.size(), scale, peak);
    case form::sigmoid:
      return each(margins, out, width, [&](double x) {
        const double s = logistic(x);
        return static_cast<float>(height * 4 * s * (1 - s));
      });
    case form::gaussian:
      return each(margins, out, width, [&](double x) { return static_cast<float>(height * bell(x)); });
    case form::multi_gaussian:
      return each(margins, out, width, [&](double x) {
        return static_cast<float>(height * ((1 + side_lobe) * bell(x) - side_lobe * bell(x / side_width)));
      });
  }
}

void surrogate::smooth_spikes(std::span<const float> margins, std::span<float> out) const {
  const auto integral = [&](double x) {
    switch (shape) {
      case form::fast_sigmoid:
        return x < 0 ? 1 / (1 - x) : 2 - 1 / (1 + x);
      case form::arctan:
        return pi / 2 + std::atan(x);
      case form::triangle:
        if (x < -1) return 0.0;
        if (x > 1) return 1.0;
        return x < 0 ? (1 + x) * (1 + x) / 2 : 1 - (1 - x) * (1 - x) / 2;
      case form::sigmoid:
        return 4 * logistic(x);
      case form::gaussian:
        return bell_sum(x);
      case form::multi_gaussian:
        return (1 + side_lobe) * bell_sum(x) - side_lobe * side_width * bell_sum(x / side_width);
    }
    return 0.0;
  };
  for (std::size_t i = 0; i < margins.size(); ++i)
    out[i] = static_cast<float>(height * width * integral(margins[i] / width));
}

}  // namespace spinule::learning

#include <spinule/learning/contrastive_heads.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/math.hpp>
#include <spinule/random.hpp>

#include "row_sums.hpp"

namespace spinule::learning {
namespace {

constexpr const char* where = "contrastive_heads";

struct gelu_at {
  double value, slope;
};

gelu_at gelu(double x) {
  constexpr double a = 0.7978845608028654;  // sqrt(2 / pi)
  const double u = a * (x + 0.044715 * x * x * x);
  const double e = portable_exp(-2 * std::abs(u));
  const double t = std::copysign((1 - e) / (1 + e), u);  // tanh(u)
  return {0.5 * x * (1 + t), 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * a * (1 + 3 * 0.044715 * x * x)};
}

const contrastive_options& checked(const contrastive_options& o, std::size_t first, std::size_t second) {
  if (first == 0 || second == 0) throw spinule_error{where, "a modality has no features"};
  if (o.dimensions == 0) throw spinule_error{where, "dimensions = 0; give at least 1"};
  if (!(o.temperature > 0) || !std::isfinite(o.temperature))
    throw spinule_error{where, fmt::format("temperature = {}; it must be above 0", o.temperature)};
  if (!(o.rate >= 0) || !std::isfinite(o.rate))
    throw spinule_error{where, fmt::format("rate = {}; it must be 0 or more", o.rate)};
  return o;
}

std::vector<float> with_slack(std::span<const float> x) {
  std::vector<float> y(x.begin(), x.end());
  y.resize(y.size() + row_slack);
  return y;
}

/// [columns][rows] of x [rows][columns].
std::vector<float> turned(const float* x, std::size_t rows, std::size_t columns) {
  std::vector<float> y(rows * columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) y[c * rows + r] = x[r * columns + c];
  return y;
}

/// Of the n x n similarities; `slopes` becomes its derivatives by each.
double cross_entropy(const std::vector<float>& similarity, std::size_t n, std::vector<float>& slopes) {
  const double share = 0.5 / static_cast<double>(n);
  double loss = 0;
  slopes.assign(n * n, 0);
  std::vector<double> e(n);
  const auto along = [&](std::size_t first, std::size_t step, std::size_t own) {
    double top = similarity[first];
    for (std::size_t j = 1; j < n; ++j) top = std::max<double>(top, similarity[first + j * step]);
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) sum += e[j] = portable_exp(similarity[first + j * step] - top);
    loss += share * (portable_log(sum) - (similarity[first + own * step] - top));
    for (std::size_t j = 0; j < n; ++j)
      slopes[first + j * step] += static_cast<float>(share * (e[j] / sum - (j == own ? 1 : 0)));
  };
  for (std::size_t i = 0; i < n; ++i) {
    along(i * n, 1, i);
    along(i, n, i);
  }
  return loss;
}

}  // namespace

struct contrastive_heads::pass {
  std::vector<float> z, slope;  ///< [samples][dimensions] and slack: places, and the slope of gelu there
  std::vector<float> error;     ///< the same: derivatives of the loss by z
};

contrastive_heads::contrastive_heads(std::size_t first, std::size_t second, const contrastive_options& options)
    : options_{checked(options, first, second)},
      features_{first, second},
      parameters_((first + second + 2) * options.dimensions),
      state_{options.optimiser, parameters_.size()} {
  for (const auto of : {side::first, side::second}) {
    random_stream draw{options.seed, purpose::weight, static_cast<std::uint64_t>(of)};
    const double bound = 1 / std::sqrt(static_cast<double>(features(of)));
    const std::size_t begin = begin_of(of), count = (features(of) + 1) * dimensions();
    for (std::size_t i = begin; i < begin + count; ++i)
      parameters_[i] = static_cast<float>(bound * (2 * draw.uniform() - 1));
  }
}

std::size_t contrastive_heads::begin_of(side of) const {
  return of == side::first ? 0 : (features_[0] + 1) * dimensions();
}

void contrastive_heads::assign(std::span<const float> parameters) {
  if (parameters.size() != parameters_.size())
    throw spinule_error{where, fmt::format("{} parameters; there are {}", parameters.size(), parameters_.size())};
  parameters_.assign(parameters.begin(), parameters.end());
}

void contrastive_heads::check(const feature_table& first, const feature_table& second) const {
  if (first.samples() != second.samples())
    throw spinule_error{where,
                        fmt::format("{} rows of the first modality and {} of the second; a row of each is a pair",
                                    first.samples(), second.samples())};
  if (first.samples() < 2) throw spinule_error{where, "a batch of one pair has nothing to be told apart from"};
}

contrastive_heads::pass contrastive_heads::forward(side of, const feature_table& table) const {
  learning::check(table, where);
  if (table.features != features(of))
    throw spinule_error{where, fmt::format("{} features; this modality has {}", table.features, features(of))};
  const std::size_t n = table.samples(), d = dimensions(), f = table.features;
  const auto weights = with_slack(std::span{parameters_}.subspan(begin_of(of), f * d));
  const float* bias = parameters_.data() + begin_of(of) + f * d;
  pass p;
  p.z.resize(n * d + row_slack);
  for (std::size_t i = 0; i < n; ++i) std::copy_n(bias, d, p.z.data() + i * d);
  add_product(table.values.data(), f, n, f, weights.data(), d, d, p.z.data(), d);
  p.slope.resize(n * d);
  for (std::size_t i = 0; i < n * d; ++i) {
    const auto at = gelu(p.z[i]);
    p.z[i] = static_cast<float>(at.value);
    p.slope[i] = static_cast<float>(at.slope);
  }
  return p;
}

void contrastive_heads::backward(side of, const feature_table& table, pass& p, std::vector<float>& gradient) const {
  const std::size_t n = table.samples(), d = dimensions(), f = table.features;
  for (std::size_t i = 0; i < n * d; ++i) p.error[i] *= p.slope[i];
  const auto x = turned(table.values.data(), n, f);
  float* out = gradient.data() + begin_of(of);
  add_product(x.data(), n, f, n, p.error.data(), d, d, out, d);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < d; ++k) out[f * d + k] += p.error[i * d + k];
}

double contrastive_heads::run(const feature_table& first, const feature_table& second,
                              std::vector<float>* gradient) const {
  check(first, second);
  pass a = forward(side::first, first), b = forward(side::second, second);
  const std::size_t n = first.samples(), d = dimensions();
  const auto scale = static_cast<float>(1 / options_.temperature);
  std::vector<float> similarity(n * n), slopes;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) similarity[i * n + j] = scale * dot(&a.z[i * d], &b.z[j * d], d);
  const double loss = cross_entropy(similarity, n, slopes);
  if (gradient == nullptr) return loss;
  for (float& s : slopes) s *= scale;
  const auto back = turned(slopes.data(), n, n);
  a.error.assign(n * d + row_slack, 0);
  b.error.assign(n * d + row_slack, 0);
  add_product(slopes.data(), n, n, n, b.z.data(), d, d, a.error.data(), d);
  add_product(back.data(), n, n, n, a.z.data(), d, d, b.error.data(), d);
  gradient->assign(parameters_.size(), 0);
  backward(side::first, first, a, *gradient);
  backward(side::second, second, b, *gradient);
  return loss;
}

double contrastive_heads::learn(const feature_table& first, const feature_table& second) {
  std::vector<float> slope;
  const double before = run(first, second, &slope);
  state_.step(parameters_, slope, options_.rate);
  return before;
}

double contrastive_heads::loss(const feature_table& first, const feature_table& second) const {
  return run(first, second, nullptr);
}

std::vector<float> contrastive_heads::gradient(const feature_table& first, const feature_table& second) const {
  std::vector<float> slope;
  run(first, second, &slope);
  return slope;
}

std::vector<float> contrastive_heads::project(side of, const feature_table& table) const {
  auto z = forward(of, table).z;
  z.resize(table.samples() * dimensions());
  return z;
}

std::vector<std::size_t> nearest(const feature_table& queries, const feature_table& gallery) {
  check(queries, "nearest: queries");
  check(gallery, "nearest: gallery");
  if (queries.features != gallery.features)
    throw spinule_error{"nearest",
                        fmt::format("queries of {} numbers and a gallery of {}", queries.features, gallery.features)};
  std::vector<std::size_t> best;
  for (std::size_t i = 0; i < queries.samples(); ++i) {
    std::size_t found = 0;
    float most = 0;
    for (std::size_t j = 0; j < gallery.samples(); ++j) {
      const float s = dot(queries.row(i).data(), gallery.row(j).data(), queries.features);
      if (j == 0 || s > most) most = s, found = j;
    }
    best.push_back(found);
  }
  return best;
}

}  // namespace spinule::learning

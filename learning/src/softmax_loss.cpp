#include <spinule/learning/engine/softmax_loss.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

#include <Eigen/Core>

namespace spinule::learning {

namespace {

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using view = Eigen::Map<matrix>;
using const_view = Eigen::Map<const matrix>;

constexpr std::size_t shard_count = 16;  // fixed: the order of summation must not depend on the number of threads
constexpr std::size_t block_rows = 64;   // a block of scaled features stays in the second-level cache

Eigen::Index extent(std::size_t n) { return static_cast<Eigen::Index>(n); }

/// Turns the outputs of one sample into -log p(label) and, in place, into d loss / d output.
double cross_entropy(std::span<float> outputs, std::uint32_t label) {
  const float top = *std::max_element(outputs.begin(), outputs.end());
  double sum = 0;
  for (const float y : outputs) sum += std::exp(static_cast<double>(y - top));
  const double loss = std::log(sum) - static_cast<double>(outputs[label] - top);
  for (float& y : outputs) y = static_cast<float>(std::exp(static_cast<double>(y - top)) / sum);
  outputs[label] -= 1.0f;
  return loss;
}

}  // namespace

softmax_loss::softmax_loss(feature_table table, std::span<const std::uint32_t> labels, std::uint32_t classes,
                           const feature_scaling& scale, double penalty, unsigned threads)
    : table_{table},
      labels_{labels},
      classes_{classes},
      scaling_{scale},
      penalty_{penalty},
      threads_{std::max(1u, threads)},
      weights_(classes_ * table.features),
      bias_(classes_),
      shards_(shard_count) {
  const std::size_t samples = table_.samples();
  for (std::size_t i = 0; i < shard_count; ++i) {
    shard& part = shards_[i];
    part.first = samples * i / shard_count;
    part.last = samples * (i + 1) / shard_count;
    part.gradient.resize(size());
    part.scaled.resize(block_rows * table_.features);
    part.outputs.resize(block_rows * classes_);
    part.product.resize(classes_ * table_.features);
  }
}

double softmax_loss::operator()(std::span<const double> x, std::span<double> gradient) {
  std::transform(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(weights_.size()), weights_.begin(),
                 [](double w) { return static_cast<float>(w); });
  std::copy(x.begin() + static_cast<std::ptrdiff_t>(weights_.size()), x.end(), bias_.begin());

  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < shard_count; i = next++) run(shards_[i]);
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < threads_; ++i) helpers.emplace_back(work);
    work();
  }

  double loss = 0, norm = 0;
  std::fill(gradient.begin(), gradient.end(), 0.0);
  for (const shard& part : shards_) {
    loss += part.loss;
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += part.gradient[i];
  }
  const double share = 1.0 / static_cast<double>(table_.samples());
  for (double& g : gradient) g *= share;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    norm += x[i] * x[i];
    gradient[i] += penalty_ * x[i];
  }
  return loss * share + penalty_ / 2 * norm;
}

void softmax_loss::run(shard& part) const {
  part.loss = 0;
  std::fill(part.gradient.begin(), part.gradient.end(), 0.0);
  for (std::size_t first = part.first; first < part.last; first += block_rows)
    run_block(part, first, std::min(block_rows, part.last - first));
}

void softmax_loss::run_block(shard& part, std::size_t first, std::size_t rows) const {
  const std::size_t features = table_.features;
  for (std::size_t r = 0; r < rows; ++r)
    scaling_.apply(table_.row(first + r), std::span{part.scaled}.subspan(r * features, features));

  const const_view z{part.scaled.data(), extent(rows), extent(features)};
  const const_view w{weights_.data(), extent(classes_), extent(features)};
  view y{part.outputs.data(), extent(rows), extent(classes_)};
  y.noalias() = z * w.transpose();

  double* const bias_gradient = part.gradient.data() + weights_.size();
  for (std::size_t r = 0; r < rows; ++r) {
    const auto outputs = std::span{part.outputs}.subspan(r * classes_, classes_);
    for (std::size_t c = 0; c < classes_; ++c) outputs[c] += static_cast<float>(bias_[c]);
    part.loss += cross_entropy(outputs, labels_[first + r]);
    for (std::size_t c = 0; c < classes_; ++c) bias_gradient[c] += static_cast<double>(outputs[c]);
  }

  view product{part.product.data(), extent(classes_), extent(features)};
  product.noalias() = y.transpose() * z;
  for (std::size_t i = 0; i < part.product.size(); ++i) part.gradient[i] += static_cast<double>(part.product[i]);
}

}  // namespace spinule::learning

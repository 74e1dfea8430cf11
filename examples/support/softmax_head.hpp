// A softmax classifier trained by plain gradient descent, sample by sample.
#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace spinule {

using numbers = std::vector<double>;

/// Features `x` [samples][features], weights `w` and their gradient `g` [classes][features]; weights start at 0.
struct softmax_head {
  std::uint32_t classes = 0;
  std::vector<numbers> x;
  std::vector<numbers> w = std::vector(classes, numbers(x[0].size())), g = w;

  /// [classes] of one sample.
  numbers probabilities(std::size_t sample) const {
    numbers p;
    for (const auto& row : w) p.push_back(std::exp(std::inner_product(row.begin(), row.end(), x[sample].begin(), 0.0)));
    const double sum = std::reduce(p.begin(), p.end());
    for (double& y : p) y /= sum;
    return p;
  }
  /// Adds the gradient of -log p(label) to `g`; returns p(label).
  double learn(std::size_t sample, std::uint32_t label) {
    const numbers p = probabilities(sample);
    for (std::uint32_t c = 0; c < classes; ++c)
      for (std::size_t f = 0; f < x[sample].size(); ++f) g[c][f] += (p[c] - (c == label)) * x[sample][f];
    return p[label];
  }
  /// Goes down the gradient and forgets it.
  void step(double rate) {
    for (std::uint32_t c = 0; c < classes; ++c)
      for (std::size_t f = 0; f < g[c].size(); ++f) w[c][f] -= rate * std::exchange(g[c][f], 0);
  }
};

}  // namespace spinule

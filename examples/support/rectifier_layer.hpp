// A layer of rectifiers, and inputs for it in spikes: what a spiking layer is compared with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <spinule/random.hpp>
#include <spinule/recording.hpp>

namespace spinule {

struct rectifier_layer {
  std::uint32_t channels = 20, cells = 40;
  std::int64_t steps = 4;  ///< of 1 ms

  /// [channels][cells], in whole 1024ths, so that they are exact on every network.
  std::vector<double> weights() const {
    random_stream random{1, purpose::user, 0};
    std::vector<double> w(channels * cells);
    for (double& x : w) x = std::round(256 * random.normal()) / 1024;
    return w;
  }
  /// Each channel fires in each step with probability 1/2.
  std::vector<event> spikes(std::uint64_t sample) const {
    random_stream random{2, purpose::user, sample};
    std::vector<event> all;
    for (std::int64_t t = 0; t < steps; ++t)
      for (std::uint32_t i = 0; i < channels; ++i)
        if (random.uniform() < 0.5) all.push_back({1000 * t, i});
    return all;
  }
  /// [cells] of rectifiers, cut at 1, that are given the mean of such spikes over the steps.
  std::vector<double> outputs(const std::vector<event>& spikes) const {
    const std::vector<double> w = weights();
    std::vector<double> y(cells);
    for (const event& e : spikes)
      for (std::uint32_t j = 0; j < cells; ++j) y[j] += w[e.channel * cells + j] / static_cast<double>(steps);
    for (double& x : y) x = std::clamp(x, 0.0, 1.0);
    return y;
  }
};

}  // namespace spinule

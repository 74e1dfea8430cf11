// Pictures as Poisson trains.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include <spinule/random.hpp>
#include <spinule/recording.hpp>
#include <spinule/units.hpp>

namespace spinule {

/// In every tick channel i has an event with the probability of a Poisson train of `rates_khz[i] * gain`,
/// independently; by time, then channel. The same for the same key: a seed, a sample, and how often it was shown
/// before.
struct rate_code {
  milliseconds tick{0.5}, length{350};
  std::uint64_t seed = 1;

  std::vector<event> operator()(std::span<const double> rates_khz, double gain, std::uint64_t sample,
                                std::uint32_t showing) const {
    random_stream random{seed, purpose::encoding, sample, showing};
    const double end = length.in(tick), us = tick.value() * 1000;
    std::vector<event> events;
    for (std::uint32_t i = 0; i < rates_khz.size(); ++i) {
      if (rates_khz[i] <= 0) continue;
      const double p = -std::expm1(-rates_khz[i] * gain * tick.value());
      const auto gap = [&] { return static_cast<double>(random.geometric(p)); };
      for (double t = gap(); t < end; t += 1 + gap()) events.push_back({static_cast<std::int64_t>(t * us), i});
    }
    std::ranges::sort(events, {}, [](const event& e) { return std::tuple{e.time_us, e.channel}; });
    return events;
  }
};

}  // namespace spinule

// Statistics of a run and of pieces of it, which show how much they vary.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include <spinule/learning/spike_statistics.hpp>

namespace spinule::bench {

using learning::spike_statistics;
using learning::statistics_of;
using learning::stretch;

/// Mean and sample sd of one figure over pieces of a run.
struct spread {
  double mean = 0, sd = 0;
};

inline spread spread_of(std::span<const double> x) {
  spread s;
  for (const double v : x) s.mean += v / static_cast<double>(x.size());
  for (const double v : x) s.sd += (v - s.mean) * (v - s.mean);
  s.sd = x.size() > 1 ? std::sqrt(s.sd / static_cast<double>(x.size() - 1)) : 0;
  return s;
}

/// `of` cut into pieces of `length` ticks; what remains is dropped.
inline std::vector<spike_statistics> statistics_by_piece(std::span<const spike> spikes, index_t size, stretch of,
                                                         moment length, milliseconds tick) {
  std::vector<spike_statistics> all;
  for (moment t = of.begin; t + length <= of.end; t += length)
    all.push_back(statistics_of(spikes, size, {t, t + length}, tick));
  return all;
}

}  // namespace spinule::bench

// What recorded spikes are like: mean rate and irregularity of a population.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <spinule/simulation.hpp>

namespace spinule::bench {

/// Ticks [begin, end) of a run.
struct stretch {
  moment begin = 0, end = 0;
};

struct spike_statistics {
  double rate_hz = 0;  ///< mean over all neurons, silent ones too
  /// Mean over the counted neurons of sd / mean of their inter-spike intervals, the sd over n and not n - 1; NaN where
  /// no neuron is counted.
  double cv = std::numeric_limits<double>::quiet_NaN();
  index_t counted = 0;  ///< neurons with enough spikes
};

/// Fewer than three spikes are fewer than two intervals, which have no spread. Few intervals give too small a CV in any
/// case: compare runs of one length.
inline constexpr std::uint64_t least_spikes = 3;

/// CV of the intervals between the spikes of one neuron, fed in order.
class interval_cv {
 public:
  void add(moment when) {
    if (spikes_++ > 0) {
      const auto interval = static_cast<double>(when - last_);
      sum_ += interval;
      squares_ += interval * interval;
    }
    last_ = when;
  }
  std::uint64_t spikes() const { return spikes_; }
  double value() const {
    const double mean = sum_ / static_cast<double>(spikes_ - 1);
    return std::sqrt(std::max(squares_ / static_cast<double>(spikes_ - 1) - mean * mean, 0.0)) / mean;
  }

 private:
  std::uint64_t spikes_ = 0;
  moment last_ = 0;
  double sum_ = 0, squares_ = 0;  ///< whole ticks, exact up to 2^53
};

/// Of a population of `size` neurons whose spikes are sorted by time.
inline spike_statistics statistics_of(std::span<const spike> spikes, index_t size, stretch of, milliseconds tick) {
  const auto from = [&](moment t) { return std::ranges::lower_bound(spikes, t, {}, &spike::when); };
  std::vector<interval_cv> neurons(size);
  const auto first = from(of.begin), last = from(of.end);
  for (auto s = first; s != last; ++s) neurons[s->neuron].add(s->when);
  spike_statistics out;
  const double seconds = 1e-3 * tick.value() * static_cast<double>(of.end - of.begin);
  out.rate_hz = static_cast<double>(last - first) / size / seconds;
  double sum = 0;
  for (const interval_cv& n : neurons)
    if (n.spikes() >= least_spikes) {
      sum += n.value();
      ++out.counted;
    }
  if (out.counted > 0) out.cv = sum / out.counted;
  return out;
}

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

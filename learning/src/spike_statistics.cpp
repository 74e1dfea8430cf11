#include <spinule/learning/spike_statistics.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {
namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

/// The spikes of the stretch, once all is checked.
std::span<const spike> within(std::span<const spike> spikes, index_t neurons, stretch of, ticks bin = 1) {
  const auto refuse = [](const std::string& what) { throw spinule_error{"spike statistics", what}; };
  if (!(of.begin >= 0 && of.end > of.begin))
    refuse(fmt::format("the stretch from tick {} to {} is empty or begins before tick 0", of.begin, of.end));
  if (bin < 1) refuse(fmt::format("bins of {} ticks; give 1 or more", bin));
  if (!std::ranges::is_sorted(spikes, {}, &spike::when)) refuse("spikes are not by time");
  const auto from = [&](moment t) { return std::ranges::lower_bound(spikes, t, {}, &spike::when); };
  const std::span<const spike> some{from(of.begin), from(of.end)};
  for (const spike& s : some)
    if (s.neuron >= neurons) refuse(fmt::format("a spike names neuron {} of {}", s.neuron, neurons));
  return some;
}

/// Calls `each(bin, spikes of it)` for every whole bin, silent ones too.
template <class Each>
void for_each_bin(std::span<const spike> spikes, stretch of, ticks bin, Each each) {
  auto at = spikes.begin();
  const moment bins = (of.end - of.begin) / bin;
  for (moment b = 0; b < bins; ++b) {
    const auto end = std::ranges::lower_bound(at, spikes.end(), of.begin + (b + 1) * bin, {}, &spike::when);
    each(static_cast<std::size_t>(b), std::span<const spike>{at, end});
    at = end;
  }
}

/// Counts in bins: of each neuron their sum and sum of squares.
struct bin_counts {
  std::size_t bins = 0;
  std::vector<double> sum, squares;  ///< [neurons] whole numbers, exact up to 2^53

  double mean(index_t i) const { return sum[i] / static_cast<double>(bins); }
  /// Over n.
  double variance(index_t i) const {
    return std::fmax(squares[i] / static_cast<double>(bins) - mean(i) * mean(i), 0.0);
  }
};

bin_counts counted(std::span<const spike> spikes, index_t neurons, stretch of, ticks bin) {
  bin_counts all{static_cast<std::size_t>((of.end - of.begin) / bin), std::vector<double>(neurons),
                 std::vector<double>(neurons)};
  std::vector<double> now(neurons);
  for_each_bin(spikes, of, bin, [&](std::size_t, std::span<const spike> some) {
    for (const spike& s : some) ++now[s.neuron];
    for (const spike& s : some) {
      all.sum[s.neuron] += now[s.neuron];
      all.squares[s.neuron] += now[s.neuron] * now[s.neuron];
      now[s.neuron] = 0;  // the next spike of the neuron in this bin adds nothing
    }
  });
  return all;
}

/// Over n, of [bins] numbers.
double variance_of(std::span<const double> x) {
  double mean = 0, sum = 0;
  for (const double v : x) mean += v / static_cast<double>(x.size());
  for (const double v : x) sum += (v - mean) * (v - mean);
  return sum / static_cast<double>(x.size());
}

double seconds_of(moment span, milliseconds tick) { return static_cast<double>(span) * tick.in(1_s); }

}  // namespace

std::vector<double> rates_hz(std::span<const spike> spikes, index_t neurons, stretch of, milliseconds tick) {
  std::vector<double> rates(neurons);
  for (const spike& s : within(spikes, neurons, of)) ++rates[s.neuron];
  for (double& r : rates) r /= seconds_of(of.end - of.begin, tick);
  return rates;
}

std::vector<double> population_rates_hz(std::span<const spike> spikes, index_t neurons, stretch of, milliseconds tick,
                                        ticks bin) {
  std::vector<double> rates;
  for_each_bin(within(spikes, neurons, of, bin), of, bin, [&](std::size_t, std::span<const spike> some) {
    rates.push_back(static_cast<double>(some.size()) / neurons / seconds_of(bin, tick));
  });
  return rates;
}

std::vector<double> interval_cvs(std::span<const spike> spikes, index_t neurons, stretch of) {
  struct intervals {
    std::uint64_t spikes = 0;
    moment last = 0;
    double sum = 0, squares = 0;  ///< whole ticks, exact up to 2^53
  };
  std::vector<intervals> all(neurons);
  for (const spike& s : within(spikes, neurons, of)) {
    intervals& n = all[s.neuron];
    if (n.spikes++ > 0) {
      const auto interval = static_cast<double>(s.when - n.last);
      n.sum += interval;
      n.squares += interval * interval;
    }
    n.last = s.when;
  }
  std::vector<double> cvs;
  for (const intervals& n : all) {
    const double count = static_cast<double>(n.spikes) - 1, mean = n.sum / count;
    cvs.push_back(n.spikes < 3 ? no_number : std::sqrt(std::fmax(n.squares / count - mean * mean, 0.0)) / mean);
  }
  return cvs;
}

std::vector<double> fano_factors(std::span<const spike> spikes, index_t neurons, stretch of, ticks bin) {
  const bin_counts all = counted(within(spikes, neurons, of, bin), neurons, of, bin);
  const auto n = static_cast<double>(all.bins);
  std::vector<double> factors;
  for (index_t i = 0; i < neurons; ++i)
    factors.push_back(all.bins < 2 || all.sum[i] == 0 ? no_number : all.variance(i) * n / (n - 1) / all.mean(i));
  return factors;
}

double synchrony(std::span<const spike> spikes, index_t neurons, stretch of, ticks bin) {
  const auto some = within(spikes, neurons, of, bin);
  const bin_counts all = counted(some, neurons, of, bin);
  double alone = 0;
  for (index_t i = 0; i < neurons; ++i) alone += all.variance(i) / neurons;
  std::vector<double> together;
  for_each_bin(some, of, bin, [&](std::size_t, std::span<const spike> now) {
    together.push_back(static_cast<double>(now.size()) / neurons);
  });
  return alone > 0 ? std::sqrt(variance_of(together) / alone) : no_number;
}

double mean_correlation(std::span<const spike> spikes, index_t neurons, stretch of, ticks bin) {
  const auto some = within(spikes, neurons, of, bin);
  const bin_counts all = counted(some, neurons, of, bin);
  std::vector<double> scale(neurons);  // 1 / deviation; 0 where the counts do not vary
  double varying = 0;
  for (index_t i = 0; i < neurons; ++i)
    if (all.variance(i) > 0) scale[i] = 1 / std::sqrt(all.variance(i)), ++varying;
  if (varying < 2) return no_number;
  std::vector<double> sums;  // of the scaled counts: their variance is n + the sum over all ordered pairs
  for_each_bin(some, of, bin, [&](std::size_t, std::span<const spike> now) {
    double sum = 0;
    for (const spike& s : now) sum += scale[s.neuron];
    sums.push_back(sum);
  });
  return (variance_of(sums) - varying) / (varying * (varying - 1));
}

spike_statistics statistics_of(std::span<const spike> spikes, index_t neurons, stretch of, milliseconds tick) {
  spike_statistics all;
  for (const double r : rates_hz(spikes, neurons, of, tick)) all.rate_hz += r / neurons;
  double sum = 0;
  for (const double cv : interval_cvs(spikes, neurons, of))
    if (!std::isnan(cv)) sum += cv, ++all.counted;
  if (all.counted > 0) all.cv = sum / all.counted;
  return all;
}

}  // namespace spinule::learning

#include <spinule/io/result.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <spinule/error.hpp>

namespace spinule {

double energy_account::dynamic_pj() const {
  return std::accumulate(dynamic.begin(), dynamic.end(), 0.0, [](double sum, const auto& s) { return sum + s.pj; });
}

double energy_account::static_pj() const {
  return std::accumulate(standing.begin(), standing.end(), 0.0, [](double sum, const auto& s) { return sum + s.pj; });
}

double energy_account::real_time_pj() const {
  return std::accumulate(standing.begin(), standing.end(), 0.0,
                         [](double sum, const auto& s) { return sum + s.real_time_pj; });
}

namespace {

cost_sum operator/(const cost_sum& sum, double n) {
  return {sum.dynamic_pj / n, sum.static_pj / n, sum.real_time_pj / n};
}

cost_range operator/(const cost_range& range, double n) { return {range.constant, range.low / n, range.high / n}; }

}  // namespace

energy_account energy_per_sample(const cost_report& run, std::uint64_t samples) {
  if (samples == 0) throw spinule_error{"energy per sample", "no sample was replayed; replay at least one"};
  const double n = static_cast<double>(samples);
  energy_account account;
  for (const auto& c : run.dynamic)
    account.dynamic.push_back(
        {c.layer, c.component, static_cast<double>(c.count) / n, c.energy_pj / n, static_cast<double>(c.clipped) / n});
  for (const auto& c : run.standing)
    account.standing.push_back({c.component, c.power_uw, c.energy_pj / n, c.real_time_pj / n});
  for (const auto& range : run.ranges) account.ranges.push_back(range / n);
  account.together = run.together / n;
  for (const auto& c : run.programming)
    account.programming.push_back({c.layer, c.component, static_cast<double>(c.count), c.energy_pj});
  account.areas = run.areas;
  const quantised_network& q = run.quantised;
  account.quantised = {.bits = static_cast<std::uint32_t>(q.bits),
                       .operations = static_cast<double>(q.operations) / n,
                       .pj = q.energy_pj / n,
                       .ticks = q.ticks(),
                       .rate = q.rate(),
                       .break_even = q.break_even(q.ticks()),
                       .break_even_5 = q.break_even(5)};
  return account;
}

latency_summary summarise(std::span<const double> values) {
  if (values.empty()) throw spinule_error{"latency", "no values to summarise; replay at least one sample"};
  std::vector<double> sorted{values.begin(), values.end()};
  std::sort(sorted.begin(), sorted.end());
  const auto percentile = [&](std::size_t percent) { return sorted[(sorted.size() * percent + 99) / 100 - 1]; };
  const double sum = std::accumulate(sorted.begin(), sorted.end(), 0.0);
  return {.mean = sum / static_cast<double>(sorted.size()), .p50 = percentile(50), .p99 = percentile(99)};
}

}  // namespace spinule

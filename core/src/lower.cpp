#include <spinule/engine/lowering.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/graph.hpp>

#include "survey.hpp"

namespace spinule {
namespace {

/// By source, then target: a list of all pairs is then seen to be dense, in whatever order it was given.
std::shared_ptr<const listed_rows> sorted_list(const projection_description& p, index_t sources, milliseconds tick) {
  auto list = p.list;
  std::stable_sort(list.begin(), list.end(), [](const listed_synapse& a, const listed_synapse& b) {
    return std::pair{a.source, a.target} < std::pair{b.source, b.target};
  });
  auto rows = std::make_shared<listed_rows>();
  const std::string where = fmt::format("projection \"{}\"", p.name);
  rows->offsets.assign(sources + std::size_t{1}, 0);
  for (const auto& s : list) ++rows->offsets[s.source + std::size_t{1}];
  std::partial_sum(rows->offsets.begin(), rows->offsets.end(), rows->offsets.begin());
  for (const auto& s : list) {
    rows->target.push_back(s.target);
    rows->weight.push_back(s.weight);
    rows->delay.push_back(whole_ticks(s.delay, tick, where));
  }
  return rows;
}

/// The smallest power of two in which `largest` fits 30 bits.
double quantum_for(double largest) {
  if (!(largest > 0)) return 1;
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, exponent - 30);
}

/// Spikes are remembered for so many ticks.
constexpr ticks longest_delay = 1 << 22;

/// How many low bits must go for the largest weight to fit a signed code of `bits`.
int coarseness(double largest, double quantum, int bits) {
  int coarse = 0;
  while (std::llround(largest / std::ldexp(quantum, coarse)) >= (std::int64_t{1} << (bits - 1))) ++coarse;
  return coarse;
}

/// Throws `error` for a drive too fast for the tick.
std::vector<lowered_drive> lower_drives(const network& net, milliseconds tick) {
  std::vector<lowered_drive> drives;
  for (const auto& d : net.drives()) {
    const double mean = d.rate.value() * tick.value();
    if (mean > poisson_counts::largest_mean)
      throw error{
          fmt::format("population \"{}\" drive", net.populations()[d.target].name),
          fmt::format("{} spikes per tick are more than {}; use a shorter tick", mean, poisson_counts::largest_mean)};
    drives.push_back(
        {d.target, d.port, 0, poisson_counts{mean, net.seed(), static_cast<std::uint32_t>(drives.size())}});
  }
  return drives;
}

void choose_quanta(const network& described, lowered_network& net, const std::vector<survey>& surveys) {
  for (index_t p = 0; p < net.populations.size(); ++p) {
    const auto& cells = net.populations[p];
    auto& quanta = net.quanta.emplace_back();
    for (int port = 0; port < cells.model->ports(); ++port) {
      std::vector<double> total(cells.size, 0);
      for (std::size_t j = 0; j < surveys.size(); ++j) {
        const auto& d = net.descriptions[j];
        if (d.target != p || d.port != port) continue;
        const double events = net.populations[d.source].model->is_source() ? most_events_per_tick : 1;
        for (index_t i = 0; i < cells.size; ++i) total[i] += events * surveys[j].input(i);
      }
      for (std::size_t k = 0; k < net.drives.size(); ++k)
        if (const auto& d = described.drives()[k]; d.target == p && d.port == port)
          for (double& t : total) t += std::fabs(d.weight) * net.drives[k].counts.greatest();
      quanta.push_back(quantum_for(*std::max_element(total.begin(), total.end())));
    }
  }
}

void conclude(lowered_network& net, std::vector<survey>& surveys) {
  net.reach.assign(net.populations.size(), 0);
  for (const auto& p : net.populations) net.fan_out.emplace_back(p.size, 0);
  for (std::size_t j = 0; j < surveys.size(); ++j) {
    const auto& d = net.descriptions[j];
    projection_summary& s = net.summaries.emplace_back(std::move(surveys[j].summary));
    s.quantum = net.quanta[d.target][static_cast<std::size_t>(d.port)];
    net.reach[d.source] = std::max(net.reach[d.source], s.delays.back());
    if (s.delays.back() > longest_delay)
      throw error{
          fmt::format("projection \"{}\"", d.name),
          fmt::format("a delay of {} ticks is longer than {}; use a longer tick", s.delays.back(), longest_delay)};
    auto& out = net.fan_out[d.source];
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += surveys[j].fan_out[i];
  }
  // What one population sends is stored together, so its rounded weights share one step.
  std::map<std::pair<index_t, int>, int> steps;
  const auto step = [&](const projection_description& d) -> int& { return steps[{d.source, d.weight_bits}]; };
  for (std::size_t j = 0; j < surveys.size(); ++j) {
    const auto& d = net.descriptions[j];
    step(d) = std::max(step(d), coarseness(net.summaries[j].largest, net.summaries[j].quantum, d.weight_bits));
  }
  for (std::size_t j = 0; j < surveys.size(); ++j) {
    projection_summary& s = net.summaries[j];
    s.coarse = step(net.descriptions[j]);
    if (!(s.largest < 1e30))
      throw error{fmt::format("projection \"{}\"", net.descriptions[j].name),
                  fmt::format("a weight of {} is beyond any use; at most 1e30", s.largest)};
    s.scale = 1 / std::ldexp(s.quantum, s.coarse);
  }
}

}  // namespace

void serial_loop(std::size_t count, const std::function<void(std::size_t)>& work) {
  for (std::size_t i = 0; i < count; ++i) work(i);
}

std::shared_ptr<const lowered_network> lower(const network& net, milliseconds tick, const parallel_loop& each) {
  if (!(tick >= 1_us && tick <= 1_s))
    throw error{"tick", fmt::format("{} ms is outside 0.001 ms to 1000 ms", tick.value())};
  auto result = std::make_shared<lowered_network>();
  result->seed = net.seed();
  result->tick = tick;
  result->populations.assign(net.populations().begin(), net.populations().end());
  for (const auto& p : net.projections()) {
    result->lists.push_back(p.rule ? nullptr : sorted_list(p, net.populations()[p.source].size, tick));
    result->descriptions.push_back({p.name,
                                    p.source,
                                    p.target,
                                    p.port,
                                    p.rule,
                                    p.weight,
                                    p.delay,
                                    p.weight_bits,
                                    p.procedural,
                                    {},
                                    p.plasticity,
                                    p.identity});
  }
  result->row_sizes.resize(result->descriptions.size());
  each(result->descriptions.size(), [&](std::size_t j) {
    const auto& d = result->descriptions[j];
    random_stream random{result->seed, purpose::wiring, std::uint64_t{j} << 32, 1};
    if (d.rule) result->row_sizes[j] = d.rule->row_sizes(ends_of(*result, d), random);
  });
  std::vector<survey> surveys;
  for (index_t j = 0; j < result->descriptions.size(); ++j) surveys.push_back(survey_of(*result, j, each));
  result->drives = lower_drives(net, tick);
  choose_quanta(net, *result, surveys);
  for (std::size_t k = 0; k < result->drives.size(); ++k) {
    lowered_drive& d = result->drives[k];
    d.code = static_cast<std::int32_t>(
        std::llround(net.drives()[k].weight / result->quanta[d.population][static_cast<std::size_t>(d.port)]));
  }
  std::erase_if(result->drives, [](const lowered_drive& d) { return d.counts.greatest() == 0; });  // of rate 0
  conclude(*result, surveys);
  const auto level = same_tick_levels(graph_of(net, result->summaries));
  for (index_t p = 0; p < level.size(); ++p) {
    if (level[p] >= result->levels.size()) result->levels.resize(level[p] + std::size_t{1});
    result->levels[level[p]].push_back(p);
  }
  return result;
}

}  // namespace spinule

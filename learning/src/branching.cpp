#include <spinule/learning/branching.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

joint_activity joined(const network& net, const simulation& sim, std::span<const population> layers) {
  joint_activity all;
  std::map<index_t, index_t> first;  // of each population by its number
  for (const population& layer : layers) {
    const auto& cells = described(net.populations(), layer, "joined");
    if (!first.emplace(layer.id, all.neurons).second)
      throw spinule_error{"joined", fmt::format("population \"{}\" is named twice", cells.name)};
    for (const spike& s : sim.spikes(layer)) all.spikes.push_back({s.when, all.neurons + s.neuron});
    all.neurons += cells.size;
  }
  std::ranges::sort(all.spikes, {}, [](const spike& s) { return std::pair{s.when, s.neuron}; });
  for (index_t p = 0; p < net.projections().size(); ++p) {
    const auto from = first.find(net.projections()[p].source), to = first.find(net.projections()[p].target);
    if (from == first.end() || to == first.end()) continue;
    const auto& d = net.projections()[p];
    const index_t width = net.populations()[d.target].width(d.port);
    for (listed_synapse s : sim.synapses(sim.projection_at(p))) {
      s.source += from->second;
      s.target = to->second + s.target / width;  // of any lane of the neuron
      all.synapses.push_back(s);
    }
  }
  return all;
}

namespace {

/// Each neuron's partners, each of them once.
using partners = std::vector<std::vector<index_t>>;

void unique(partners& of) {
  for (auto& p : of) {
    std::ranges::sort(p);
    const auto repeats = std::ranges::unique(p);
    p.erase(repeats.begin(), repeats.end());
  }
}

void check(const joint_activity& a, moment duration, const local_window& w) {
  const std::string where = "local_branching";
  if (w.window < 1 || w.trim < 0 || duration < 0)
    throw spinule_error{where, fmt::format("window = {}, trim = {}, duration = {}; a window is at least 1 tick, the "
                                           "others are not negative",
                                           w.window, w.trim, duration)};
  const auto outside = [&](const auto& s) { return s.source >= a.neurons || s.target >= a.neurons; };
  if (std::ranges::any_of(a.synapses, outside) ||
      std::ranges::any_of(a.spikes, [&](const spike& s) { return s.neuron >= a.neurons; }))
    throw spinule_error{where, fmt::format("a spike or synapse of a neuron beyond the {} there are", a.neurons)};
  if (!std::ranges::is_sorted(a.spikes, {}, &spike::when)) throw spinule_error{where, "give spikes by time"};
}

}  // namespace

double local_branching(const joint_activity& a, moment duration, const local_window& w) {
  check(a, duration, w);
  partners targets(a.neurons), sources(a.neurons);
  for (const auto& s : a.synapses) {
    targets[s.source].push_back(s.target);
    sources[s.target].push_back(s.source);
  }
  unique(targets);
  unique(sources);
  std::vector<std::vector<moment>> trains(a.neurons);
  for (const spike& s : a.spikes) trains[s.neuron].push_back(s.when);
  const auto count = [&](const std::vector<index_t>& neurons, moment from, moment to) {
    std::ptrdiff_t n = 0;
    for (const index_t i : neurons)
      n += std::ranges::lower_bound(trains[i], to) - std::ranges::lower_bound(trains[i], from);
    return static_cast<double>(n);
  };

  double sum = 0, fired = 0;
  for (index_t i = 0; i < a.neurons; ++i) {
    double own = 0, asked = 0;
    for (const moment t : trains[i]) {
      if (t < w.trim || t >= duration - w.trim) continue;
      own += count(targets[i], t + 1, t + 1 + w.window) / std::max(1.0, count(sources[i], t - w.window, t));
      ++asked;
    }
    if (asked == 0) continue;
    sum += own / asked;
    ++fired;
  }
  return fired > 0 ? sum / fired : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> binned_counts(std::span<const spike> spikes, moment duration, ticks bin) {
  const std::string where = "binned_counts";
  if (bin < 1) throw spinule_error{where, fmt::format("bin = {}; it must be at least 1 tick", bin)};
  if (!std::ranges::is_sorted(spikes, {}, &spike::when)) throw spinule_error{where, "give spikes by time"};
  if (!spikes.empty() && (spikes.front().when < 0 || spikes.back().when >= duration))
    throw spinule_error{where, fmt::format("spikes from tick {} to {} do not lie within 0 .. {}", spikes.front().when,
                                           spikes.back().when, duration)};
  std::vector<double> counts(static_cast<std::size_t>(std::max<moment>(duration, 0) / bin));
  for (const spike& s : spikes)
    if (const auto b = static_cast<std::size_t>(s.when / bin); b < counts.size()) ++counts[b];
  return counts;
}

ticks mean_interval(std::span<const spike> spikes) {
  if (spikes.size() < 2) return 1;
  const auto span = static_cast<double>(spikes.back().when - spikes.front().when);
  const double mean = std::round(span / static_cast<double>(spikes.size() - 1));
  return static_cast<ticks>(std::clamp(mean, 1.0, static_cast<double>(forever)));
}

double avalanche_branching(std::span<const double> counts) {
  double sum = 0, ancestors = 0;
  for (std::size_t b = 0; b + 1 < counts.size(); ++b) {
    if (!(counts[b] > 0)) continue;
    sum += counts[b + 1] / counts[b];
    ++ancestors;
  }
  return ancestors > 0 ? sum / ancestors : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace spinule::learning

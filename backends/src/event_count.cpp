#include "event_count.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace spinule {
namespace {

spike_fan_out fan_out_of(const connectivity& c, bool has_gains) {
  spike_fan_out of;
  for (std::size_t l = 0; has_gains && l < c.lines(); ++l)
    of.lines.push_back(static_cast<std::uint32_t>(c.targets_of(l).size()));
  of.sources.resize(c.sources);
  of.delay = c.delays.front();
  of.longest = c.delays.back();
  const bool several = c.delays.size() > 1;
  if (several) of.first.push_back(0);
  for (index_t i = 0; i < c.sources; ++i) {
    of.sources[i].synapses = static_cast<std::uint32_t>(c.offsets[c.line(i + 1, 0)] - c.offsets[c.line(i, 0)]);
    for (std::size_t k = 0; several && k < c.delays.size(); ++k)
      if (const auto n = c.targets_of(c.line(i, k)).size(); n > 0)
        of.groups.push_back({c.delays[k], static_cast<std::uint32_t>(n)});
    if (several) of.first.push_back(of.groups.size());
  }
  return of;
}

/// The cores that projections between the same populations reach, one projection after the other.
class reached_cores {
 public:
  reached_cores(index_t sources, index_t targets, index_t core_neurons)
      : core_neurons_{core_neurons}, cores_{targets / core_neurons + std::size_t{1}}, reached_(sources * cores_) {}
  /// How many a source reaches that it has not reached before; `width`: targets of a neuron.
  std::uint32_t add(index_t source, std::span<const index_t> targets, index_t width) {
    std::uint32_t fresh = 0;
    for (const index_t t : targets) {
      auto known = reached_[source * cores_ + t / width / core_neurons_];
      fresh += !known;
      known = true;
    }
    return fresh;
  }

 private:
  index_t core_neurons_;
  std::size_t cores_;
  std::vector<bool> reached_;  ///< [sources][cores]
};

}  // namespace

std::vector<spike_fan_out> fan_outs_of(const lowered_network& net, double core_neurons) {
  std::map<std::pair<index_t, index_t>, std::vector<index_t>> joining;  // projections, by the ends they join
  for (index_t j = 0; j < net.descriptions.size(); ++j)
    joining[{net.descriptions[j].source, net.descriptions[j].target}].push_back(j);
  const auto has_gains = [&](index_t j) { return net.summaries[j].modulated_after > 0; };
  std::vector<spike_fan_out> all(net.descriptions.size());
  for (const auto& [ends, projections] : joining) {
    const index_t sources = net.populations[ends.first].size;
    if (core_neurons == 0) {
      for (const index_t j : projections) all[j] = fan_out_of(net.synapses(j), has_gains(j));
      continue;
    }
    reached_cores cores{sources, net.populations[ends.second].size,
                        static_cast<index_t>(std::fmin(core_neurons, 0xffffffff))};
    for (const index_t j : projections) {
      const connectivity c = net.draw(j);
      all[j] = fan_out_of(c, has_gains(j));
      const index_t width = ends_of(net, net.descriptions[j]).width;
      for (index_t i = 0; i < sources; ++i) {
        const std::uint64_t first = c.offsets[c.line(i, 0)];
        all[j].sources[i].cores =
            cores.add(i, std::span{c.target}.subspan(first, c.offsets[c.line(i + 1, 0)] - first), width);
      }
    }
  }
  return all;
}

event_count::tick event_count::count(moment now, std::span<const index_t> sent,
                                     std::span<const std::uint32_t> arriving) {
  tick all;
  std::uint64_t synapses = 0;
  for (const index_t i : sent) {
    synapses += of_->sources[i].synapses;
    all.messages += of_->sources[i].cores;
  }
  const auto at = [&](moment when) -> auto& { return due_[static_cast<std::size_t>(when) & (due_.size() - 1)]; };
  if (!of_->lines.empty()) {
    for (const std::uint32_t line : arriving) all.synaptic_events += of_->lines[line];
    return all;
  }
  if (of_->first.empty())
    at(now + of_->delay) += synapses;
  else
    for (const index_t i : sent)
      for (std::uint64_t k = of_->first[i]; k < of_->first[i + 1]; ++k)
        at(now + of_->groups[k].delay) += of_->groups[k].synapses;
  all.synaptic_events = std::exchange(at(now), 0);
  return all;
}

}  // namespace spinule

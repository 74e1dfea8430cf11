#include "event_count.hpp"

#include <algorithm>
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

}  // namespace

network_fan_out fan_out_of(const lowered_network& net, index_t core_neurons) {
  const auto has_gains = [&](index_t j) { return net.summaries[j].modulated_after > 0; };
  network_fan_out all{std::vector<spike_fan_out>(net.descriptions.size()), {}};
  if (core_neurons == 0) {
    for (index_t j = 0; j < all.spikes.size(); ++j) all.spikes[j] = fan_out_of(net.synapses(j), has_gains(j));
    return all;
  }
  std::map<std::pair<index_t, index_t>, std::vector<index_t>> joining;  // projections, by the ends they join
  for (index_t j = 0; j < net.descriptions.size(); ++j)
    joining[{net.descriptions[j].source, net.descriptions[j].target}].push_back(j);
  all.cores.resize(all.spikes.size());
  for (const auto& [ends, projections] : joining) {
    std::vector<connectivity> synapses;
    for (const index_t j : projections) synapses.push_back(net.draw(j));
    auto reaches = reaches_of(net, projections, synapses, core_neurons);
    for (std::size_t k = 0; k < projections.size(); ++k) {
      auto& of = all.spikes[projections[k]] = fan_out_of(synapses[k], has_gains(projections[k]));
      for (index_t i = 0; i < of.sources.size(); ++i)
        of.sources[i].cores = static_cast<std::uint32_t>(reaches[k].of(i).size());
      all.cores[projections[k]] = std::move(reaches[k]);
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
    all.x += of_->sources[i].x;
    all.y += of_->sources[i].y;
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

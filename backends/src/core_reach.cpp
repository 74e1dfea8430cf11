#include "core_reach.hpp"

#include <algorithm>
#include <utility>

namespace spinule {

std::vector<core_reach> reaches_of(const lowered_network& net, std::span<const index_t> which,
                                   std::span<const connectivity> synapses, index_t core_neurons) {
  const auto& ends = net.descriptions[which.front()];
  std::vector<core_reach> all(which.size());
  std::vector<std::uint32_t> synapses_on(net.populations[ends.target].size / core_neurons + std::size_t{1});
  std::vector<std::pair<std::uint32_t, std::size_t>> touched;  // cores, with the first projection that leads there
  for (index_t i = 0; i < net.populations[ends.source].size; ++i) {
    touched.clear();
    for (std::size_t j = 0; j < which.size(); ++j) {
      const connectivity& c = synapses[j];
      const std::uint64_t per_core = std::uint64_t{ends_of(net, net.descriptions[which[j]]).width} * core_neurons;
      for (std::uint64_t s = c.offsets[c.line(i, 0)]; s < c.offsets[c.line(i + 1, 0)]; ++s)
        if (const std::uint64_t core = c.target[s] / per_core; synapses_on[core]++ == 0)
          touched.push_back({static_cast<std::uint32_t>(core), j});
    }
    for (const auto& [core, j] : touched) all[j].stops.push_back({core, std::exchange(synapses_on[core], 0)});
    for (core_reach& reach : all) reach.first.push_back(reach.stops.size());
  }
  return all;
}

index_t core_neurons_of(const hardware& hw) {
  return static_cast<index_t>(std::min(hw.capacity.core_neurons.value, 4294967295.0));
}

}  // namespace spinule

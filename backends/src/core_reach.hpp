// Which digital cores the spikes of each neuron reach.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/backends/hardware.hpp>
#include <spinule/engine/lowering.hpp>

namespace spinule {

/// Of one projection, the cores that a spike reaches, less those that it reaches by an earlier projection as well.
struct core_reach {
  struct stop {
    std::uint32_t core;      ///< of its population
    std::uint32_t synapses;  ///< there, of all projections between the two populations
  };
  std::vector<std::uint64_t> first{0};  ///< [sources + 1]
  std::vector<stop> stops;

  std::span<const stop> of(index_t source) const {
    return std::span{stops}.subspan(first[source], first[source + 1] - first[source]);
  }
};

/// [which.size()], of the projections `which`, all of those between two populations, with their `synapses`. A message
/// carries a spike to a core, which holds it until the delay of each synapse is over and serves all projections between
/// the same populations: neither more delays nor more projections make more messages.
std::vector<core_reach> reaches_of(const lowered_network& net, std::span<const index_t> which,
                                   std::span<const connectivity> synapses, index_t core_neurons);

index_t core_neurons_of(const hardware& hw);

}  // namespace spinule

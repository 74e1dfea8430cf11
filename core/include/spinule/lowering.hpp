// From the description to numbers: what all back ends start from.
#pragma once

#include <memory>
#include <vector>

#include <spinule/connectivity.hpp>
#include <spinule/network.hpp>

namespace spinule {

/// A network with its wiring drawn, delays in ticks and weights in quanta. Shared, never changed.
struct lowered_network {
  std::vector<population_description> populations;
  std::vector<projection_description> descriptions;  ///< as given, without their lists
  std::vector<connectivity> projections;             ///< [projections]
  std::vector<std::vector<double>> quanta;           ///< [populations][ports] input unit per quantum
  std::vector<std::vector<index>> levels;            ///< populations by same-tick level, see `same_tick_levels`
  std::vector<ticks> reach;                          ///< [populations] greatest delay of their projections
  std::uint64_t seed = 1;
  milliseconds tick{1};
};

/// More events of one source neuron in one tick than this overflow the sums that `lower` sizes; a replay refuses them.
inline constexpr std::uint32_t most_events_per_tick = 32;

/// Draws every projection with the network's seed; rows may be drawn in any order, so the result depends on nothing
/// else. Throws `error` when a tick is outside [1 us, 1 s], a delay is shorter than a tick, or projections without
/// delay form a cycle.
std::shared_ptr<const lowered_network> lower(const network& net, milliseconds tick);

}  // namespace spinule

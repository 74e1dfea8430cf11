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

/// The start values that the description gives for neurons first .. first + count - 1 of a population, as
/// `write(field, neuron, value)` with the neuron numbered from `first`.
template <class Cells>
void set_start_values(const lowered_network& net, index p, Cells& cells, index first = 0, index count = 0xffffffff) {
  const auto& described = net.populations[p];
  for (const auto& start : described.initial)
    for (index i = first; i < described.size && i - first < count; ++i) {
      random_stream random{net.seed, purpose::initial_state, (std::uint64_t{p} << 32) | i, static_cast<std::uint32_t>(start.field)};
      cells.write(start.field, i - first, start.list.empty() ? start.values.draw(random) : start.list[i]);
    }
}

}  // namespace spinule

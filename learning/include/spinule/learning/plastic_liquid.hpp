// Liquids whose synapses learn: made ready by many short presentations, then shown each sample anew.
#pragma once

#include <cstdint>
#include <functional>

#include <spinule/network.hpp>
#include <spinule/recording.hpp>
#include <spinule/simulation.hpp>

namespace spinule::learning {

/// Short presentations, one after the other: weights are carried on from one to the next, all else begins anew.
struct snapshots {
  std::uint64_t count = 50'000;
  milliseconds length{20};
  std::function<recording(std::uint64_t)> read;        ///< what the k-th one shows
  std::function<bool(std::uint64_t)> go_on = nullptr;  ///< asked before the k-th; false ends them
};
/// Plays them into `input`. How many were shown. Throws what playing and running throw.
std::uint64_t show(simulation& sim, const population& input, const snapshots& all);

/// The network, beginning with the weights that its plastic projections have in `sim`: a `reset` brings these back, so
/// each sample that is shown after one starts from them. `sim` is of this network, or of one with the same projections
/// and other rules. Throws `spinule_error` for neurons that are not there.
network with_learned_weights(network net, const simulation& sim);

}  // namespace spinule::learning

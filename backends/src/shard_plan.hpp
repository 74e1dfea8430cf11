// How the neurons of a network are cut into shards, and where the sums of a shard lie.
#pragma once

#include <cstdint>
#include <vector>

#include <spinule/engine/lowering.hpp>

namespace spinule {

/// Neurons first .. first + count - 1 of one population, and the sums of each of its used columns.
struct slice {
  index_t population = 0, first = 0, count = 0;
  std::vector<index_t> width;          ///< [used columns] sums of a neuron, as many as its port has lanes
  std::vector<std::uint32_t> at = {};  ///< [used columns] slot of the first neuron's first sum

  bool holds(index_t neuron) const { return neuron - first < count; }
  index_t first_target(std::size_t column) const { return first * width[column]; }
  index_t targets(std::size_t column) const { return count * width[column]; }
};

/// What one thread steps: slices of populations of one level, with all their sums in one array.
struct shard_plan {
  std::size_t level = 0;
  std::uint32_t slots = 0;  ///< length of the array of sums, a multiple of shard_step
  std::vector<slice> slices;
};

/// So that rows of bits are whole vectors of 512 bits.
inline constexpr std::uint32_t shard_step = 512;
/// A slot within a shard fits 16 bits.
inline constexpr std::uint32_t most_slots = 65536;

/// [populations] same-tick level of each.
std::vector<std::size_t> levels_of(const lowered_network& net);

/// Length of an epoch in ticks: the shortest delay of a projection that does not lead to a later level, at most 64.
ticks shortest_loop(const lowered_network& net);

/// Of `most` threads, how many the work of an epoch is worth if every neuron fires at 5 Hz: a network that is cut where
/// it need not be takes longer on one thread, for each row of synapses is found once per shard.
int worthwhile_threads(const lowered_network& net, int most);

/// One shard per thread and level, each with an equal part of every population; more where it would have more than
/// `largest` slots, fewer where a level is too small to be worth sharing.
std::vector<shard_plan> plan_shards(const lowered_network& net, int threads, std::uint64_t largest);

}  // namespace spinule

// How the neurons of a network are cut into shards, and where the sums of a shard lie.
#pragma once

#include <cstdint>
#include <vector>

#include <spinule/engine/lowering.hpp>

namespace spinule {

/// Neurons first .. first + count - 1 of one population, and the sums of each of its used columns.
struct slice {
  index_t population = 0, first = 0, count = 0;
  std::vector<std::uint32_t> at;  ///< [used columns] slot of the first neuron's sum

  bool holds(index_t neuron) const { return neuron - first < count; }
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

/// One shard per thread and level, each with an equal part of every population; more where it would have more than
/// `largest` slots, fewer where a level is too small to be worth sharing.
std::vector<shard_plan> plan_shards(const lowered_network& net, int threads, std::uint64_t largest);

}  // namespace spinule

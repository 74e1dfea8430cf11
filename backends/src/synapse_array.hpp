// One projection on the substrate that carries it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <spinule/connectivity.hpp>

namespace spinule {

/// The spikes of one source population that arrive now, all after the same delay.
struct arrival {
  std::size_t delay = 0;          ///< index into connectivity::delays
  std::span<const index> fired;   ///< ascending, may repeat
};

/// A part of the target population: neurons first .. first + count - 1.
struct shard_range {
  index first = 0, count = 0;
};

class synapse_array {
 public:
  virtual ~synapse_array() = default;
  virtual std::unique_ptr<synapse_array> clone() const = 0;
  virtual void reset(std::uint64_t /*episode*/) {}
  /// Adds to `sums` ([count] of shard `s`) what arrives in tick `now`; with `marks`, sets the bit of every target.
  virtual void deliver(std::span<const arrival> arrivals, moment now, std::size_t s, std::int32_t* sums,
                       std::uint64_t* marks) = 0;
};

/// Rows in memory, cut by target; immutable, so clones share them.
std::unique_ptr<synapse_array> make_sparse_rows(const connectivity& c, std::span<const shard_range> shards);

}  // namespace spinule

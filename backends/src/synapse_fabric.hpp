// All projections of a network on the substrate that carries them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "shard_plan.hpp"

namespace spinule {

/// Projections of one source population that are delivered together. Its *lines* are numbered source * delays.size() + k
/// for the k-th delay.
struct bundle {
  index source = 0;
  std::size_t level = 0;                         ///< of the targets
  std::vector<ticks> delays;                     ///< distinct, ascending
  /// A population and, for each delay, the synapses onto it per spike of the source, on average, in units of 2^-16: whole
  /// numbers, so that sums do not depend on what is bundled with what.
  struct share {
    index population = 0;
    std::vector<std::uint64_t> synapses;         ///< [delays]
  };
  std::vector<share> mail;

  void add_mail(index population, std::uint64_t synapses, index sources, const std::vector<ticks>& of);
};

/// The lines of one bundle that arrive in one tick, by delay, then source; a line may repeat.
using line_list = std::vector<std::uint32_t>;

/// Where a shard's mail goes.
struct mailbox {
  std::int32_t* sums = nullptr;    ///< [places] added to
  std::uint64_t* marks = nullptr;  ///< [places / 64 + 1] the bit of every place that got something; null: not wanted
};

class synapse_fabric {
 public:
  virtual ~synapse_fabric() = default;
  virtual std::unique_ptr<synapse_fabric> clone() const = 0;
  virtual void reset(std::uint64_t /*episode*/) {}
  virtual std::span<const bundle> bundles() const = 0;
  /// Memory that synapses take.
  virtual std::uint64_t bytes() const { return 0; }
  /// Delivers to one shard what arrives in tick `now`: one list of lines per bundle. Different shards may be
  /// delivered to at the same time.
  virtual void deliver(std::span<const line_list> arrivals, moment now, std::size_t shard, mailbox to) = 0;
};

/// Rows in memory, immutable, shared by clones. `fused`: one bundle per source population; otherwise one per projection.
std::unique_ptr<synapse_fabric> make_row_fabric(const lowered_network& net, std::span<const shard_plan> shards, bool fused, int threads);

}  // namespace spinule

// All projections of a network on the substrate that carries them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <spinule/engine/rule_hooks.hpp>

#include "marks.hpp"
#include "shard_plan.hpp"

namespace spinule {

/// Projections of one source population that are delivered together. Its *lines* are numbered source * delays.size() +
/// k for the k-th delay.
struct bundle {
  index_t projection = 0;  ///< the first
  index_t source = 0;
  std::size_t level = 0;      ///< of the targets
  std::vector<ticks> delays;  ///< distinct, ascending
  /// A spike is told of once, by the number of its source, when its first delay is over: the fabric sees to later ones.
  bool once = false;
  /// A graded population by whose values what is sent is multiplied, as it sent them so many ticks before; 0: none.
  index_t modulator = 0;
  ticks modulated_after = 0;
  /// What this one neuron sent so many ticks before is the third factor of its rule; 0: it has none.
  index_t third_factor = 0;
  ticks third_factor_after = 0;
  /// What projections bring a population per spike of the source, on average, in units of 2^-16 synapses: whole
  /// numbers, so that sums do not depend on what is bundled with what. All counts as if it came with a projection's
  /// first delay.
  struct share {
    index_t population = 0;
    std::size_t delay = 0;  ///< number of the first
    std::uint64_t synapses = 0;
  };
  std::vector<share> expected;

  /// A projection whose first delay is `first`.
  void expect(index_t population, std::uint64_t synapses, index_t sources, ticks first);
};

/// The lines of one bundle that arrive in one tick, by delay, then source, or, where it is told `once`, sources; each
/// may repeat.
struct line_list {
  std::span<const std::uint32_t> lines;
  std::span<const float> amplitudes = {};  ///< by which their weights are multiplied; empty where spikes arrive
  float factor = 0;                        ///< the third factor of the rule

  std::size_t size() const { return lines.size(); }
  bool empty() const { return lines.empty(); }
  auto begin() const { return lines.begin(); }
  auto end() const { return lines.end(); }
};

/// Where what arrives at a shard is summed.
struct inbox {
  std::int32_t* sums = nullptr;     ///< [slots] added to
  spinule::marks* marks = nullptr;  ///< set for every slot that got something; null: not wanted
};

class synapse_fabric {
 public:
  virtual ~synapse_fabric() = default;
  virtual std::unique_ptr<synapse_fabric> clone() const = 0;
  /// As before the first tick, learned weights too.
  virtual void reset(std::uint64_t /*episode*/) {}
  /// The same, but learned weights stay; `now` is the tick that would have come next.
  virtual void begin_episode(std::uint64_t episode, moment /*now*/) { reset(episode); }
  virtual std::span<const bundle> bundles() const = 0;
  /// Memory that synapses take.
  virtual std::uint64_t bytes() const { return 0; }
  /// Delivers to one shard what arrives in tick `now`: one list of lines per bundle. Different shards may be
  /// delivered to at the same time.
  virtual void deliver(std::span<const line_list> arrivals, moment now, std::size_t shard, inbox to) = 0;
  /// Neurons of the i-th slice of a shard fire in tick `now`; call after what arrives has been delivered.
  virtual void fire(std::size_t /*shard*/, std::size_t /*i*/, moment /*now*/, std::span<const index_t> /*fired*/) {}
  /// The values of a field that rules follow, of the neurons of the i-th slice, after they were stepped and fired.
  virtual void watch(std::size_t /*shard*/, std::size_t /*i*/, moment /*now*/, std::size_t /*field*/,
                     const watched& /*neurons*/) {}
  /// Whether weights are others than the network asks for, also where no rule changes them.
  virtual bool writes_weights() const { return false; }
  /// The weights of a projection with a rule, or that are written, of sources first .. first + count - 1 by source,
  /// delay and target, in the unit of the target port.
  virtual std::vector<double> weights(index_t /*projection*/, index_t /*first*/, index_t /*count*/) const { return {}; }
  /// Replaces them before tick `now`, which would have come next.
  virtual void assign(index_t /*projection*/, index_t /*first*/, index_t /*count*/, std::span<const double> /*weights*/,
                      moment /*now*/) {}
};

struct row_options {
  int threads = 1;
  precision learned = precision::single;  ///< of weights that change
  bool procedural = true;                 ///< whether projections that ask for it are kept as laws
  bool marks_all = false;                 ///< whether synapses of weight 0 are marked like all others
};

/// Rows in memory, one bundle per source population, told of a spike once where that suits it; those that no rule
/// changes are shared by clones.
std::unique_ptr<synapse_fabric> make_row_fabric(const lowered_network& net, std::span<const shard_plan> shards,
                                                const row_options& options);

}  // namespace spinule

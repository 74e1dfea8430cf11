// Rows that are not merely read.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "synapse_fabric.hpp"

namespace spinule {

/// The synapses of one projection onto one slice of a shard, with what changes in them.
class stateful_rows {
 public:
  struct section {
    std::size_t bundle = 0, slice = 0;
    index_t projection = 0, first = 0, count = 0;  ///< targets of the slice
    std::uint32_t at = 0;                          ///< slot of target `first`
    index_t width = 1;                             ///< targets of a neuron
  };

  explicit stateful_rows(const section& where) : where_{where} {}
  virtual ~stateful_rows() = default;
  virtual std::unique_ptr<stateful_rows> clone() const = 0;
  /// As before the first tick.
  virtual void reset() = 0;
  /// The same, but learned weights stay; `now` is the tick that would have come next.
  virtual void begin_episode(moment now) = 0;
  /// What arrives in a tick on lines of the bundle. Called in every tick, also when nothing arrives.
  virtual void deliver(line_list arriving, moment now, inbox to) = 0;
  /// Neurons of the slice fire, after what arrives in the tick has been delivered.
  virtual void fire(moment /*now*/, std::span<const index_t> /*fired*/) {}
  /// What a rule that follows a field of its targets sees in a tick; `field`: its number.
  virtual void watch(moment /*now*/, std::size_t /*field*/, const watched& /*neurons*/) {}
  /// Appends the weights of a line, in the unit of the target port.
  virtual void read(std::size_t /*line*/, std::vector<double>& /*weights*/) const {}
  virtual std::size_t size(std::size_t /*line*/) const { return 0; }
  /// Replaces the weights of a line before tick `now`, which would have come next.
  virtual void assign(std::size_t /*line*/, std::span<const double> /*weights*/, moment /*now*/) {}
  virtual std::uint64_t bytes() const = 0;

  const section& where() const { return where_; }

 protected:
  stateful_rows(const stateful_rows&) = default;

 private:
  section where_;
};

}  // namespace spinule

// How many synaptic events and messages the spikes of a tick make.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/engine/lowering.hpp>

#include "core_reach.hpp"

namespace spinule {

/// What one spike of each source of a projection leads to.
struct spike_fan_out {
  /// Synapses that share a delay.
  struct group {
    ticks delay = 0;
    std::uint32_t synapses = 0;
  };
  struct source {
    std::uint32_t synapses = 0;
    std::uint32_t cores = 0;     ///< that a message reaches, less those that an earlier projection reaches as well
    std::uint32_t x = 0, y = 0;  ///< links of the mesh that these messages cross
  };
  std::vector<source> sources;
  /// Where there are several delays: sources + 1 places in `groups`, by source and delay; else the one delay.
  std::vector<std::uint64_t> first;
  std::vector<group> groups;
  ticks delay = 0, longest = 0;
  /// [lines] synapses, in place of the above where a gain that is 0 keeps spikes from arriving.
  std::vector<std::uint32_t> lines;
};

/// [projections] of both; links are not known yet.
struct network_fan_out {
  std::vector<spike_fan_out> spikes;
  std::vector<core_reach> cores;  ///< empty without cores
};
/// `core_neurons`: of a digital core; 0: there are none, and all synapses are drawn and kept.
network_fan_out fan_out_of(const lowered_network& net, index_t core_neurons);

/// Of one projection. Spikes are counted when they are sent, events in the tick in which they arrive.
class event_count {
 public:
  explicit event_count(const spike_fan_out& of)
      : of_{&of}, due_(std::bit_ceil(static_cast<std::size_t>(of.longest) + 1)) {}
  struct tick {
    std::uint64_t messages = 0;         ///< sent in it
    std::uint64_t synaptic_events = 0;  ///< arriving in it
    std::uint64_t x = 0, y = 0;         ///< links that the messages cross
  };
  /// `now` is one more in each call, after `reset` 0. `arriving`: lines of a projection that has gains.
  tick count(moment now, std::span<const index_t> sent, std::span<const std::uint32_t> arriving);
  void reset() { std::fill(due_.begin(), due_.end(), 0); }

 private:
  const spike_fan_out* of_;         ///< outlives this
  std::vector<std::uint64_t> due_;  ///< [ticks modulo its length, a power of two]
};

}  // namespace spinule

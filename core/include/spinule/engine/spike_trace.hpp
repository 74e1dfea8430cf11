// What a synapse remembers of a train of spikes.
#pragma once

#include <array>
#include <cstddef>

#include <spinule/units.hpp>

namespace spinule {

/// tau dx/dt = -x; a spike adds 1 to x or, where only the nearest counts, sets x to 1.
struct spike_trace {
  milliseconds tau{20};
  bool nearest = false;
};

/// Which pairs of spikes count.
enum class pairing {
  by_traces,            ///< those that the traces of either side remember
  presynaptic_centred,  ///< of each arrival, that with the target's spike before it and that with the one after it
  reduced_symmetric     ///< of neighbours: an arrival and a spike of the target with no other spike between them
};

inline std::array<spike_trace, 1> as_traces(const spike_trace& one) { return {one}; }
template <std::size_t N>
std::array<spike_trace, N> as_traces(const std::array<spike_trace, N>& all) {
  static_assert(N > 0, "a rule remembers at least one trace on either side");
  return all;
}

}  // namespace spinule

// What a synapse remembers of a train of spikes.
#pragma once

#include <spinule/units.hpp>

namespace spinule {

/// tau dx/dt = -x; a spike adds 1 to x or, where only the nearest counts, sets x to 1.
struct spike_trace {
  milliseconds tau{20};
  bool nearest = false;
};

}  // namespace spinule

// Time is whole ticks. How long a tick lasts is chosen per run, between 1 us and 1 s.
#pragma once

#include <cstdint>
#include <string>

#include <spinule/units.hpp>

namespace spinule {

using moment = std::int64_t;  ///< ticks since the last reset
using ticks = std::int32_t;   ///< a span of time
/// A neuron within its population, or a population or projection within its network. Not called `index`, which is a
/// function of the C library.
using index_t = std::uint32_t;

/// A span in whole ticks. Throws `spinule_error{where, ...}` when it is none (up to 1e-6 of a tick), naming the
/// multiples beside it, and when it is negative, not finite, or longer than 2^31 - 1 ticks. `tick_grid` says what is a
/// multiple.
ticks whole_ticks(milliseconds span, milliseconds tick, const std::string& where);

}  // namespace spinule

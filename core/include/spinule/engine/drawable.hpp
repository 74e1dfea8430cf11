// A network of which single rows can be drawn, without going through all of them.
#pragma once

#include <memory>

#include <spinule/engine/lowering.hpp>

namespace spinule {

/// As much of a lowered network as `row_drawer` and `set_start_values` need: seed, tick, populations, descriptions,
/// delays of lists and sizes of rows; the rest is empty. Throws `spinule_error` when a tick is outside [1 us, 1 s] or a
/// delay of a list is off the grid of ticks.
std::shared_ptr<lowered_network> drawable(const network& net, milliseconds tick,
                                          const parallel_loop& each = serial_loop);

}  // namespace spinule

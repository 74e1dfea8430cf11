// The synapses of an explicit list in the order in which the list was given.
#pragma once

#include <cstdint>
#include <vector>

#include <spinule/engine/lowering.hpp>

namespace spinule {

/// [synapses of sources first .. first + count - 1, in the order of the list] their numbers by source, delay and
/// target; empty where the two orders are the same, and for projections without a list.
std::vector<std::uint64_t> list_order(const lowered_network& net, index_t projection, index_t first, index_t count);

}  // namespace spinule

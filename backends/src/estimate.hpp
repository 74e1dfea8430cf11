// What a network takes on each kind of back end, from the description alone.
#pragma once

#include <spinule/engine/memory.hpp>
#include <spinule/engine/precision.hpp>
#include <spinule/network.hpp>

namespace spinule {

/// How a back end keeps synapses.
enum class synapse_store {
  rows,        ///< `cpu`, `digital`
  compressed,  ///< `reference`: compressed rows, and sums for all ticks to come
  tiles,       ///< `crossbar`: compressed rows, and cells
};

struct storage {
  synapse_store synapses = synapse_store::rows;
  precision learned = precision::single;  ///< of neurons, and of weights that change
  int threads = 1;
  bool procedural = false;  ///< whether projections may be kept as laws
  double pair_bytes = 4;    ///< of two cells of `tiles`
};

memory_estimate estimate_memory(const network& net, milliseconds tick, const storage& how);

}  // namespace spinule

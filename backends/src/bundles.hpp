// Which projections are delivered together.
#pragma once

#include <vector>

#include <spinule/engine/lowering.hpp>

#include "synapse_fabric.hpp"

namespace spinule {

/// A bundle and its projections.
struct bundle_plan {
  bundle b;
  std::vector<index_t> projections;
  /// How synapses are held: together with those of other projections, or by themselves because they change, because
  /// only their law is kept, or because values arrive.
  enum class form { fixed, plastic, procedural, graded } held = form::fixed;
};

/// One bundle for all static projections of spikes of a population onto a level; one
/// for each other projection. Throws `spinule_error` for more than 2^32 lines.
std::vector<bundle_plan> bundle_up(const lowered_network& net, bool procedural);

}  // namespace spinule

// Which projections are delivered together.
#pragma once

#include <vector>

#include <spinule/lowering.hpp>

#include "synapse_fabric.hpp"

namespace spinule {

/// A bundle and its projections.
struct membership {
  bundle b;
  std::vector<index> projections;
  bool plastic = false;  ///< then it has one projection
};

/// One bundle for all static projections of a population onto a level where `fused`, else one for each; one for each
/// plastic projection. Throws `error` for more than 2^32 lines.
std::vector<membership> bundle_up(const lowered_network& net, bool fused);

}  // namespace spinule

// Plastic projections on shards.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <spinule/engine/precision.hpp>

#include "bundles.hpp"
#include "stateful_rows.hpp"

namespace spinule {

/// The synapses of a bundle of one projection onto each section; the sections are all targets, ascending.
std::vector<std::unique_ptr<stateful_rows>> wire_plastic(const lowered_network& net, const bundle_plan& m,
                                                         std::span<const stateful_rows::section> sections, int threads,
                                                         precision learned);

}  // namespace spinule

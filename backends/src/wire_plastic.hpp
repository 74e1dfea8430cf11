// Projections with weights that change, and their wiring, on shards.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <spinule/engine/plastic_rows.hpp>
#include <spinule/engine/precision.hpp>

#include "bundles.hpp"
#include "stateful_rows.hpp"

namespace spinule {

/// Who is connected to whom in a bundle of one projection, with the weights as they were given, for each section; the
/// sections are all targets, ascending.
std::vector<std::shared_ptr<plastic_wiring>> draw_wiring(const lowered_network& net, const bundle_plan& m,
                                                         std::span<const stateful_rows::section> sections, int threads,
                                                         precision of_weights);

/// The synapses of a bundle of one plastic projection onto each section.
std::vector<std::unique_ptr<stateful_rows>> wire_plastic(const lowered_network& net, const bundle_plan& m,
                                                         std::span<const stateful_rows::section> sections, int threads,
                                                         precision learned);

}  // namespace spinule

// A network as the cost model sees it.
#pragma once

#include <span>
#include <vector>

#include <spinule/backends/engine/cost_model.hpp>

#include "clocked_engine.hpp"
#include "core_reach.hpp"

namespace spinule {

/// [populations][neurons] spikes by which ways are weighed: those that were measured, where there are any, and then
/// none of populations that are not named; else one of each. Throws `spinule_error` for a population that does not
/// exist, is there twice or has another size, and for a count that is none.
std::vector<std::vector<double>> expected_spikes(const lowered_network& net, std::span<const measured_spikes> measured);

/// `reaches` of digital hardware, else empty.
hardware_layout layout_of(const lowered_network& net, const synapse_fabric& synapses, const hardware& hw,
                          std::span<const core_reach> reaches, std::span<const measured_spikes> measured);

}  // namespace spinule

// Rows of synapses through which values arrive: each weight times the amplitude of its line.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "bundles.hpp"
#include "stateful_rows.hpp"

namespace spinule {

/// The rows of a projection of values, one for each section. Weights may be assigned where the projection has bounds;
/// copies share those that were not.
std::vector<std::unique_ptr<stateful_rows>> wire_graded(const lowered_network& net, const bundle_plan& m,
                                                        std::span<const stateful_rows::section> sections, int threads);

}  // namespace spinule

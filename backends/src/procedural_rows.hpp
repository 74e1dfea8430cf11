// Projections of which only the law is kept.
#pragma once

#include "bundles.hpp"
#include "stateful_rows.hpp"

namespace spinule {

/// Draws a row anew whenever a spike arrives on it; the network must outlive this. Where delays differ, what a spike
/// sends is drawn once, when its first synapse is due, and waits in a ring of sums.
std::unique_ptr<stateful_rows> make_procedural(const lowered_network& net, const bundle_plan& m,
                                               const stateful_rows::section& where);

}  // namespace spinule

// Costs of samples added up.
#pragma once

#include <spinule/costs.hpp>

namespace spinule {

/// Adds what `more` counts, by layer, component and constant. Writing the arrays is done once: it is taken, not added.
void add(cost_report& sums, const cost_report& more);

}  // namespace spinule

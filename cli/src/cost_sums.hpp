// Costs of samples added up.
#pragma once

#include <string>

#include <spinule/costs.hpp>

namespace spinule {

/// Adds what `more` counts, by layer, component and constant. Arrays are deployed once: those pulses are taken, not
/// added.
void add(cost_report& sums, const cost_report& more);

/// Whether pulses of the ledger of writing are those of learning, by the name of their component.
bool is_learning(const std::string& component);

}  // namespace spinule

// The choice of quanta: in what steps the input of each port is summed.
#pragma once

#include <vector>

#include <spinule/engine/lowering.hpp>

#include "survey.hpp"

namespace spinule {

/// Fills `quanta`, `column_ports`, the columns and quanta of the surveys' summaries and the codes of the drives.
/// Weights onto one port share a column unless one would then be off by more than 0.1 %. Throws `spinule_error` that
/// names the weights where one would still be off by more than 1 %.
void choose_quanta(const network& described, lowered_network& net, std::vector<survey>& surveys);

}  // namespace spinule

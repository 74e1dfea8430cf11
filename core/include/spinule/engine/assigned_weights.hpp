// Weights that spikes do not change and that may be assigned between two runs.
#pragma once

#include <memory>

#include <spinule/engine/any_rule.hpp>

namespace spinule {

/// Keeps weights in whole quanta, within these bounds, in the unit of the target port.
std::shared_ptr<const any_rule> assigned_weights(double lowest, double highest);

}  // namespace spinule

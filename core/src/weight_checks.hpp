// What weights may be, and whether a projection can have its plasticity rule.
#pragma once

#include <memory>
#include <string>

#include <spinule/network.hpp>

namespace spinule {

/// Throws `spinule_error` when weights onto a port, from `lowest` to `highest`, can be what the port does not take.
void check_weights(const described_number& port, double lowest, double highest, const std::string& where);

/// The rule that changes weights, if any; bounds without one allow to assign them.
std::shared_ptr<const any_rule> rule_of(const connection& c, const std::string& where);

/// Throws `spinule_error` where a projection with a rule cannot be.
void check_rule(const projection_description& p, const population_description& source,
                const population_description& target, const std::string& where);

}  // namespace spinule

// What weights may be, and whether a projection can have its plasticity rule.
#pragma once

#include <memory>
#include <string>

#include <spinule/network.hpp>

namespace spinule {

/// Throws `spinule_error` when weights onto a port, from `lowest` to `highest`, can be what the port does not take.
void check_weights(const described_number& port, double lowest, double highest, const std::string& where);

/// What Dale's law leaves of the weights from a population onto a port.
weight_range signs_allowed(weight_sign of_source, const described_number& port, const sign_filter& part);

/// The rule that changes weights, if any, within the bounds of the synapses and these signs; bounds without one allow
/// to assign them. Throws `spinule_error` where nothing is left between the bounds.
std::shared_ptr<const any_rule> rule_of(const connection& c, const weight_range& signs, const std::string& where);

/// Throws `spinule_error` where weights can be against Dale's law.
void check_signs(const projection_description& p, const population_description& source, const described_number& port,
                 const sign_filter& part, const std::string& where);

/// Throws `spinule_error` where a projection with a rule cannot be.
void check_rule(const projection_description& p, const population_description& source,
                const population_description& target, const std::string& where);

}  // namespace spinule

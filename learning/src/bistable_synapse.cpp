// The rule with weights in mV: compiled once, here, and not in every program that uses it.
#include <spinule/learning/bistable_synapse.hpp>

namespace spinule {

template class rule_holder<bistable_synapse<millivolts>>;

}  // namespace spinule

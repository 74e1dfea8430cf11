// The rule with weights in mV: compiled once, here, and not in every program that uses it.
#include <spinule/learning/dopamine_stdp.hpp>

namespace spinule {

template class rule_holder<dopamine_stdp<millivolts>>;

}  // namespace spinule

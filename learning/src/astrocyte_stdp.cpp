// The rule with weights in mV: compiled once, here, and not in every program that uses it.
#include <spinule/learning/astrocyte_stdp.hpp>

namespace spinule {

template class rule_holder<astrocyte_stdp<millivolts>>;

}  // namespace spinule

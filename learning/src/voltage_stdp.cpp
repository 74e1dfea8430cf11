// The rule with weights in mV: compiled once, here, and not in every program that uses it.
#include <spinule/learning/voltage_stdp.hpp>

namespace spinule {

template class rule_holder<voltage_stdp<millivolts>>;

}  // namespace spinule

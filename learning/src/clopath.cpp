// The rule with weights in mV: compiled once, here, and not in every program that uses it.
#include <spinule/learning/clopath.hpp>

namespace spinule {

template class rule_holder<clopath<millivolts>>;

}  // namespace spinule

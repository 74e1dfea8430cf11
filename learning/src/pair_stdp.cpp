// The rule with weights in mV: compiled once, here, and not in every program that uses it.
#include <spinule/learning/pair_stdp.hpp>

namespace spinule {

template class rule_holder<pair_stdp<millivolts>>;
template class rule_holder<pair_stdp<millivolts, weight_dependence::additive>>;

}  // namespace spinule

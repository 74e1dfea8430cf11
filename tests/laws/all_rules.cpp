#include "laws/all_rules.hpp"

namespace spinule {

template class rule_holder<pair_stdp<millivolts, weight_dependence::multiplicative, spike_pairs::nearest_symmetric>>;
template class rule_holder<pair_stdp<millivolts, weight_dependence::multiplicative, spike_pairs::presynaptic_centred>>;
template class rule_holder<pair_stdp<millivolts, weight_dependence::additive, spike_pairs::nearest_symmetric>>;
template class rule_holder<pair_stdp<millivolts, weight_dependence::additive, spike_pairs::reduced_symmetric>>;
template class rule_holder<pair_stdp<millivolts, weight_dependence::van_rossum>>;
template class rule_holder<pair_stdp<millivolts, weight_dependence::guetig>>;
template class rule_holder<pair_stdp<millivolts, weight_dependence::power_law>>;
template class rule_holder<symmetric_stdp<millivolts>>;
template class rule_holder<oja_stdp<millivolts>>;
template class rule_holder<bcm_stdp<millivolts>>;
template class rule_holder<vogels<millivolts>>;

}  // namespace spinule

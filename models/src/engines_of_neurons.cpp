// Engines of neurons that jump: compiled once, here, and not in every program that uses them.
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/quadratic_lif.hpp>
#include <spinule/models/relay.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/threshold_unit.hpp>

namespace spinule {

template class neuron_holder<adaptive_lif>;
template class neuron_holder<lif>;
template class neuron_holder<quadratic_lif>;
template class neuron_holder<relay>;
template class neuron_holder<soft_reset_lif>;
template class neuron_holder<threshold_unit>;

}  // namespace spinule

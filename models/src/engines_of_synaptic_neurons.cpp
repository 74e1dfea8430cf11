// Engines of neurons with synapses that last, or astrocytes: compiled once, here, and not in every program that uses
// them.
#include <spinule/models/astrocyte_modulated_lif.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/current_lif.hpp>

namespace spinule {

template class neuron_holder<astrocyte_modulated_lif>;
template class neuron_holder<conductance_lif>;
template class neuron_holder<current_lif>;

}  // namespace spinule

// Engines of the units of NALSM: compiled once, here, and not in every program that uses them.
#include <spinule/models/balance_astrocyte.hpp>
#include <spinule/models/cuba_lif.hpp>

namespace spinule {

template class neuron_holder<balance_astrocyte>;
template class neuron_holder<cuba_lif>;

}  // namespace spinule

// Engines of units that send values: compiled once, here, and not in every program that uses them.
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/rectified_unit.hpp>
#include <spinule/models/sigmoid_unit.hpp>

namespace spinule {

template class neuron_holder<leaky_integrator>;
template class neuron_holder<rate_unit>;
template class neuron_holder<rectified_unit>;
template class neuron_holder<sigmoid_unit>;
template class neuron_holder<depleting_terminal>;

}  // namespace spinule

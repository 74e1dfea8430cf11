// Engines of astrocytes and of terminals: compiled once, here, and not in every program that uses them.
#include <spinule/models/chi_astrocyte.hpp>
#include <spinule/models/gliotransmission_terminal.hpp>
#include <spinule/models/li_rinzel_astrocyte.hpp>
#include <spinule/models/rate_astrocyte.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>

namespace spinule {

template class neuron_holder<chi_astrocyte>;
template class neuron_holder<gliotransmission_terminal>;
template class neuron_holder<li_rinzel_astrocyte>;
template class neuron_holder<rate_astrocyte>;
template class neuron_holder<tsodyks_markram_terminal>;

}  // namespace spinule

// Engines of sources: compiled once, here, and not in every program that uses them.
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>

namespace spinule {

template class source_holder<direct_current>;
template class source_holder<poisson>;
template class source_holder<replay>;
template class source_holder<spike_list>;
template class source_holder<value_list>;

}  // namespace spinule

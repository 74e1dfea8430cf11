// Engines of block models: compiled once, here, and not in every program that uses them.
#include <spinule/models/dendritic_lif.hpp>
#include <spinule/models/elm.hpp>

namespace spinule {

template class block_holder<dendritic_lif>;
template class block_holder<elm>;
template class block_holder<spiking_elm>;

}  // namespace spinule

// The models of this library by name, for files that describe networks.
#pragma once

#include <spinule/engine/any_model.hpp>

namespace spinule {

/// Every plain neuron model, under the name of its struct and with the parameters it has by default, and `replay`, into
/// which recordings are played. It is given to `read_network` and `load_trained` of <spinule/io/network_file.hpp>; a
/// copy may be given models of one's own.
const named_models& model_catalogue();

}  // namespace spinule

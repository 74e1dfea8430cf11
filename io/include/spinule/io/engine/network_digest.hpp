// By what a network that is drawn anew is known to be the same.
#pragma once

#include <string>

#include <spinule/network.hpp>

namespace spinule {

/// SHA-256 of what a network is when it is simulated with a tick: names and sizes of its populations, parameters and
/// start values of each neuron, and of each projection who is connected to whom, with which weight and delay. Of a
/// projection of more than 1024 rows, 1024 that are spread evenly stand for all. docs/formats.md defines the bytes.
/// Throws `spinule_error` as drawing does.
std::string network_digest(const network& net, milliseconds tick);

}  // namespace spinule

// How the back end `crossbar` makes the arrays of a projection.
#pragma once

#include <string>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/engine/lowering.hpp>

namespace spinule {

/// Throws what `crossbar::build` throws of a description.
void check_crossbar(const crossbar& on, const network& net);

/// What the arrays of a projection are made of.
const hardware& hardware_for(const crossbar& on, const std::string& projection);

tiled_projection programmed_projection(const crossbar& on, const lowered_network& n, index_t projection);

}  // namespace spinule

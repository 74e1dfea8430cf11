// How the back end `crossbar` makes the arrays of a projection.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/engine/lowering.hpp>

namespace spinule {

/// Throws what `crossbar::build` throws of a description.
void check_crossbar(const crossbar& on, const network& net);

/// What the arrays of a projection are made of.
const hardware& hardware_for(const crossbar& on, const std::string& projection);

/// Whether its converters are calibrated from data.
bool takes_range_from_data(const hardware& hw);

/// `crossbar::build`, but for the check of ranges; `watch` is told of the tiles of each projection once they are
/// written.
std::unique_ptr<engine> build_crossbar(
    const crossbar& on, const network& net,
    const std::function<void(index_t projection, tiled_projection& tiles, const connectivity& c)>& watch = {});

tiled_projection programmed_projection(const crossbar& on, const lowered_network& n, index_t projection);

}  // namespace spinule

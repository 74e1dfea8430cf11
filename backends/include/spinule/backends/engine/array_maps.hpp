// Looking at programmed arrays.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/backends/crossbar.hpp>
#include <spinule/engine/array_map.hpp>

namespace spinule {

struct map_options {
  std::uint32_t most_pixels = 128;  ///< of a side of a picture; positive
  std::size_t most_maps = 4;        ///< those with the largest mean error
};

/// Of each projection that no rule changes the tile with the largest mean error, in the order of projections. The
/// arrays are programmed anew as `crossbar::build` programs them. With `array.wires = exact` the voltage drop is that
/// of all rows driven at the same time: the worst case, and more than a read of few rows loses. Throws what
/// `crossbar::build` throws, and `spinule_error` for no pixels.
std::vector<array_map> array_maps(const network& net, const crossbar& on, const map_options& options = {});

/// Makes a picture of `values` [rows * columns] with at most `most_pixels` on each side.
array_picture picture_of(std::span<const float> values, std::uint32_t rows, std::uint32_t columns,
                         std::uint32_t most_pixels);

}  // namespace spinule

// Which unit (array, core) is on which node of the mesh.
#pragma once

#include <cstdint>
#include <vector>

#include <spinule/backends/hardware.hpp>

namespace spinule {

/// Spikes that are expected between two units, and from outside, which enter at node 0.
struct unit_traffic {
  struct edge {
    std::uint32_t from, to;
    double spikes;
  };
  std::vector<edge> edges;
  std::vector<double> from_outside;  // [units]
};

struct mesh_shape {
  std::uint32_t nodes, width, per_node;
};

/// Links from one node to another along X and along Y.
struct mesh_way {
  std::uint32_t x, y;
};
mesh_way way_between(std::uint32_t a, std::uint32_t b, std::uint32_t width);

/// [units] nodes, at most `per_node` units on each.
using unit_places = std::vector<std::uint32_t>;

/// Row by row.
unit_places places_in_order(std::size_t units, const mesh_shape& mesh);

/// What may be better, to choose from. `greedy`: filled greedily, and in order, each with units that then change places
/// as long as spikes cross fewer links. `partition`: these, and the graph of units cut with METIS, which weighs edges
/// in whole numbers, from several seeds; its parts are laid out on the mesh, and then units and parts change places.
std::vector<unit_places> place_units(mesh_placement how, const unit_traffic& traffic, const mesh_shape& mesh);

}  // namespace spinule

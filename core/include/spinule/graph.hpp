// The network as a Boost.Graph multigraph, and what follows from its shape.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include <boost/graph/adjacency_list.hpp>

#include <spinule/engine/lowering.hpp>

namespace spinule {

struct graph_population {
  std::string name;
  index_t size = 0;
};
struct graph_projection {
  std::string name;
  index_t id = 0;  ///< of the projection
  std::uint64_t synapses = 0;
  ticks least_delay = 0, greatest_delay = 0;
};

/// Vertex i is population i; parallel edges and loops are allowed.
using multigraph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, graph_population, graph_projection>;

multigraph graph_of(const network& net, std::span<const projection_summary> projections);

/// For each population, the length of the longest chain of zero-delay projections that ends there: all of level k can
/// be stepped once the spikes of levels below are known. Throws `spinule_error` when such projections form a cycle.
std::vector<index_t> same_tick_levels(const multigraph& graph);

/// For each population, how many ticks its strong component can run before its own spikes reach it again: the least
/// delay within the component; 0 for populations without recurrence.
std::vector<ticks> look_ahead(const multigraph& graph);

void write_dot(std::ostream& out, const multigraph& graph);
void write_graphml(std::ostream& out, multigraph& graph);

}  // namespace spinule

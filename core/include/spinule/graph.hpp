// The network as a Boost.Graph multigraph, and what follows from its shape; and graphs that others wrote.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
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

/// What a GraphML file says of a node or an edge, by the `attr.name` of the key: boolean, int and long, float and
/// double, string. Defaults of keys for nodes or for edges are filled in.
using graph_attributes = std::map<std::string, std::variant<bool, std::int64_t, double, std::string>, std::less<>>;
/// The number of that name, 0 or 1 for a boolean; throws `spinule_error`, with the names there are, where there is
/// none.
double number_of(const graph_attributes& of, std::string_view name);

struct foreign_node {
  std::string id;
  graph_attributes values;
};
struct foreign_edge {
  graph_attributes values;
};
/// Vertices and edges in the order of the file; parallel edges and loops are kept.
using foreign_graph =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, foreign_node, foreign_edge>;

/// Reads a graph, of neurons and synapses say. Of an undirected graph each edge becomes two, one each way, a loop one.
/// Throws `file_error{path:line, ...}` for what is no GraphML, for hyperedges, ports, nested and mixed graphs, document
/// types and entities, and for more than 64 MiB or 2 000 000 elements and attributes (docs/formats.md).
foreign_graph read_graphml(const std::filesystem::path& path);
/// The same of a text; `where` stands for the path in errors.
foreign_graph parse_graphml(const std::string& text, const std::string& where);

}  // namespace spinule

#include <spinule/graph.hpp>

#include <algorithm>
#include <iterator>
#include <ostream>

#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/graphml.hpp>
#include <boost/graph/graphviz.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/graph/topological_sort.hpp>

#include <spinule/error.hpp>

namespace spinule {
namespace {

struct same_tick {
  const multigraph* graph = nullptr;
  bool operator()(const multigraph::edge_descriptor& e) const {
    return (*graph)[e].least_delay == 0 && (*graph)[e].synapses > 0;
  }
};

}  // namespace

multigraph graph_of(const network& net, std::span<const projection_summary> projections) {
  multigraph graph;
  for (const auto& p : net.populations()) boost::add_vertex(graph_population{p.name, p.size}, graph);
  for (index_t i = 0; i < projections.size(); ++i) {
    const auto& p = net.projections()[i];
    const auto& c = projections[i];
    boost::add_edge(p.source, p.target, {p.name, i, c.synapses, c.delays.front(), c.delays.back()}, graph);
    if (p.modulated)
      boost::add_edge(
          p.modulated->population, p.target,
          {p.name + " gain", i, c.synapses, c.delays.front() + c.modulated_after, c.delays.back() + c.modulated_after},
          graph);
    if (p.third_factor)
      boost::add_edge(p.third_factor->population, p.target,
                      {p.name + " third factor", i, c.synapses, c.third_factor_after, c.third_factor_after}, graph);
  }
  return graph;
}

std::vector<index_t> same_tick_levels(const multigraph& graph) {
  const boost::filtered_graph<multigraph, same_tick> chained{graph, same_tick{&graph}};
  std::vector<multigraph::vertex_descriptor> order;
  try {
    boost::topological_sort(chained, std::back_inserter(order));
  } catch (const boost::not_a_dag&) {
    throw spinule_error{"network",
                        "projections without delay form a cycle; give one of them a delay of at least one tick"};
  }
  std::vector<index_t> level(boost::num_vertices(graph), 0);
  for (auto v = order.rbegin(); v != order.rend(); ++v)
    for (const auto e : boost::make_iterator_range(boost::out_edges(*v, chained)))
      level[boost::target(e, chained)] = std::max(level[boost::target(e, chained)], level[*v] + 1);
  return level;
}

std::vector<ticks> look_ahead(const multigraph& graph) {
  std::vector<int> component(boost::num_vertices(graph));
  const int count = boost::strong_components(
      graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
  std::vector<ticks> least(static_cast<std::size_t>(count), forever);
  for (const auto e : boost::make_iterator_range(boost::edges(graph))) {
    const int from = component[boost::source(e, graph)], to = component[boost::target(e, graph)];
    if (from == to && graph[e].synapses > 0)
      least[static_cast<std::size_t>(from)] = std::min(least[static_cast<std::size_t>(from)], graph[e].least_delay);
  }
  std::vector<ticks> ahead;
  for (const int c : component)
    ahead.push_back(least[static_cast<std::size_t>(c)] == forever ? 0 : least[static_cast<std::size_t>(c)]);
  return ahead;
}

void write_dot(std::ostream& out, const multigraph& graph) {
  boost::write_graphviz(out, graph, boost::make_label_writer(boost::get(&graph_population::name, graph)),
                        boost::make_label_writer(boost::get(&graph_projection::synapses, graph)));
}

void write_graphml(std::ostream& out, multigraph& graph) {
  boost::dynamic_properties properties;
  properties.property("name", boost::get(&graph_population::name, graph));
  properties.property("size", boost::get(&graph_population::size, graph));
  properties.property("projection", boost::get(&graph_projection::name, graph));
  properties.property("synapses", boost::get(&graph_projection::synapses, graph));
  properties.property("least_delay", boost::get(&graph_projection::least_delay, graph));
  properties.property("greatest_delay", boost::get(&graph_projection::greatest_delay, graph));
  boost::write_graphml(out, graph, properties, true);
}

}  // namespace spinule

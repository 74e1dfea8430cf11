#include <charconv>
#include <cmath>
#include <fstream>
#include <new>
#include <sstream>

#include <fmt/format.h>
#include <boost/graph/graphml.hpp>

#include <spinule/error.hpp>
#include <spinule/graph.hpp>

#include "graphml_outline.hpp"

namespace spinule {
namespace {

using attribute_value = graph_attributes::mapped_type;

template <class Number>
Number number_from(const std::string& text, const std::string& name) {
  Number x{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(static_cast<double>(x)))
    throw spinule_error{name, fmt::format("\"{}\" is no number of its type", text)};
  return x;
}

attribute_value value_of(const std::string& name, const std::string& text, const std::string& type) {
  if (type == "string") return text;
  if (type == "int") return std::int64_t{number_from<std::int32_t>(text, name)};
  if (type == "long") return number_from<std::int64_t>(text, name);
  if (type == "float" || type == "double") return number_from<double>(text, name);
  if (type != "boolean") throw spinule_error{name, fmt::format("there is no type \"{}\" in GraphML", type)};
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  throw spinule_error{name, fmt::format("\"{}\" is neither true nor false", text)};
}

/// What the reader of Boost calls. It names no node; those come in the order of the outline.
class builder : public boost::mutate_graph {
 public:
  builder(foreign_graph& graph, const graphml_outline& outline) : graph_{graph}, outline_{outline} {}

  bool is_directed() const override { return outline_.directed; }
  boost::any do_add_vertex() override {
    return boost::add_vertex(foreign_node{outline_.ids.at(boost::num_vertices(graph_)), {}}, graph_);
  }
  std::pair<boost::any, bool> do_add_edge(boost::any from, boost::any to) override {
    const auto [edge, added] = boost::add_edge(boost::any_cast<vertex>(from), boost::any_cast<vertex>(to), graph_);
    return {edge, added};
  }
  void set_graph_property(const std::string&, const std::string&, const std::string&) override {}
  void set_vertex_property(const std::string& name, boost::any v, const std::string& text,
                           const std::string& type) override {
    put(graph_[boost::any_cast<vertex>(v)].values, name, text, type);
  }
  void set_edge_property(const std::string& name, boost::any e, const std::string& text,
                         const std::string& type) override {
    put(graph_[boost::any_cast<link>(e)].values, name, text, type);
  }

 private:
  using vertex = foreign_graph::vertex_descriptor;
  using link = foreign_graph::edge_descriptor;

  /// Keys without a name belong to other programs, for drawing say.
  static void put(graph_attributes& all, const std::string& name, const std::string& text, const std::string& type) {
    if (!name.empty()) all.insert_or_assign(name, value_of(name, text, type));
  }

  foreign_graph& graph_;
  const graphml_outline& outline_;
};

/// The other direction of each edge.
void mirror(foreign_graph& graph) {
  const auto [first, last] = boost::edges(graph);
  const std::vector<foreign_graph::edge_descriptor> all(first, last);
  for (const auto& e : all)
    if (boost::source(e, graph) != boost::target(e, graph))
      boost::add_edge(boost::target(e, graph), boost::source(e, graph), foreign_edge{graph[e]}, graph);
}

}  // namespace

double number_of(const graph_attributes& of, std::string_view name) {
  const auto found = of.find(name);
  if (found == of.end()) {
    std::string names;
    for (const auto& [known, value] : of) names += (names.empty() ? "" : ", ") + known;
    throw spinule_error{std::string{name}, fmt::format("there is no such attribute among \"{}\"", names)};
  }
  return std::visit(
      [&](const auto& x) -> double {
        if constexpr (std::is_same_v<std::decay_t<decltype(x)>, std::string>)
          throw spinule_error{std::string{name}, fmt::format("\"{}\" is a string, no number", x)};
        else
          return static_cast<double>(x);
      },
      found->second);
}

foreign_graph parse_graphml(const std::string& text, const std::string& where) {
  const graphml_outline outline = outline_of(text, where);
  foreign_graph graph;
  builder build{graph, outline};
  try {
    std::istringstream in{text};
    boost::read_graphml(in, build, 0);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    throw file_error{where, fmt::format("is GraphML that cannot be read: {}", e.what())};
  }
  if (boost::num_vertices(graph) != outline.ids.size() || boost::num_edges(graph) != outline.edges)
    throw file_error{where, fmt::format("{} nodes and {} edges were read of {} and {}", boost::num_vertices(graph),
                                        boost::num_edges(graph), outline.ids.size(), outline.edges)};
  if (!outline.directed) mirror(graph);
  return graph;
}

foreign_graph read_graphml(const std::filesystem::path& path) {
  std::error_code problem;
  const auto bytes = std::filesystem::file_size(path, problem);
  const bool regular = std::filesystem::is_regular_file(path, problem);  // opening another kind may wait for ever
  std::ifstream file;
  if (regular) file.open(path, std::ios::binary);
  if (problem || !file.is_open()) throw file_error{path.string(), "cannot be opened; is it a file?"};
  if (bytes > most_graphml_bytes)
    throw file_error{path.string(), fmt::format("has {} bytes; {} are the most", bytes, most_graphml_bytes)};
  std::string text(static_cast<std::size_t>(bytes), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes)))
    throw file_error{path.string(), "cannot be read to its end"};
  return parse_graphml(text, path.string());
}

}  // namespace spinule

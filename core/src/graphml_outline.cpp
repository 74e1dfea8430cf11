#include "graphml_outline.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "xml_tags.hpp"

namespace spinule {
namespace {

/// Follows the tags down and up, and keeps what must be compared at the end.
class outliner {
 public:
  outliner(const std::string& text, const std::string& where) : tags_{text, where} {}

  graphml_outline run() {
    while (const auto tag = tags_.next()) {
      if (tag->what == xml_tag::kind::close) {
        leave(*tag);
        continue;
      }
      enter(*tag);
      if (tag->what == xml_tag::kind::empty) path_.pop_back();
    }
    if (!path_.empty()) tags_.refuse(fmt::format("ends within <{}>; is it cut short?", path_.back()));
    if (graphs_ == 0) tags_.refuse("holds no <graph>");
    for (const auto& [key, domain] : used_)
      if (!keys_.contains({key, domain}) && !keys_.contains({key, "all"}))
        tags_.refuse(fmt::format("there is no key \"{}\" for a {}", key, domain));
    for (const auto end : ends_)
      if (!ids_.contains(end)) tags_.refuse(fmt::format("an edge names the node \"{}\", which there is not", end));
    outline_.ids.assign(in_order_.begin(), in_order_.end());
    return outline_;
  }

 private:
  std::string_view inside() const { return path_.empty() ? std::string_view{} : path_.back(); }

  void leave(const xml_tag& tag) {
    if (inside() != tag.name) tags_.refuse(fmt::format("</{}> closes <{}>", tag.name, inside()));
    path_.pop_back();
  }

  void enter(const xml_tag& tag) {
    parts_ += 1 + tag.attributes.size();
    if (parts_ > most_graphml_parts)
      tags_.refuse(fmt::format("has more than {} elements and attributes", most_graphml_parts));
    if (path_.empty() && (tag.name != "graphml" || root_)) tags_.refuse("is no GraphML: its one root is not <graphml>");
    root_ = true;
    const bool free = std::ranges::find(path_, "data") != path_.end() || inside() == "default";
    if (free && (tag.name == "data" || tag.name == "default"))
      tags_.refuse(fmt::format("<{}> within itself", tag.name));
    if (!free) place(tag);
    path_.push_back(tag.name);
    if (path_.size() > most_graphml_depth) tags_.refuse(fmt::format("is nested deeper than {}", most_graphml_depth));
  }

  /// Takes note of an element of GraphML itself.
  void place(const xml_tag& tag) {
    const auto parent = inside();
    if (tag.name == "graph") {
      graph(tag);
    } else if (tag.name == "key") {
      key(tag);
    } else if (tag.name == "node" && parent == "graph") {
      node(tag);
    } else if (tag.name == "edge" && parent == "graph") {
      edge(tag);
    } else if (tag.name == "data") {
      data(tag);
    } else if (tag.name == "default" && parent == "key") {
    } else if (tag.name != "graphml" && tag.name != "desc") {
      tags_.refuse(fmt::format("<{}> within <{}> is not read", tag.name, parent));
    }
  }

  std::string_view needed(const xml_tag& tag, std::string_view name) const {
    const auto* value = tag.attribute(name);
    if (!value || value->empty()) tags_.refuse(fmt::format("a <{}> has no \"{}\"", tag.name, name));
    return *value;
  }
  /// The name of a node or key, in which references and spaces are not allowed, so that it is what it looks like.
  std::string_view id(const xml_tag& tag, std::string_view attribute) const {
    const auto value = needed(tag, attribute);
    if (value.find_first_of("& \t\r\n") != value.npos)
      tags_.refuse(fmt::format("\"{}\" is no name for a node or key: it has a space or a reference", value));
    return value;
  }

  void graph(const xml_tag& tag) {
    if (inside() != "graphml" || ++graphs_ > 1) tags_.refuse("holds a graph within a graph, or several; one is read");
    const auto edges = needed(tag, "edgedefault");
    if (edges != "directed" && edges != "undirected")
      tags_.refuse(fmt::format("edgedefault is \"{}\"; it is directed or undirected", edges));
    outline_.directed = edges == "directed";
  }
  void key(const xml_tag& tag) {
    if (inside() != "graphml") tags_.refuse("a <key> stands elsewhere than in <graphml>");
    constexpr std::array domains{"graph", "node", "edge", "all", "graphml", "hyperedge", "port", "endpoint"};
    const auto named = id(tag, "id");
    const auto* given = tag.attribute("for");
    const auto domain = given ? *given : std::string_view{};
    if (std::ranges::find(domains, domain) == domains.end())
      tags_.refuse(fmt::format("the key \"{}\" is for \"{}\", which is nothing that GraphML has", named, domain));
    if (!key_ids_.insert(named).second) tags_.refuse(fmt::format("there are two keys \"{}\"", named));
    keys_.insert({named, domain});
    if (const auto* name = tag.attribute("attr.name"); name && !names_.insert({*name, domain}).second)
      tags_.refuse(fmt::format("two keys for {} are named \"{}\"", domain, *name));
  }
  void node(const xml_tag& tag) {
    const auto name = id(tag, "id");
    if (!ids_.insert(name).second) tags_.refuse(fmt::format("there are two nodes \"{}\"", name));
    in_order_.push_back(name);
    described_.clear();
  }
  void edge(const xml_tag& tag) {
    ends_.insert({id(tag, "source"), id(tag, "target")});
    if (const auto* own = tag.attribute("directed"); own && (*own == "true") != outline_.directed)
      tags_.refuse("mixes directed and undirected edges; make them all of one kind");
    ++outline_.edges;
    described_.clear();
  }
  void data(const xml_tag& tag) {
    const auto parent = inside();
    const auto key = id(tag, "key");
    if (parent != "node" && parent != "edge" && parent != "graph" && parent != "graphml")
      tags_.refuse(fmt::format("<data> within <{}> is not read", parent));
    used_.insert({key, parent});
    if (parent == "graph" || parent == "graphml") return;
    if (!described_.insert(key).second) tags_.refuse(fmt::format("a {} has \"{}\" twice", parent, key));
  }

  xml_tags tags_;
  graphml_outline outline_;
  std::vector<std::string_view> path_, in_order_;
  std::set<std::pair<std::string_view, std::string_view>> keys_, names_, used_;
  std::unordered_set<std::string_view> key_ids_, ids_, ends_, described_;
  std::size_t parts_ = 0, graphs_ = 0;
  bool root_ = false;
};

}  // namespace

graphml_outline outline_of(const std::string& text, const std::string& where) {
  if (text.size() > most_graphml_bytes)
    throw file_error{where, fmt::format("has {} bytes; {} are the most", text.size(), most_graphml_bytes)};
  return outliner{text, where}.run();
}

}  // namespace spinule

// The nervous system of C. elegans as lists of synapses.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <spinule/graph.hpp>
#include <spinule/network.hpp>

namespace spinule {

/// Of the 26 GABA neurons: McIntire, Jorgensen, Kaplan & Horvitz, Nature 364 (1993).
inline bool is_gaba(const std::string& name) {
  for (const char* known : {"DD0", "VD0", "VD1", "RME", "AVL", "DVB", "RIS"})
    if (name.starts_with(known)) return true;
  return false;
}

/// Chemical synapses of a graph (`celegans.graphml`, of Varshney et al., PLoS Comput. Biol. 7, 2011) and gap junctions
/// between the same neurons (`herm_full_edgelist.csv`, of Cook et al., Nature 571, 2019; each pair in both directions).
/// Weights are `chemical` and `electrical` for each synapse that was counted; those of GABA neurons inhibit.
struct worm {
  std::map<std::string, index_t> neurons;
  std::vector<listed<number>> synapses, junctions;

  worm(const foreign_graph& graph, const std::filesystem::path& list, double chemical, double electrical) {
    for (const auto v : boost::make_iterator_range(boost::vertices(graph)))
      neurons[graph[v].id] = static_cast<index_t>(v);
    for (const auto e : boost::make_iterator_range(boost::edges(graph))) {
      const auto from = static_cast<index_t>(boost::source(e, graph)),
                 to = static_cast<index_t>(boost::target(e, graph));
      const double sign = is_gaba(graph[from].id) ? -1 : 1;
      synapses.push_back({from, to, number{sign * chemical * number_of(graph[e].values, "weight")}, 1_ms});
    }
    std::ifstream file{list};
    for (std::string line, from, to, count, kind; std::getline(file, line);) {
      std::erase(line, ' ');
      std::istringstream row{line};
      for (auto* field : {&from, &to, &count, &kind}) std::getline(row, *field, ',');
      if (kind.starts_with("electrical") && neurons.contains(from) && neurons.contains(to))
        junctions.push_back({neurons[from], neurons[to], number{electrical * std::stod(count)}, 1_ms});
    }
  }
};

}  // namespace spinule

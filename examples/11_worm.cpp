// The nervous system of C. elegans as graded units: a touch at the front drives the command neurons for moving back,
// one at the rear those for moving ahead. Assumed: linear units of 20 ms; a chemical synapse passes 2 % of a value, a
// gap junction 5 % of a difference; what GABA neurons send inhibits and everything else excites.
//
//     11_worm [DATA]     DATA: a folder with connectome/, by default $SPINULE_DATA
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <boost/graph/strong_components.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>
#include <spinule/simulation.hpp>

#include "support/worm.hpp"

using namespace spinule;
using names = std::vector<std::string>;

/// The values of all neurons while some are held from outside. A gap junction's own side is a leak of its unit: with G
/// the sum of its g, tau dm/dt = -m + sum of w m_j + sum of g (m_j - m) is a unit of tau / (1 + G), input over 1 + G.
std::vector<double> touched(worm w, const names& where) {
  std::vector<double> leak(w.neurons.size(), 1.0);
  for (const auto& s : w.junctions) leak[s.target] += s.weight.value();
  std::vector<rate_unit> units;
  for (const double l : leak) units.push_back({.tau = 20_ms / l});
  std::vector<listed<number>> skin;
  for (const auto& name : where) skin.push_back({0, w.neurons.at(name), number{1}, 1_ms});

  network net;
  const auto cells = net.add("cells", units);
  const auto touch = net.add("touch", value_list{{{0_ms, 0, 1}}}, 1);
  for (auto* list : {&w.synapses, &w.junctions, &skin}) {
    for (auto& s : *list) s.weight = 1 / leak[s.target] * s.weight;
    const population from = list == &skin ? population{touch} : population{cells};
    net.connect(from, cells, *list);
  }
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  sim.run(2_s);
  return sim.state(cells, "m");
}

/// How many neurons the largest part has in which each reaches every other.
long reaching_each_other(const foreign_graph& graph) {
  std::vector<int> part(boost::num_vertices(graph)), size(part.size());
  boost::strong_components(graph, boost::make_iterator_property_map(part.begin(), get(boost::vertex_index, graph)));
  for (const int p : part) ++size[p];
  return *std::ranges::max_element(size);
}

int main(int count, char** words) {
  const char* root = count > 1 ? words[1] : std::getenv("SPINULE_DATA");
  const auto folder = std::filesystem::path{root ? root : "."} / "connectome";
  if (!std::filesystem::exists(folder)) return fmt::print("SPINULE_DATA names no folder with connectome\n"), 77;
  const foreign_graph graph = read_graphml(folder / "celegans.graphml");
  const worm w{graph, folder / "herm_full_edgelist.csv", 0.02, 0.05};
  fmt::print("{} neurons, of which {} reach each other; {} chemical connections, {} gap junctions\n", w.neurons.size(),
             reaching_each_other(graph), w.synapses.size(), w.junctions.size() / 2);
  double more_ahead[2];
  for (const bool rear : {false, true}) {
    const auto m = touched(w, rear ? names{"PLML", "PLMR"} : names{"ALML", "ALMR", "AVM"});
    const auto mean = [&](const names& of) {
      double sum = 0;
      for (const auto& name : of) sum += m[w.neurons.at(name)] / static_cast<double>(of.size());
      return sum;
    };
    const double back = mean({"AVAL", "AVAR", "AVDL", "AVDR", "AVEL", "AVER"});
    const double ahead = mean({"AVBL", "AVBR", "PVCL", "PVCR"});
    fmt::print("touched at the {}: {:.4f} for moving back, {:.4f} for moving ahead\n", rear ? "rear" : "front", back,
               ahead);
    more_ahead[rear] = ahead - back;
  }
  return reaching_each_other(graph) == 237 && more_ahead[0] < -0.003 && more_ahead[1] > 0.003 ? 0 : 1;
}

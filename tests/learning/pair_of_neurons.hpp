// One plastic synapse whose two sides fire when they are told to.
#pragma once

#include <vector>

#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule {

inline std::vector<spike_list::entry> at(index_t neuron, const std::vector<double>& ms) {
  std::vector<spike_list::entry> all;
  for (const double t : ms) all.push_back({milliseconds{t}, neuron});
  return all;
}

template <class Rule>
struct pair_of_neurons {
  network net{1};
  projection learned;

  pair_of_neurons(const std::vector<double>& pre, const std::vector<double>& post, const Rule& rule, millivolts start,
                  milliseconds delay = 0_ms, double dendritic = 0) {
    const auto sender = net.add("sender", spike_list{at(0, pre)}, 1);
    const auto teacher = net.add("teacher", spike_list{at(0, post)}, 1);
    const auto cell = net.add("cell", lif{.tau = 1_ms, .threshold = 1e6_mV, .refractory = 0_ms}, 1);
    net.connect(teacher, cell, all_to_all{}, {.weight = 3e6_mV});
    learned = net.connect(sender, cell, all_to_all{}, {.weight = start, .delay = delay, .dendritic = dendritic}, rule);
  }
  template <class Backend>
  double weight_after(milliseconds span, const Backend& on) const {
    simulation sim{net, on};
    sim.run(span);
    return sim.weights(learned).at(0);
  }
};

}  // namespace spinule

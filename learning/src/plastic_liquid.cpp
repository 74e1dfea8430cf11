#include <spinule/learning/plastic_liquid.hpp>

#include <utility>
#include <vector>

namespace spinule::learning {

std::uint64_t show(simulation& sim, const population& input, const snapshots& all) {
  for (std::uint64_t k = 0; k < all.count; ++k) {
    if (all.go_on && !all.go_on(k)) return k;
    sim.begin_episode(k);
    sim.play(input, all.read(k));
    sim.run(all.length);
  }
  return all.count;
}

network with_learned_weights(network net, const simulation& sim) {
  for (index_t p = 0; p < net.projections().size(); ++p) {
    const auto& rule = net.projections()[p].plasticity;
    if (!rule || !rule->learns()) continue;
    std::vector<listed_synapse> synapses = sim.synapses(sim.projection_at(p));
    const std::vector<double> learned = sim.weights(sim.projection_at(p));
    for (std::size_t k = 0; k < synapses.size(); ++k) synapses[k].weight = learned[k];
    net.replace(net.projection_at(p), std::move(synapses));
  }
  return net;
}

}  // namespace spinule::learning

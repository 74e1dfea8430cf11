// What a run gives, as a digest.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/simulation.hpp>

#include "golden.hpp"

namespace spinule {

/// Every spike, every state at the end, what plastic projections learned, and the costs where there are any.
inline void add_run(digest& d, const network& net, simulation sim, milliseconds length) {
  const auto populations = static_cast<index_t>(net.populations().size());
  const auto fires = [&](index_t p) { return !net.populations()[p].model->is_graded(); };
  for (index_t p = 0; p < populations; ++p)
    if (fires(p)) sim.observe(sim.population_at(p));
  sim.run(length);
  for (index_t p = 0; p < populations; ++p) {
    if (fires(p))
      for (const spike& s : sim.spikes(sim.population_at(p))) d.add(s.when), d.add(s.neuron);
    const auto& cells = net.populations()[p];
    for (const auto& [field, unit, allowed] : cells.model->fields())
      for (index_t i = 0; i < cells.size; i += 7) d.add(sim.read(sim.population_at(p), std::string{field}, i));
  }
  for (index_t j = 0; j < net.projections().size(); ++j)
    if (net.projections()[j].plasticity) d.add(sim.weights(sim.projection_at(j)));
  if (const auto costs = sim.costs()) {
    for (const auto* ledger : {&costs->dynamic, &costs->programming})
      for (const cost& c : *ledger) d.add(c.count), d.add(c.energy_pj);
    for (const standing_cost& c : costs->standing) d.add(c.power_uw), d.add(c.energy_pj);
    d.add(costs->latency_us);
  }
}

template <class Backend>
auto on(const std::function<network()>& make, const Backend& backend, milliseconds length = 200_ms) {
  return [=](digest& d) {
    const network net = make();
    add_run(d, net, simulation{net, backend}, length);
  };
}

/// On `reference`, and on `cpu` in each stepping and precision.
inline void add_everywhere(goldens& all, const std::string& name, const std::function<network()>& make) {
  all[name + "/reference"] = on(make, reference{0.5_ms});
  for (const auto& [how, s] :
       {std::pair{"sweep", stepping::sweep}, {"visit", stepping::visit}, {"automatic", stepping::automatic}}) {
    all[name + "/cpu_" + how] = on(make, cpu{.tick = 0.5_ms, .threads = 1, .stepping = s});
    all[name + "/cpu_" + how + "_double"] =
        on(make, cpu{.tick = 0.5_ms, .threads = 1, .stepping = s, .precision = precision::full});
  }
}

}  // namespace spinule

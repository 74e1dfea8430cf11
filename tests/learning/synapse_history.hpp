// What a synapse and its target went through, tick by tick, for equations that are followed by hand.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <spinule/simulation.hpp>

namespace spinule {

struct synapse_history {
  std::vector<moment> arrivals;  ///< ticks
  std::vector<double> voltage;   ///< [ticks] of the target, mV
  std::vector<bool> fired;       ///< [ticks] the target
};

/// Of a synapse as `synapses` gives it, after `duration` ticks of 1 ms in which both populations were observed and the
/// voltages of all targets traced.
template <class Synapse, class Probe>
synapse_history history_of(const simulation& sim, const Synapse& synapse, const population& from, const population& to,
                           const Probe& voltages, std::size_t targets, std::size_t duration) {
  synapse_history seen{{}, std::vector<double>(duration), std::vector<bool>(duration, false)};
  for (const spike& e : sim.spikes(from))
    if (e.neuron == synapse.source) seen.arrivals.push_back(e.when + std::llround(synapse.delay.value()));
  for (std::size_t t = 0; t < duration; ++t)
    seen.voltage[t] = sim.traced(voltages).values[t * targets + synapse.target];
  for (const spike& e : sim.spikes(to))
    if (e.neuron == synapse.target) seen.fired[static_cast<std::size_t>(e.when)] = true;
  return seen;
}

}  // namespace spinule

// The sparsely connected network of Brunel (2000): delta synapses, one delay, one weight per sign.
#pragma once

#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

namespace spinule::bench {

inline constexpr millivolts brunel_j = 0.1_mV;

/// 10 000 excitatory and 2500 inhibitory neurons, each connected to any other with probability 0.1 (1250 inputs), 15.6
/// M synapses; J = 0.1 mV, g = 5, delay 1.5 ms; an external drive of 20 kHz per neuron (eta = 2): asynchronous
/// irregular. `recurrent(net, e)` makes the connections among excitatory neurons.
template <class Recurrent>
network brunel_network(double scale, Recurrent recurrent) {
  network net{1};
  const lif unit{.tau = 20_ms, .threshold = 20_mV, .reset = 10_mV, .refractory = 2_ms};
  const auto e = net.add("excitatory", unit, static_cast<index>(10000 * scale));
  const auto i = net.add("inhibitory", unit, static_cast<index>(2500 * scale));
  recurrent(net, e);
  net.connect(e, i, fixed_probability{.p = 0.1}, {.weight = brunel_j, .delay = 1.5_ms});
  for (const auto& cells : {e, i}) {
    net.connect(i, cells, fixed_probability{.p = 0.1}, {.weight = -5 * brunel_j, .delay = 1.5_ms});
    net.drive(cells, {.rate = 20_kHz, .weight = brunel_j});
    net.initialise(cells, "v", uniform<millivolts>{0_mV, 20_mV});
  }
  return net;
}

}  // namespace spinule::bench

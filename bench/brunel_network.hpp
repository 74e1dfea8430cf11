// The sparsely connected network of Brunel (2000): delta synapses, one delay, one weight per sign.
#pragma once

#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

namespace spinule::bench {

inline constexpr millivolts brunel_j = 0.1_mV;

/// Four fifths of the neurons excite, one fifth inhibits; J = 0.1 mV, g = 5, delay 1.5 ms; an external drive of 20 kHz
/// per neuron (eta = 2). `recurrent(net, e)` makes the connections among excitatory neurons; inhibition of these has
/// the plasticity rule that is given.
template <class Recurrent, class Rule = no_rule>
network brunel_network(index_t neurons, const wiring& from_e, const wiring& from_i, Recurrent recurrent,
                       const Rule& onto_e = {}) {
  network net{1};
  const lif unit{.tau = 20_ms, .threshold = 20_mV, .reset = 10_mV, .refractory = 2_ms};
  const auto e = net.add("excitatory", unit, neurons / 5 * 4);
  const auto i = net.add("inhibitory", unit, neurons / 5);
  recurrent(net, e);
  net.connect(e, i, from_e, {.weight = brunel_j, .delay = 1.5_ms});
  for (const auto& cells : {e, i}) {
    if (cells.id == e.id)
      net.connect(i, cells, from_i, {.weight = -5 * brunel_j, .delay = 1.5_ms}, onto_e);
    else
      net.connect(i, cells, from_i, {.weight = -5 * brunel_j, .delay = 1.5_ms});
    net.drive(cells, {.rate = 20_kHz, .weight = brunel_j});
    net.initialise(cells, "v", uniform<millivolts>{0_mV, 20_mV});
  }
  return net;
}

/// The network of the paper times `scale`: 12 500 neurons, each connected to any other with probability 0.1 (1250
/// inputs), 15.6 M synapses: asynchronous irregular.
template <class Recurrent, class Rule = no_rule>
network brunel_network(double scale, Recurrent recurrent, const Rule& onto_e = {}) {
  const fixed_probability any{.p = 0.1};
  return brunel_network(5 * static_cast<index_t>(2500 * scale), any, any, recurrent, onto_e);
}

}  // namespace spinule::bench

// A random network whose excitatory synapses are paired with astrocytes: how many are, and what the slow inward
// currents of the astrocytes do to the neurons. NEST's example of astrocyte_lr_1994, smaller and with current synapses.
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/li_rinzel_astrocyte.hpp>
#include <spinule/models/tripartite.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

struct outcome {
  double synapses = 0, paired = 0, rate_hz = 0, calcium = 0;
};

outcome run(picoamperes slow_inward) {
  network net{7};
  const current_lif neuron{.tau_excitatory = 2_ms, .tau_inhibitory = 4_ms};
  const auto e = net.add("excitatory", neuron, 400), i = net.add("inhibitory", neuron, 100);
  const auto astrocytes = net.add("astrocytes", li_rinzel_astrocyte{.tau_ip3 = 2_ms, .delta_ip3 = 0.5}, 400);
  net.initialise(astrocytes, "ip3", 0.4);
  for (const auto& cells : {e, i}) {
    net.drive(cells[current_lif::excitatory], {.rate = 3.5_kHz, .weight = 60_pA});
    net.connect(i, cells[current_lif::inhibitory], fixed_probability{0.1}, {.weight = -320_pA, .delay = 1_ms});
  }
  net.connect(e, i[current_lif::excitatory], fixed_probability{0.1}, {.weight = 60_pA, .delay = 2_ms});
  const auto made = connect_tripartite(net, {.p_primary = 0.1, .p_third = 0.5, .pool_size = 10}, e,
                                       tripartite_link{e[current_lif::excitatory], 60_pA, 2_ms},
                                       tripartite_link{astrocytes[li_rinzel_astrocyte::spikes], number{1}, 2_ms},
                                       tripartite_link{e[current_lif::current], slow_inward, 2_ms});
  simulation sim{net, cpu{.tick = 0.1_ms}};
  sim.run(1_s);
  const auto counts = sim.counts(e);
  const auto calcium = sim.state(astrocytes, "ca");
  return {static_cast<double>(sim.synapses(made.primary).size()),
          static_cast<double>(sim.synapses(made.to_glia).size()),
          std::accumulate(counts.begin(), counts.end(), 0.0) / 400,
          std::accumulate(calcium.begin(), calcium.end(), 0.0) / 400};
}

int main() {
  const outcome with = run(1_pA), without = run(0_pA);
  const double pairs = 400 * 399;
  fmt::print("{} synapses of {:.0f} expected, {} paired of {:.0f}\n", with.synapses, 0.1 * pairs, with.paired,
             0.5 * with.synapses);
  fmt::print("calcium after 1 s {:.3f} uM; rates {:.1f} Hz with slow inward currents, {:.1f} Hz without\n",
             with.calcium, with.rate_hz, without.rate_hz);
  const bool drawn = std::fabs(with.synapses - 0.1 * pairs) < 4 * std::sqrt(0.09 * pairs) &&
                     std::fabs(with.paired - 0.5 * with.synapses) < 4 * std::sqrt(0.25 * with.synapses);
  return drawn && with.rate_hz > without.rate_hz ? 0 : 1;
}

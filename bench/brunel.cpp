// The sparsely connected network of Brunel (2000): delta synapses, one delay, one weight per sign.
#include <spinule/models/lif.hpp>

#include "network_bench.hpp"

namespace spinule::bench {
namespace {

/// 10 000 excitatory and 2500 inhibitory neurons, each connected to any other with probability 0.1 (1250 inputs), 15.6 M
/// synapses; J = 0.1 mV, g = 5, delay 1.5 ms; an external drive of 20 kHz per neuron (eta = 2): asynchronous irregular.
network build(double scale) {
  network net{1};
  const lif unit{.tau = 20_ms, .threshold = 20_mV, .reset = 10_mV, .refractory = 2_ms};
  const auto e = net.add("excitatory", unit, static_cast<index>(10000 * scale));
  const auto i = net.add("inhibitory", unit, static_cast<index>(2500 * scale));
  const millivolts j = 0.1_mV;
  for (const auto& cells : {e, i}) {
    net.connect(e, cells, fixed_probability{.p = 0.1}, {.weight = j, .delay = 1.5_ms});
    net.connect(i, cells, fixed_probability{.p = 0.1}, {.weight = -5 * j, .delay = 1.5_ms});
    net.drive(cells, {.rate = 20_kHz, .weight = j});
    net.initialise(cells, "v", uniform<millivolts>{0_mV, 20_mV});
  }
  return net;
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule;
  static double scale = 1;
  return bench::network_main(count, words, "brunel", "Brunel's sparse network: 12 500 neurons, 15.6 M synapses, 0.1 ms", 0.1_ms, [](CLI::App& app) {
    app.add_option("--scale", scale, "Of the number of neurons")->check(CLI::Range(0.01, 20.0));
    return [] { return bench::build(scale); };
  });
}

// A balanced network: excitation and inhibition nearly cancel, so that neurons fire seldom and irregularly. Brunel, J.
// Comput. Neurosci. 8 (2000), with 2500 neurons.
#include <cstdint>
#include <numeric>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

int main() {
  network net{1};
  const lif unit{.tau = 20_ms, .threshold = 20_mV, .reset = 10_mV, .refractory = 2_ms};
  const auto e = net.add("excitatory", unit, 2000);
  const auto i = net.add("inhibitory", unit, 500);
  for (const auto& cells : {e, i}) {
    net.connect(e, cells, fixed_probability{0.1}, {.weight = 0.2_mV, .delay = 1.5_ms});
    net.connect(i, cells, fixed_probability{0.1}, {.weight = -1.2_mV, .delay = 1.5_ms});
    net.drive(cells, {.rate = 6_kHz, .weight = 0.2_mV});  // what comes from the rest of the brain
    net.initialise(cells, "v", uniform{0_mV, 20_mV});
  }
  simulation sim{net, cpu{.tick = 0.1_ms}};
  sim.run(1_s);
  const auto counts = sim.counts(e);
  const double rate = std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
  fmt::print("{:.1f} Hz\n", rate);
  return rate > 5 && rate < 60 ? 0 : 1;
}

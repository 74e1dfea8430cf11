// Calcium of astrocytes oscillates where there is neither too little nor too much IP3, and a neuron that hears them
// fires with it: the periods, and how many of the neuron's spikes fall while calcium is high.
#include <cmath>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/li_rinzel_astrocyte.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

int main() {
  const double ip3[] = {0.3, 0.4, 0.5, 0.6, 0.8};          // uM, held
  const double published[] = {0, 12.77, 11.49, 10.96, 0};  // periods in s; 0: comes to rest
  std::vector<li_rinzel_astrocyte> cells;
  for (const double x : ip3) cells.push_back({.ip3_0 = x});

  network net;
  const auto astrocytes = net.add("astrocytes", cells);
  const auto neurons =
      net.add("neurons", current_lif{.bias = 370_pA}, 5);  // which alone stays just below its threshold
  net.connect(astrocytes, neurons[current_lif::current], one_to_one{}, {.weight = 10_pA, .delay = 1_ms});
  simulation sim{net, cpu{.tick = 1_ms}};
  sim.run(100_s);  // away from the start
  const auto calcium = sim.probe(astrocytes, "ca");
  sim.clear_counts();
  sim.run(100_s);

  bool right = true;
  fmt::print("IP3 uM   period s   published   spikes of its neuron\n");
  for (std::size_t i = 0; i < 5; ++i) {
    const auto at = [&](std::size_t tick) { return sim.traced(calcium).values[5 * tick + i]; };
    std::vector<double> rises;
    for (std::size_t t = 1; t < 100'000; ++t)
      if (at(t - 1) < 0.2 && at(t) >= 0.2) rises.push_back(0.001 * static_cast<double>(t));
    const double period = rises.size() < 2 ? 0 : (rises.back() - rises.front()) / static_cast<double>(rises.size() - 1);
    fmt::print("{:6.1f} {:10.2f} {:11.2f} {:22}\n", ip3[i], period, published[i], sim.counts(neurons)[i]);
    right = right && std::fabs(period - published[i]) <= 0.01 * published[i];
  }
  return right ? 0 : 1;
}

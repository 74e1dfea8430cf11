// One network, two machines: the cores of this one, and resistive crossbars that say what every spike costs. With ideal
// cells and exact converters the spikes are the same, bit for bit; the costs stay those of the hardware.
#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

int main() {
  network net;
  const auto camera = net.add("camera", replay{}, 2 * 34 * 34);
  const auto liquid = net.add("liquid", lif{.tau = 20_ms, .threshold = 15_mV}, 500);
  net.connect(camera, liquid, fixed_probability{0.02}, {.weight = 3_mV, .delay = 1_ms});
  net.connect(liquid, liquid, fixed_probability{0.05}, {.weight = normal{0_mV, 0.5_mV}, .delay = uniform{1_ms, 5_ms}});

  hardware chip = load_hardware("isaac_32nm");
  override_hardware(chip, "device=ideal");
  override_hardware(chip, "adc=none");
  simulation cores{net, cpu{.tick = 1_ms}}, arrays{net, crossbar{.tick = 1_ms, .hardware = chip}};

  const recording seen = draw_digit(3, /*seed*/ 1, /*instance*/ 0);
  for (simulation* sim : {&cores, &arrays}) {
    sim->observe(liquid);
    sim->play(camera, seen);
    sim->run(seen.length);
  }
  const bool equal = std::ranges::equal(cores.spikes(liquid), arrays.spikes(liquid)) && !cores.spikes(liquid).empty();
  fmt::print("{} and {} spikes, {}\n\n", cores.spikes(liquid).size(), arrays.spikes(liquid).size(),
             equal ? "equal" : "NOT EQUAL");

  const cost_report costs = *arrays.costs();
  std::map<std::string, double> energy_pj;
  for (const cost& c : costs.dynamic) energy_pj[c.component] += c.energy_pj;
  for (const standing_cost& c : costs.standing) energy_pj[c.component + " (standing)"] += c.energy_pj;
  for (const auto& [component, pj] : energy_pj)
    if (pj > 0) fmt::print("{:20} {:9.1f} nJ\n", component, pj * 1e-3);
  fmt::print("{:20} {:9.1f} nJ for {:.0f} ms of events, which the hardware replays in {:.1f} us\n", "all",
             costs.total_pj() * 1e-3, seen.length.value(), costs.latency_us);
  return equal && costs.total_pj() > 0 ? 0 : 1;
}

// Ten digits, drawn before an event camera, through a recurrent network: how much does each side of it fire?
#include <cstdint>
#include <numeric>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

std::uint32_t spikes(const simulation& sim, population cells) {
  const auto counts = sim.counts(cells);
  return std::accumulate(counts.begin(), counts.end(), std::uint32_t{0});
}

int main() {
  network net;
  const auto camera = net.add("camera", replay{}, 2 * 34 * 34);
  const auto excitatory = net.add("excitatory", lif{.tau = 20_ms, .threshold = 15_mV}, 800);
  const auto inhibitory = net.add("inhibitory", lif{.tau = 10_ms, .threshold = 15_mV}, 200);
  net.connect(camera, excitatory, fixed_probability{0.02}, {.weight = 3_mV, .delay = 1_ms});
  net.connect(excitatory, excitatory, fixed_probability{0.05},
              {.weight = normal{0.2_mV, 0.05_mV}, .delay = uniform{1_ms, 20_ms}});
  net.connect(excitatory, inhibitory, fixed_probability{0.10}, {.weight = 1_mV, .delay = 1_ms});
  net.connect(inhibitory, excitatory, fixed_probability{0.10}, {.weight = -1_mV, .delay = 1_ms});

  simulation sim{net, cpu{.tick = 1_ms}};
  fmt::print("digit  events  excitatory  inhibitory spikes\n");
  bool alive = true;
  for (std::uint32_t digit = 0; digit < 10; ++digit) {
    const recording seen = draw_digit(digit, /*seed*/ 1, /*instance*/ 0);
    sim.reset();
    sim.play(camera, seen);
    sim.run(seen.length);
    fmt::print("{:5}  {:6}  {:10}  {:10}\n", digit, seen.events.size(), spikes(sim, excitatory),
               spikes(sim, inhibitory));
    alive = alive && spikes(sim, excitatory) > 0 && spikes(sim, inhibitory) > 0;
  }
  return alive ? 0 : 1;
}

// The program of README.md, word by word.
#include <iostream>
#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>
using namespace spinule;
int main(int count, char** arguments) {
  if (count < 2) return std::cerr << "give a folder with Train/<digit>/<number>.bin of N-MNIST\n", 2;
  const nmnist digits{arguments[1]};
  network net{42};  // the seed of everything random in it
  const auto retina = net.add("retina", replay{}, digits.channels());
  const auto cortex = net.add("cortex", lif{.tau = 64_ms, .threshold = 20_mV}, 1000);
  net.connect(retina, cortex, fixed_outdegree{.k = 75}, {.weight = 1.5_mV});
  net.connect(retina, cortex, fixed_outdegree{.k = 75}, {.weight = -1.5_mV});
  net.connect(cortex, cortex, fixed_probability{0.02}, {.weight = normal{0_mV, 1_mV}, .delay = uniform{1_ms, 20_ms}});

  simulation on_cpu{net, cpu{.tick = 1_ms}};
  simulation on_chip{net, crossbar{.tick = 1_ms, .hardware = load_hardware("isaac_32nm")}};
  const auto [events, label] = digits.read(0);
  for (simulation* sim : {&on_cpu, &on_chip}) {
    sim->play(retina, events);
    sim->run(events.length);
    std::cout << "digit " << label << ": " << sim->spike_count() << " spikes";
    if (const auto costs = sim->costs())
      std::cout << ", " << costs->total_pj() * 1e-6 << " uJ, " << costs->latency_us << " us";
    std::cout << "\n";
  }
}

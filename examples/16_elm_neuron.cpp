// A published neuron of 8002 parameters that stands for a detailed model of a cortical pyramidal cell: where it rests,
// and what a volley of excitation does to its voltage and to its probability of a spike, with and without inhibition
// beside it. Needs elm_neuron in the folder that SPINULE_DATA names.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/elm.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

constexpr index_t channels = 1278, segments = 639;  // excitation of each segment, then inhibition of each

int main() {
  const char* data = std::getenv("SPINULE_DATA");
  const std::filesystem::path file =
      std::filesystem::path{data ? data : ""} / "elm_neuron/num_memory_20/neuronio_best_model_state.pt";
  if (!data || !std::filesystem::exists(file)) {
    fmt::print(
        "SPINULE_DATA must name a folder with elm_neuron/num_memory_20, from github.com/AaronSpieler/elmneuron\n");
    return 77;
  }
  const elm_weights weights = load_elm(file);

  // Two neurons alike: after two seconds of silence both get 360 excitatory spikes, the second as many inhibitory ones.
  network net;
  const auto input = net.add("input", replay{}, channels);
  const auto cells = net.add("cells", spiking_elm{.neurons = weights, .threshold = -2}, 2);
  std::vector<listed<number>> synapses;
  for (index_t c = 0; c < channels; ++c) {
    synapses.push_back({c, net.lane(cells[spiking_elm::dendrite], 1, c), number{c < segments ? 1.0 : -1.0}, 1_ms});
    if (c < segments) synapses.push_back({c, net.lane(cells[spiking_elm::dendrite], 0, c), number{1}, 1_ms});
  }
  net.connect(input, cells[spiking_elm::dendrite], synapses);

  simulation sim{net, cpu{.tick = 1_ms}};
  sim.observe(cells);
  sim.run(2_s);
  const double log_odds = sim.read(cells, "y[0]", 0), voltage = 10 * sim.read(cells, "y[1]", 0) - 67.7;
  fmt::print("at rest: {:.2f} mV, log-odds of a spike in a bin {:.4f}\n", voltage, log_odds);

  recording volley{{}, 60_ms};
  for (std::int64_t t = 0; t < 6; ++t)
    for (std::uint32_t k = 0; k < 60; ++k)
      for (const std::uint32_t half : {0u, segments})
        volley.events.push_back({1000 * t, static_cast<std::uint32_t>((97 * t + 31 * k) % segments) + half});
  std::ranges::sort(volley.events, {}, [](const event& e) { return std::pair{e.time_us, e.channel}; });
  sim.play(input, volley);
  fmt::print("{:>5} {:>22} {:>26}\n{:>5} {:>8} {:>13} {:>12} {:>13}\n", "ms", "excited", "inhibited as well", "", "mV",
             "p(spike)", "mV", "p(spike)");
  double peak[2] = {-100, -100};
  for (int t = 0; t < 60; ++t) {
    sim.run(1_ms);
    for (index_t n = 0; n < 2; ++n) peak[n] = std::fmax(peak[n], 10 * sim.read(cells, "y[1]", n) - 67.7);
    if (t % 4 != 0) continue;
    fmt::print("{:>5}", t);
    for (index_t n = 0; n < 2; ++n)
      fmt::print(" {:>8.2f} {:>13.2e}   ", 10 * sim.read(cells, "y[1]", n) - 67.7,
                 1 / (1 + std::exp(-sim.read(cells, "y[0]", n))));
    fmt::print("\n");
  }
  fmt::print("peaks: {:.1f} and {:.1f} mV; spikes {} and {}\n", peak[0], peak[1], sim.counts(cells)[0],
             sim.counts(cells)[1]);
  return std::fabs(log_odds + 16.2443) < 0.01 && sim.counts(cells)[0] == 1 && sim.counts(cells)[1] == 0 ? 0 : 1;
}

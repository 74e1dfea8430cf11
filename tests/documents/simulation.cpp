// The code of docs/simulation.md, which is a part of this program word by word (tests/documents.cmake).
#include <filesystem>
#include <iostream>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/parallel.hpp>
#include <spinule/io/activity_csv.hpp>
#include <spinule/io/generator.hpp>
#include <spinule/learning/spike_statistics.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;

int main() {
  std::filesystem::current_path(std::filesystem::temp_directory_path());
  network net{1};  // the seed of everything random in it
  const auto retina = net.add("retina", replay{}, 2312);
  const auto cortex = net.add("cortex", lif{.tau = 20_ms, .threshold = 15_mV}, 500);
  net.connect(retina, cortex, fixed_probability{0.02}, {.weight = 3_mV, .delay = 1_ms});
  net.connect(cortex, cortex, fixed_probability{0.05}, {.weight = normal{0_mV, 0.5_mV}, .delay = uniform{1_ms, 5_ms}});

  simulation sim{net, cpu{.tick = 1_ms}};
  sim.observe(cortex);                                // keep its spikes
  const probe_id v = sim.probe(cortex, "v", {0, 7});  // follow v of two neurons
  const recording digit = draw_digit(3, /*seed*/ 1, /*instance*/ 0);
  sim.play(retina, digit);  // from now on
  sim.run(340_ms);

  for (const auto& [when, neuron] : sim.spikes(cortex).first(3))
    std::cout << "neuron " << neuron << " in tick " << when << "\n";
  const auto counts = sim.counts(cortex);  // [500], whether or not it is observed
  std::cout << counts[0] << " spikes of neuron 0, " << sim.spike_count() << " of all populations\n";

  const trace& membranes = sim.traced(v);
  for (std::size_t k = 0; k < 3; ++k)  // tick by tick, two neurons each
    std::cout << "v of neuron 7 at the end of tick " << k << ": " << membranes.values[2 * k + 1] << " mV\n";
  const double now = sim.read(cortex, "v", 0);  // at the end of the last tick
  sim.write(cortex, "v", 0, now + 1);           // from the next tick on

  index_t loudest = 0;
  sim.on_spikes(cortex, [&](moment, std::span<const index_t> neurons) {
    if (neurons.size() > loudest) loudest = static_cast<index_t>(neurons.size());
  });

  for (std::uint64_t i = 0; i < 3; ++i) {
    sim.reset(i);
    sim.play(retina, draw_digit(i, 1, 0));
    sim.run(340_ms);
    std::cout << "digit " << i << ": " << sim.spikes(cortex).size() << " spikes\n";
  }

  write_spikes("spikes.csv", net, sim, {cortex});
  write_traces("v.csv", net, sim, {{cortex, "v", v}});

  using namespace spinule::learning;
  const stretch all{0, sim.now()};
  const auto rates = rates_hz(sim.spikes(cortex), 500, all, sim.tick());
  const auto cvs = interval_cvs(sim.spikes(cortex), 500, all);
  write_columns("neurons.csv", {{"rate_Hz", rates}, {"cv", cvs}});
  const auto over_time = population_rates_hz(sim.spikes(cortex), 500, all, sim.tick(), 10);  // in bins of 10 ticks

  std::vector<std::uint32_t> spikes(10);
  const simulation one{net, cpu{.tick = 1_ms, .threads = 1}};
  for_each_sample(one, spikes.size(), 0, [&](simulation& copy, std::size_t i) {  // 0: one thread per core
    copy.reset(i);
    copy.play(retina, draw_digit(i, 1, 0));
    copy.run(340_ms);
    spikes[i] = copy.counts(cortex)[0];
  });

  hardware chip = load_hardware("isaac_32nm");
  override_hardware(chip, "adc.bits=6");
  override_hardware(chip, "device.read_noise=5%");
  simulation arrays{net, crossbar{.tick = 1_ms, .hardware = chip, .chip = 3}};

  arrays.play(retina, digit);
  arrays.run(340_ms);
  const cost_report costs = *arrays.costs();
  for (const cost& c : costs.dynamic)
    std::cout << c.layer << ", " << c.component << ": " << c.count << " events, " << c.energy_pj << " pJ\n";
  std::cout << costs.dynamic_pj() << " pJ dynamic, " << costs.static_pj() << " pJ static, " << costs.latency_us
            << " us\n";
  return loudest > 0 && over_time.size() == 34 && costs.total_pj() > 0 ? 0 : 1;
}

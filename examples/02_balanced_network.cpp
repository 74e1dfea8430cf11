// A balanced network: excitation and inhibition nearly cancel, so that neurons fire seldom and irregularly. Brunel, J.
// Comput. Neurosci. 8 (2000), with 2500 neurons. Spikes and membranes go to files that any tool plots.
#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/activity_csv.hpp>
#include <spinule/learning/spike_statistics.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;
using namespace spinule::learning;

int main(int count, char** arguments) {
  const std::filesystem::path folder = count > 1 ? arguments[1] : std::filesystem::temp_directory_path();
  network net{1};
  const lif unit{.tau = 20_ms, .threshold = 20_mV, .reset = 10_mV, .refractory = 2_ms};
  const auto e = net.add("excitatory", unit, 2000);
  const auto i = net.add("inhibitory", unit, 500);
  for (const auto& cells : {e, i}) {
    net.connect(e, cells, fixed_probability{0.1}, {.weight = 0.4_mV, .delay = 1.5_ms});
    net.connect(i, cells, fixed_probability{0.1}, {.weight = -2.4_mV, .delay = 1.5_ms});
    net.drive(cells, {.rate = 3_kHz, .weight = 0.4_mV});  // what comes from outside
    net.initialise(cells, "v", uniform{0_mV, 20_mV});
  }

  simulation sim{net, cpu{.tick = 0.1_ms}};
  for (const auto& cells : {e, i}) sim.observe(cells);
  const probe_id v = sim.probe(e, "v", {0, 1, 2});
  sim.run(1.2_s);

  const stretch second{2000, sim.now()};  // in ticks, without the first 200 ms
  const auto [rate, cv, counted] = statistics_of(sim.spikes(e), 2000, second, sim.tick());
  const double chi = synchrony(sim.spikes(e), 2000, second, 50);  // in bins of 5 ms
  fmt::print("{:.1f} Hz, CV {:.2f} ({} neurons), synchrony {:.3f}\n", rate, cv, counted, chi);

  write_spikes(folder / "balanced_spikes.csv", net, sim, {e, i});
  write_traces(folder / "balanced_v.csv", net, sim, {{e, "v", v}});
  write_columns(folder / "balanced_rates.csv",
                {{"rate_Hz", population_rates_hz(sim.spikes(e), 2000, second, sim.tick(), 50)}});
  fmt::print("Wrote balanced_*.csv to {}\n", folder.string());
  return rate > 5 && rate < 60 && cv > 0.6 && chi < 0.3 ? 0 : 1;
}

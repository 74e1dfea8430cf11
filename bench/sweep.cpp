// What does a neuron cost per tick, by model, size and precision, and what does its Poisson drive cost?
#include <string>

#include <benchmark/benchmark.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "google_bench.hpp"
#include "measure.hpp"

namespace spinule::bench {
namespace {

constexpr milliseconds tick = 0.1_ms;

void run_sweep(benchmark::State& state, const network& net, int threads, precision numbers) {
  simulation sim{net, cpu{.tick = tick, .threads = threads, .stepping = stepping::sweep, .precision = numbers}};
  sim.run_ticks(64);
  const auto length = static_cast<ticks>(std::max<std::int64_t>(6'400'000 / state.range(0), 64));
  seconds best;
  for (auto _ : state) {
    const seconds now = time_once([&] { sim.run_ticks(length); });
    keep_least(best, now);
    state.SetIterationTime(now.wall);
  }
  state.counters["ns_per_neuron_tick"] =
      1e9 * best.wall / static_cast<double>(length) / static_cast<double>(state.range(0));
}

/// Sweeps of neurons below threshold; a synapse that stays silent makes each of their ports used.
template <class Model, class... Ports>
void sweep(benchmark::State& state, const Model& model, int threads, precision numbers, Ports... ports) {
  network net;
  const auto never = net.add("never", spike_list{}, 1);
  const auto cells = net.add("cells", model, static_cast<index_t>(state.range(0)));
  const auto use = [&]<class Unit>(port<Model, Unit> p) {
    net.connect(never, cells[p], std::vector<listed<Unit>>{{0, 0, Unit{1}, tick}});
  };
  (use(ports), ...);
  run_sweep(state, net, threads, numbers);
}

/// Membranes that have decayed to the smallest numbers there are, as those of neurons do that were silent for long:
/// some processors take a hundred cycles for each of them.
void sweep_long_silent(benchmark::State& state, int threads, precision numbers) {
  network net;
  const auto cells = net.add("cells", lif{}, static_cast<index_t>(state.range(0)));
  net.initialise(cells, "v", millivolts{numbers == precision::single ? 1e-44 : 5e-323});
  run_sweep(state, net, threads, numbers);
}

/// The same neurons with a drive of so many spikes per tick and without it, in turns.
void poisson_drive_cost(benchmark::State& state, double per_tick, int threads) {
  const auto size = static_cast<index_t>(state.range(0));
  const auto make = [&](double mean) {
    network net;
    const auto cells = net.add("cells", lif{.threshold = 1e6_mV}, size);
    if (mean > 0) net.drive(cells, {.rate = kilohertz{mean / tick.value()}, .weight = 1e-3_mV});
    return simulation{net, cpu{.tick = tick, .threads = threads, .stepping = stepping::sweep}};
  };
  simulation with = make(per_tick), without = make(0);
  const auto length = static_cast<ticks>(std::max(3'200'000u / size, 64u));
  seconds driven, silent;
  for (int r = 0; r < 15; ++r) {
    keep_least(driven, time_once([&] { with.run_ticks(length); }));
    keep_least(silent, time_once([&] { without.run_ticks(length); }));
  }
  const double cost = (driven.wall - silent.wall) / static_cast<double>(length) / size;
  for (auto _ : state) state.SetIterationTime(cost * size);
  state.counters["ns_per_neuron_tick"] = 1e9 * cost;
}

void add(int threads) {
  for (const auto& [numbers, name] : {std::pair{precision::single, "float"}, std::pair{precision::full, "double"}}) {
    const auto with = [&](const std::string& model, auto run) {
      benchmark::RegisterBenchmark((model + "/" + name).c_str(), run)
          ->Arg(4000)
          ->Arg(100000)
          ->UseManualTime()
          ->MinTime(0.2)
          ->Unit(benchmark::kMillisecond);
    };
    with("lif", [=](auto& s) { sweep(s, lif{.bias = 10_mV}, threads, numbers, lif::jump); });
    with("lif, long silent", [=](auto& s) { sweep_long_silent(s, threads, numbers); });
    with("lif, both ports", [=](auto& s) { sweep(s, lif{.bias = 10_mV}, threads, numbers, lif::jump, lif::drive); });
    with("current_lif", [=](auto& s) {
      sweep(s, current_lif{.bias = 100_pA}, threads, numbers, current_lif::excitatory, current_lif::inhibitory);
    });
    with("conductance_lif", [=](auto& s) {
      sweep(s, conductance_lif{}, threads, numbers, conductance_lif::excitatory, conductance_lif::inhibitory);
    });
    with("adaptive_lif", [=](auto& s) { sweep(s, adaptive_lif{}, threads, numbers, port<adaptive_lif, number>{}); });
  }
  for (const double mean : {0.01, 0.2, 2.0, 20.0})
    benchmark::RegisterBenchmark(fmt::format("poisson drive, {} per tick", mean).c_str(),
                                 [=](auto& s) { poisson_drive_cost(s, mean, threads); })
        ->Arg(4000)
        ->Arg(100000)
        ->UseManualTime()
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Time per neuron and tick by model, size and precision, and of the Poisson drive", "./dev bench sweep"};
  static int threads = 1;
  app.add_option("--threads", threads, "Threads")->check(CLI::Range(1, 1024))->capture_default_str();
  return google_main(app, count, words, [] { add(threads); });
}

// What does a synaptic event cost, by length of row, range of targets, form of synapse and number of delays?
#include <numeric>
#include <thread>

#include <benchmark/benchmark.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/simulation.hpp>

#include "google_bench.hpp"
#include "measure.hpp"

namespace spinule::bench {
namespace {

struct options {
  std::vector<int> threads{1, 2};
  double synapses = 1e7;
};

/// A form of row_set.hpp and what makes the back end choose it.
struct form {
  const char* name;
  double bytes;   ///< of a stored weight and place; of bits, by the density
  bool constant;  ///< one weight
  int weight_bits;
};
constexpr form bits{"bits", 0, true, 32}, grouped{"grouped", 2, true, 32}, packed{"packed", 4, false, 16},
    wide{"wide", 8, false, 32};
constexpr form dense8{"dense 8", 1, false, 8}, dense16{"dense 16", 2, false, 16}, dense32{"dense 32", 4, false, 32};

struct task {
  form f;
  index_t row, targets;
  int delays = 1;  ///< ticks from 1 on, as likely each
  index_t sources(const options& o) const { return std::max<index_t>(static_cast<index_t>(o.synapses / row), 64); }
  double bytes() const { return f.bytes > 0 ? f.bytes : targets / (8.0 * row); }
  /// Enough for the sweep of the targets to matter little.
  index_t rows_per_tick() const { return std::max<index_t>(std::max<index_t>(100000, 2 * targets) / row, 16); }
};

network describe(const task& t, const options& o, bool connected) {
  network net;
  const auto from = net.add("from", random_rows{t.rows_per_tick()}, t.sources(o));
  const auto to = net.add("to", sink{}, t.targets);
  value<millivolts> weight = 1_mV;
  if (!t.f.constant) weight = normal<millivolts>{1_mV, 0.2_mV};
  value<milliseconds> delay = 1_ms;
  if (t.delays > 1) delay = uniform{0.5_ms, (t.delays + 0.5) * 1_ms};
  const synapse<millivolts> synapses{.weight = weight, .delay = delay, .weight_bits = t.f.weight_bits};
  if (!connected)
    net.connect(from, to, std::vector<listed<millivolts>>{{0, 0, 1_mV, 1_ms}});
  else if (t.row == t.targets)
    net.connect(from, to, all_to_all{}, synapses);
  else
    net.connect(from, to, fixed_outdegree{.k = t.row}, synapses);
  return net;
}

constexpr ticks run_length = 64;

double least_time(const network& net, int threads, std::uint64_t& events) {
  simulation sim{net, cpu{.tick = 1_ms, .threads = threads, .stepping = stepping::sweep}};
  sim.run_ticks(run_length);
  const auto before = sim.synaptic_events();
  seconds best;
  for (int r = 0; r < 5; ++r) keep_least(best, time_once([&] { sim.run_ticks(run_length); }));
  events = (sim.synaptic_events() - before) / 5;
  return best.wall;
}

/// GB/s of plain reading, all threads together: what no delivery can exceed that finds its rows in memory.
double streaming_limit(int threads) {
  static const std::vector<std::uint64_t> array(std::size_t{1} << 26, 1);
  seconds best;
  for (int r = 0; r < 5; ++r)
    keep_least(best, time_once([&] {
                 std::vector<std::thread> team;
                 const std::size_t part = array.size() / static_cast<std::size_t>(threads);
                 for (int t = 0; t < threads; ++t)
                   team.emplace_back([first = array.data() + static_cast<std::size_t>(t) * part, part] {
                     benchmark::DoNotOptimize(std::accumulate(first, first + part, std::uint64_t{0}));
                   });
                 for (auto& one : team) one.join();
               }));
  return 1e-9 * 8 * static_cast<double>(array.size()) / best.wall;
}

/// The time of the same run without the synapses is taken off.
void deliver(benchmark::State& state, const task& t, int threads, const options& o, double limit) {
  std::uint64_t events = 0, few = 0;
  const double without = least_time(describe(t, o, false), threads, few);
  const double with = least_time(describe(t, o, true), threads, events);
  const double each = (with - without) / static_cast<double>(events - few);
  for (auto _ : state) state.SetIterationTime(with - without);
  state.counters["ns_per_event"] = 1e9 * each;
  state.counters["bytes"] = t.bytes();
  state.counters["GB/s"] = 1e-9 * t.bytes() / each;
  state.counters["percent_of_streaming"] = 100e-9 * t.bytes() / each / limit;
  state.counters["without"] = without / with;
}

std::vector<task> tasks() {
  std::vector<task> all;
  for (const index_t targets : {10000u, 100000u, 1000000u})
    for (const index_t row : {10u, 100u, 1000u, 10000u}) {
      if (row == targets) continue;
      all.push_back({20 * row >= targets ? bits : grouped, row, targets});
      all.push_back({packed, row, targets});
      all.push_back({wide, row, targets});
    }
  for (const form& f : {grouped, packed, wide})
    for (const int delays : {8, 32, 128}) all.push_back({f, 1000, 100000, delays});
  for (const form& f : {dense8, dense16, dense32}) all.push_back({f, 1000, 1000}), all.push_back({f, 10000, 10000});
  return all;
}

void add(const options& o) {
  for (const int threads : o.threads) {
    const double limit = streaming_limit(threads);
    fmt::print("{} thread{}: memory is read at {:.1f} GB/s\n", threads, threads == 1 ? "" : "s", limit);
    for (const task& t : tasks())
      benchmark::RegisterBenchmark(
          fmt::format("{}/row:{}/targets:{}/delays:{}/threads:{}", t.f.name, t.row, t.targets, t.delays, threads)
              .c_str(),
          [=](benchmark::State& state) { deliver(state, t, threads, o, limit); })
          ->UseManualTime()
          ->Iterations(1)
          ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Time per synaptic event by form, length of row and range of targets", "./dev bench delivery"};
  static options o;
  app.add_option("--threads", o.threads, "Threads, one round each")->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--synapses", o.synapses, "Of each network")->check(CLI::Range(1e5, 4e9))->capture_default_str();
  return google_main(app, count, words, [] { add(o); });
}

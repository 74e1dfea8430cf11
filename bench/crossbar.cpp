// What reads of emulated arrays take: with noise and converters, by spikes, and with the resistance of wires.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/backends/digital.hpp>
#include <spinule/backends/dynamic_cells.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/backends/pulsed_cells.hpp>
#include <spinule/backends/resistive_array.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

#include "brunel_network.hpp"
#include "measure.hpp"
#include "report.hpp"
#include "wire_cholmod.hpp"

namespace spinule::bench {
namespace {

struct options {
  int rounds = 7;
  std::string json;
};

/// The least processor seconds of one call, over several rounds of as many calls as take some milliseconds.
double seconds_of(const options& o, const std::function<void()>& call) {
  call();
  const double once = std::max(time_once(call).cpu, 1e-7);
  const int calls = std::max(1, static_cast<int>(std::ceil(0.01 / once)));
  double least = 1e300;
  for (int round = 0; round < o.rounds; ++round)
    least = std::min(least, time_once([&] {
                              for (int i = 0; i < calls; ++i) call();
                            }).cpu /
                                calls);
  return least;
}

/// n x targets weights on an array of NeuRRAM's cells.
tiled_projection array_of(index_t n, index_t targets, std::vector<std::string> changes) {
  connectivity c{.sources = n, .targets = targets, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  random_stream random{1, purpose::user, n};
  for (index_t i = 0; i < n; ++i) {
    for (index_t j = 0; j < targets; ++j) {
      c.target.push_back(j);
      c.code.push_back(static_cast<std::int32_t>(random.below(2'000'001)) - 1'000'000);
    }
    c.offsets.push_back(c.target.size());
  }
  hardware hw = load_hardware("neurram_130nm");
  changes.push_back(fmt::format("array.rows={}", n));
  changes.push_back(fmt::format("array.columns={}", 2 * targets));
  override_hardware(hw, changes);
  return {c, hw, 1, 0, 0};
}

/// n x n weights in one array of cells with 2 % read noise and an 8-bit converter.
tiled_projection noisy_array(index_t n) {
  return array_of(n, n, {"adc.bits=8", "device.read_noise=0.02", "dac.bits=8"});
}

double read_of_values(const options& o, tiled_projection tiles) {
  tiles.carry_values(1);
  const auto n = static_cast<std::uint32_t>(tiles.lines());
  std::vector<std::uint32_t> lines(n);
  std::iota(lines.begin(), lines.end(), 0u);
  std::vector<float> values(n);
  random_stream random{2, purpose::user, n};
  for (auto& v : values) v = static_cast<float>(2 * random.uniform() - 1);
  std::vector<std::int32_t> input(tiles.targets());
  moment t = 0;
  return seconds_of(o, [&] { tiles.read(lines, values, ++t, input); });
}

double spike_read(const options& o, index_t n, double activity) {
  tiled_projection tiles = noisy_array(n);
  std::vector<std::uint32_t> lines;
  for (index_t i = 0; i < n; i += static_cast<index_t>(1 / activity)) lines.push_back(i);
  std::vector<std::int32_t> input(n);
  moment t = 0;
  return seconds_of(o, [&] { tiles.read(lines, ++t, input); });
}

/// Cells between 10 kohm and 1 Mohm, dense voltages.
struct wired {
  std::size_t n;
  std::vector<double> g, volts;
  array_wires wires;
  wired(std::size_t size, double ohm) : n{size}, wires{.row = ohm, .column = ohm} {
    random_stream random{3, purpose::user, n};
    for (std::size_t k = 0; k < n * n; ++k) g.push_back(1 + 99 * random.uniform());
    for (std::size_t i = 0; i < n; ++i) volts.push_back(0.2 * random.uniform());
  }
  double drop(const std::vector<double>& currents) const {
    double ideal = 0;
    for (std::size_t i = 0; i < n; ++i)
      ideal += volts[i] * std::accumulate(g.begin() + static_cast<std::ptrdiff_t>(i * n),
                                          g.begin() + static_cast<std::ptrdiff_t>((i + 1) * n), 0.0);
    return 1 - std::accumulate(currents.begin(), currents.end(), 0.0) / ideal;
  }
};

struct wire_figures {
  double seconds = 0, drop = 0, error = 0;
};

/// Writing the cells and one read, and the largest error of a current.
wire_figures first_read(const options& o, const wired& w, double tolerance) {
  resistive_array a{w.n, w.n, w.g, w.wires};
  std::vector<double> currents(w.n);
  wire_figures f;
  f.seconds = seconds_of(o, [&] {
    a.program(w.g);
    a.read(w.volts, currents, {.tolerance = tolerance});
  });
  const auto exact = a.solve(w.volts, {.tolerance = 1e-13}).currents;
  for (std::size_t j = 0; j < w.n; ++j) f.error = std::max(f.error, std::abs(currents[j] / exact[j] - 1));
  f.drop = w.drop(exact);
  return f;
}

/// A read of n x n cells, once the array has answered for its wires; no converter, no noise.
double cached_read(const options& o, index_t n, double ohm) {
  return read_of_values(
      o, array_of(n, n / 2,
                  {"array.wires=exact", "array.access=resistor", fmt::format("array.row_resistance={}", ohm),
                   fmt::format("array.column_resistance={}", ohm), "array.driver_resistance=0",
                   "array.sense_resistance=0", "device.read_noise=0", "adc=none", "dac.bits=0"}));
}

double effective(const wired& w) {
  const resistive_array a{w.n, w.n, w.g, w.wires};
  return time_once([&] { a.effective(); }).cpu;
}

/// Integration steps of a thousand VTEAM cells under voltages that move them.
double vteam_rate(const options& o) {
  const std::size_t n = 1000, steps = 20;
  dynamic_cells<vteam> cells{n, {}};
  std::vector<double> volts(n);
  for (std::size_t i = 0; i < n; ++i) volts[i] = i % 2 ? 0.05 : -0.3;
  return static_cast<double>(n * steps) / seconds_of(o, [&] {
           for (std::size_t k = 0; k < steps; ++k) cells.step(volts, 1e-9);
         });
}

/// Pulses of a million cells with soft bounds that differ from cell to cell and from pulse to pulse, 1 to 4 of each
/// sign.
double pulse_rate(const options& o) {
  const std::size_t n = 1'000'000;
  pulsed_cells cells{n, pulse_response_named("reram_soft_bounds"), 1};
  std::vector<std::int16_t> counts(n);
  random_stream random{4, purpose::user, 0};
  for (auto& c : counts)
    c = static_cast<std::int16_t>((random.below(2) ? 1 : -1) * static_cast<int>(1 + random.below(4)));
  const auto before = cells.pulses_up() + cells.pulses_down();
  cells.pulse(counts);
  const auto once = static_cast<double>(cells.pulses_up() + cells.pulses_down() - before);
  return once / seconds_of(o, [&] { cells.pulse(counts); });
}

struct costing {
  double events_per_s = 0, overhead = 0;
};

/// Brunel's network with 5000 neurons, with every synaptic event, message and update on an account, and without.
costing cost_of_costing(const options& o) {
  const network net = brunel_network(0.4, [](network& n, auto e) {
    n.connect(e, e, fixed_probability{.p = 0.1}, {.weight = brunel_j, .delay = 1.5_ms});
  });
  simulation plain{net, cpu{.threads = 1}};
  simulation costed{net, digital{.hardware = load_hardware("loihi_davies2018")}};
  const auto length = 100_ms;
  plain.run(length);
  costed.run(length);
  seconds without, with;
  std::uint64_t events = 0;
  for (int round = 0; round < o.rounds; ++round) {
    keep_least(without, time_once([&] { plain.run(length); }));
    const auto before = costed.synaptic_events();
    keep_least(with, time_once([&] { costed.run(length); }));
    events = std::max(events, costed.synaptic_events() - before);
  }
  return {static_cast<double>(events) / with.cpu, with.cpu / without.cpu - 1};
}

void say(const char* what, double value, const char* unit, std::optional<double> asked) {
  fmt::print("{:<58}{:10.3g} {:<4}{}\n", what, value, unit, asked ? fmt::format(" (asked: {:g})", *asked) : "");
}

void run(const options& o) {
  nlohmann::json out{{"name", "crossbar"}};
  const auto add = [&](const char* key, const char* what, double value, const char* unit,
                       std::optional<double> asked = {}) {
    out[key] = value;
    say(what, value, unit, asked);
  };
  add("noisy_read_256_us", "256 x 256 pairs, values, noise, 8-bit converters",
      1e6 * read_of_values(o, noisy_array(256)), "us", 8);
  add("noisy_read_1024_us", "1024 x 1024 pairs", 1e6 * read_of_values(o, noisy_array(1024)), "us", 150);
  add("spike_read_256_us", "256 x 256 pairs, spikes on 5 % of the rows", 1e6 * spike_read(o, 256, 0.05), "us", 1);
  for (const auto& [n, ohm, key, asked] :
       {std::tuple{256, 0.1, "wire_first_256_ms", 1.2}, {256, 1.0, "wire_first_256_heavy_ms", 4.0}}) {
    const wired w{static_cast<std::size_t>(n), ohm};
    const auto f = first_read(o, w, 1e-4);
    add(key, fmt::format("{0} x {0} cells, wires, drop {1:.0f} %, error {2:.0e}", n, 100 * f.drop, f.error).c_str(),
        1e3 * f.seconds, "ms", asked);
    out[std::string{key} + "_error"] = f.error;
  }
  const wired small{256, 0.1};
  add("wire_cached_256_us", "256 x 256 cells, wires, a later read of values", 1e6 * cached_read(o, 256, 0.1), "us", 10);
  add("wire_effective_256_s", "256 x 256 cells, to find their effective matrix", effective(small), "s");
  const wired large{1024, 0.1};
  const auto f = first_read({.rounds = 2, .json = {}}, large, 1e-4);
  add("wire_first_1024_s", fmt::format("1024 x 1024 cells, drop {:.0f} %, error {:.0e}", 100 * f.drop, f.error).c_str(),
      f.seconds, "s", 0.3);
  if (const double cholmod = cholmod_seconds(small.n, small.g, small.volts, 0.1); cholmod > 0)
    add("ratio_to_cholmod", "CHOLMOD over ours, first read at 256 x 256", cholmod / first_read(o, small, 1e-4).seconds,
        "");
  else
    fmt::print("built without CHOLMOD (libsuitesparse-dev): no ratio to it\n");
  add("pulses_per_s", "pulses of 10^6 cells with soft bounds", pulse_rate(o), "/s", 2e8);
  add("vteam_steps_per_s", "steps of 1000 VTEAM cells", vteam_rate(o), "/s");
  const auto c = cost_of_costing(o);
  add("costed_events_per_s", "synaptic events on the account of `digital`", c.events_per_s, "/s", 5e7);
  add("profiler_overhead", "time of that over `cpu`, less 1", c.overhead, "", 0.1);
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Reads of emulated resistive arrays on one thread", "./dev bench crossbar"};
  options o;
  app.add_option("--rounds", o.rounds, "The least of so many counts")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}

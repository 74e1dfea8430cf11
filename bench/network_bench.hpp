// What the network benchmarks share: options, the measured run, and its report.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/sha256.hpp>
#include <spinule/simulation.hpp>

#include "json_file.hpp"
#include "measure.hpp"

namespace spinule::bench {

struct network_options {
  int threads = 2, windows = 3;
  double seconds = 1, warm_up = 0.1;   ///< biological
  drive how = drive::automatic;
  std::string json;
};

/// Adds the common options; a benchmark adds its own to the same application.
inline void add_options(CLI::App& app, network_options& o) {
  app.add_option("--threads", o.threads, "Threads")->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--seconds", o.seconds, "Biological seconds of one window")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--windows", o.windows, "Windows; the median counts")->check(CLI::Range(1, 100))->capture_default_str();
  app.add_option("--warm-up", o.warm_up, "Biological seconds before the first window")->check(CLI::NonNegativeNumber)->capture_default_str();
  app.add_option("--drive", o.how, "automatic, sweep or visit")
      ->transform(CLI::CheckedTransformer(std::map<std::string, drive>{{"automatic", drive::automatic}, {"sweep", drive::sweep}, {"visit", drive::visit}}));
  app.add_option("--json", o.json, "Write the result to this file");
}

inline double median(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
  return x[x.size() / 2];
}

inline double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct network_result {
  double build_s = 0, sim_s = 0;       ///< of one window, the median
  std::uint64_t synapses = 0, events = 0, neurons = 0, spikes = 0;   ///< events and spikes of all windows, neurons only
  std::string digest;
  std::vector<std::pair<std::string, double>> rates_hz;              ///< [populations of neurons]
};

/// SHA-256 over all spikes as (population, tick, neuron), 4 + 8 + 4 bytes each, in this order.
inline std::string digest_of(const network& net, const simulation& sim) {
  sha256 hash;
  for (index p = 0; p < net.populations().size(); ++p)
    for (const spike& s : sim.spikes({p})) {
      const auto add = [&](const auto& x) { hash.update(std::as_bytes(std::span{&x, 1})); };
      add(p);
      add(s.when);
      add(s.neuron);
    }
  return hash.hex();
}

inline network_result run_network(const network_options& o, milliseconds tick, const std::function<network()>& build) {
  network_result r;
  network net;
  std::unique_ptr<simulation> sim;
  r.build_s = time_once([&] {
    net = build();
    sim = std::make_unique<simulation>(net, cpu{.tick = tick, .threads = o.threads, .drive = o.how});
  }).wall;
  for (index p = 0; p < net.populations().size(); ++p) sim->observe({p});
  if (o.warm_up > 0) sim->run(o.warm_up * 1_s);
  sim->clear_counts();
  const std::uint64_t events = sim->synaptic_events();
  std::vector<double> wall;
  for (int w = 0; w < o.windows; ++w) wall.push_back(time_once([&] { sim->run(o.seconds * 1_s); }).wall);
  r.sim_s = median(wall);
  r.events = sim->synaptic_events() - events;
  r.synapses = sim->synapse_count();
  for (index p = 0; p < net.populations().size(); ++p) {
    const auto& described = net.populations()[p];
    if (described.model->is_source()) continue;
    std::uint64_t spikes = 0;
    for (const auto n : sim->counts({p})) spikes += n;
    r.neurons += described.size;
    r.spikes += spikes;
    r.rates_hz.push_back({described.name, static_cast<double>(spikes) / described.size / (o.seconds * o.windows)});
  }
  r.digest = digest_of(net, *sim);
  return r;
}

inline void report(const std::string& name, const network_options& o, const network_result& r) {
  const double rate = static_cast<double>(r.spikes) / static_cast<double>(r.neurons) / (o.seconds * o.windows);
  const double per_s = static_cast<double>(r.events) / o.windows / r.sim_s;
  fmt::print("{}: {} neurons, {} synapses, {} thread{}\n", name, r.neurons, r.synapses, o.threads, o.threads == 1 ? "" : "s");
  fmt::print("  built in          {:10.3f} s   ({:.1f} M synapses/s)\n", r.build_s, 1e-6 * static_cast<double>(r.synapses) / r.build_s);
  fmt::print("  simulated {:4g} s in {:9.3f} s   (median of {})\n", o.seconds, r.sim_s, o.windows);
  fmt::print("  real-time factor  {:10.4f}\n", r.sim_s / o.seconds);
  fmt::print("  synaptic events   {:10.1f} M/s\n", 1e-6 * per_s);
  fmt::print("  peak memory       {:10.1f} MB\n", peak_mb());
  fmt::print("  mean rate         {:10.3f} Hz ", rate);
  for (const auto& [population, hz] : r.rates_hz) fmt::print(" {} {:.3f}", population, hz);
  fmt::print("\n  spikes            {}\n", r.digest.substr(0, 16));
  if (o.json.empty()) return;
  nlohmann::json out{{"name", name}, {"threads", o.threads}, {"model_s", o.seconds}, {"build_s", r.build_s}, {"sim_s", r.sim_s},
                     {"rtf", r.sim_s / o.seconds}, {"synapses", r.synapses}, {"syn_events_per_s", per_s}, {"peak_mb", peak_mb()},
                     {"mean_rate_hz", rate}, {"spike_digest", r.digest}, {"windows", o.windows}, {"rates_hz", nlohmann::json::object()}};
  for (const auto& [population, hz] : r.rates_hz) out["rates_hz"][population] = hz;
  write_json(o.json, out);
}

/// A benchmark's main: `setup` adds options of its own and gives what builds the network.
inline int network_main(int count, char** words, const std::string& name, const std::string& about, milliseconds tick,
                        const std::function<std::function<network()>(CLI::App&)>& setup) {
  CLI::App app{about, "./dev bench " + name};
  network_options o;
  add_options(app, o);
  const auto build = setup(app);
  CLI11_PARSE(app, count, words);
  try {
    report(name, o, run_network(o, tick, build));
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
  return 0;
}

}  // namespace spinule::bench

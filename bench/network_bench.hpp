// What the network benchmarks share: options, the measured run, and its report.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/engine/sha256.hpp>
#include <spinule/simulation.hpp>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {

struct network_options {
  int threads = 2, windows = 3;
  double seconds = 1, warm_up = 0.1;  ///< biological
  stepping how = stepping::automatic;
  std::string json;
};

/// Adds the common options; a benchmark adds its own to the same application.
inline void add_options(CLI::App& app, network_options& o) {
  app.add_option("--threads", o.threads, "Threads; 0: as many as are fastest")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--seconds", o.seconds, "Biological seconds of one window")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--windows", o.windows, "Windows; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--warm-up", o.warm_up, "Biological seconds before the first window")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  add_stepping_option(app, o.how);
  add_json_option(app, o.json);
}

struct network_result {
  double build_s = 0, sim_s = 0;  ///< of one window, the median
  std::uint64_t synapses = 0, synapse_bytes = 0;
  std::uint64_t events = 0, neurons = 0, spikes = 0;  ///< events and spikes of all windows, neurons only
  std::string digest;
  std::vector<std::pair<std::string, double>> rates_hz;  ///< [populations of neurons]
  nlohmann::json more = nlohmann::json::object();        ///< what a benchmark adds
};

/// Looks at a finished run, prints what it has to say and returns it as fields of the result.
using closer_look = std::function<nlohmann::json(const network&, const simulation&, const network_options&)>;

inline bool fires(const network& net, index_t p) { return !net.populations()[p].model->is_graded(); }

/// What terminals bring, each of which sends one value for each spike of its neuron: spikes times synapses.
inline std::uint64_t events_of_terminals(const network& net, const simulation& sim) {
  double events = 0;
  for (const auto& d : net.projections()) {
    if (!net.populations()[d.target].model->sends_amplitudes()) continue;
    double sent = 0, onto = 0;
    for (const auto n : sim.counts(sim.population_at(d.source))) sent += n;
    for (const auto& out : net.projections())
      if (out.source == d.target)
        onto += *out.rule->expected_synapses(
            endpoints_of(net.populations()[out.source], net.populations()[out.target], out.port, false));
    events += sent * onto / net.populations()[d.target].size;
  }
  return static_cast<std::uint64_t>(events);
}

/// SHA-256 over all spikes as (population, tick, neuron), 4 + 8 + 4 bytes each, in this order.
inline std::string digest_of(const network& net, const simulation& sim) {
  sha256 hash;
  for (index_t p = 0; p < net.populations().size(); ++p)
    for (const spike& s : fires(net, p) ? sim.spikes(sim.population_at(p)) : std::span<const spike>{}) {
      const auto add = [&](const auto& x) { hash.update(std::as_bytes(std::span{&x, 1})); };
      add(p);
      add(s.when);
      add(s.neuron);
    }
  return hash.hex();
}

inline network_result run_network(const network_options& o, milliseconds tick, const std::function<network()>& build,
                                  const closer_look& look = {}) {
  network_result r;
  network net;
  std::unique_ptr<simulation> sim;
  r.build_s = time_once([&] {
                net = build();
                sim = std::make_unique<simulation>(net, cpu{.tick = tick, .threads = o.threads, .stepping = o.how});
              }).wall;
  for (index_t p = 0; p < net.populations().size(); ++p)
    if (fires(net, p)) sim->observe(sim->population_at(p));
  if (o.warm_up > 0) sim->run(o.warm_up * 1_s);
  sim->clear_counts();
  const std::uint64_t events = sim->synaptic_events();
  std::vector<double> wall;
  for (int w = 0; w < o.windows; ++w) wall.push_back(time_once([&] { sim->run(o.seconds * 1_s); }).wall);
  r.sim_s = median(wall);
  r.events = sim->synaptic_events() - events + events_of_terminals(net, *sim);
  r.synapses = sim->synapse_count();
  r.synapse_bytes = sim->synapse_bytes();
  for (index_t p = 0; p < net.populations().size(); ++p) {
    const auto& described = net.populations()[p];
    if (described.model->is_source() || !fires(net, p)) continue;
    std::uint64_t spikes = 0;
    for (const auto n : sim->counts(sim->population_at(p))) spikes += n;
    r.neurons += described.size;
    r.spikes += spikes;
    r.rates_hz.push_back({described.name, static_cast<double>(spikes) / described.size / (o.seconds * o.windows)});
  }
  r.digest = digest_of(net, *sim);
  if (look) r.more = look(net, *sim, o);
  return r;
}

inline void report(const std::string& name, const network_options& o, const network_result& r) {
  const double neuron_s = static_cast<double>(r.neurons) * o.seconds * o.windows;
  const double rate = static_cast<double>(r.spikes) / neuron_s;
  const double events = static_cast<double>(r.events) / o.windows;
  const figures f{name, o.threads, o.seconds, r.build_s, r.sim_s, r.synapses, events, rate, r.digest};
  fmt::print("{}: {} neurons, {} synapses, {} thread{}\n", name, r.neurons, r.synapses, o.threads,
             o.threads == 1 ? "" : "s");
  fmt::print("  built in          {:10.3f} s   ({:.1f} M synapses/s)\n", r.build_s,
             1e-6 * static_cast<double>(r.synapses) / r.build_s);
  fmt::print("  simulated {:4g} s in {:9.3f} s   (median of {})\n", o.seconds, r.sim_s, o.windows);
  fmt::print("  real-time factor  {:10.4f}\n", f.rtf());
  fmt::print("  synaptic events   {:10.1f} M/s\n", 1e-6 * f.events_per_s());
  fmt::print("  peak memory       {:10.1f} MB   ({:.2f} bytes per synapse, {:.2f} of them rows)\n", peak_mb(),
             1048576 * peak_mb() / static_cast<double>(r.synapses),
             static_cast<double>(r.synapse_bytes) / static_cast<double>(r.synapses));
  fmt::print("  mean rate         {:10.3f} Hz ", rate);
  for (const auto& [population, hz] : r.rates_hz) fmt::print(" {} {:.3f}", population, hz);
  fmt::print("\n  spikes            {}\n", r.digest.substr(0, 16));
  nlohmann::json out = to_json(f);
  out["windows"] = o.windows;
  out["synapse_bytes"] = r.synapse_bytes;
  for (const auto& [population, hz] : r.rates_hz) out["rates_hz"][population] = hz;
  out.update(r.more);
  write_json(o.json, out);
}

/// A benchmark's main: `setup` adds options of its own and gives what builds the network; `look` sees the finished run.
inline int network_main(int count, char** words, const std::string& name, const std::string& about, milliseconds tick,
                        const std::function<std::function<network()>(CLI::App&)>& setup, const closer_look& look = {}) {
  CLI::App app{about, "./dev bench " + name};
  network_options o;
  add_options(app, o);
  const auto build = setup(app);
  return run_main(app, count, words, [&] { report(name, o, run_network(o, tick, build, look)); });
}

}  // namespace spinule::bench

// How fast are ELM neurons, against a plain PyTorch loop in the same run, and what does the event-driven first layer
// gain?
//
// Input is as sparse as that of the published neurons: in the simulations that they were trained on (Beniaguev, Segev &
// London, Neuron 109, 2021; simulate_L5PC_and_create_dataset.py, NMDA), spikes of a tree in 100 ms are uniform in 0 ..
// 800 for excitation E and in max(0, E - 600) .. E + 200 for inhibition, on two trees: means of 8 and 6.25 spikes a ms
// on 639 channels each.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/elm.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "../tests/io/real_data.hpp"
#include "elm_first_layer.hpp"
#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

constexpr index_t channels = 1278, excitatory = 639;
constexpr double excitation = 8.0 / excitatory, inhibition = 6.25 / excitatory;  ///< events of a channel and bin

struct options {
  int neurons = 1000, bins = 500, threads = 1, rounds = 5;
  std::string json;
};

/// num_memory_20 where it is, else an untrained neuron of its shape.
std::pair<elm_weights, std::filesystem::path> weights() {
  const auto file = real_data("elm_neuron/num_memory_20/neuronio_best_model_state.pt");
  if (!file.empty()) return {load_elm(file), file};
  fmt::print("SPINULE_DATA names no folder with elm_neuron: an untrained neuron of the same shape is run\n");
  const elm_shape shape{.inputs = channels,
                        .outputs = 2,
                        .memory = 20,
                        .branches = 45,
                        .synapses_per_branch = 100,
                        .routing = elm_routing::neuronio,
                        .version = elm_version::v1,
                        .tau_memory_max = 150_ms};
  return {shape.build(), {}};
}

/// Every neuron has channels of its own.
network with_own_input(const elm_weights& w, index_t neurons) {
  network net;
  const auto cells = net.add("cells", spiking_elm{.neurons = w}, neurons);
  const auto add = [&](const char* name, double per_bin, index_t first, double sign) {
    const auto source = net.add(name, poisson{.rate = kilohertz{per_bin}}, std::int64_t{neurons} * excitatory);
    std::vector<listed<number>> list;
    for (index_t n = 0; n < neurons; ++n)
      for (index_t c = 0; c < excitatory; ++c)
        list.push_back({n * excitatory + c, n * channels + first + c, number{sign}, 1_ms});
    net.connect(source, cells[spiking_elm::dendrite], std::move(list));
  };
  add("excitation", excitation, 0, 1);
  add("inhibition", inhibition, excitatory, -1);
  return net;
}

/// Nanoseconds of a neuron and bin, and events that arrive in it.
std::pair<double, double> run_once(simulation& sim, const options& o) {
  const auto before = sim.synaptic_events();
  const double wall = time_once([&] { sim.run_ticks(o.bins); }).wall;
  const double each = static_cast<double>(o.neurons) * o.bins;
  return {1e9 * wall / each, static_cast<double>(sim.synaptic_events() - before) / each};
}

/// What the PyTorch program prints; empty where it does not run.
nlohmann::json run_torch(const options& o, const std::filesystem::path& file) {
  const std::string call =
      fmt::format("/usr/bin/python3 '{}/elm_torch.py' --neurons {} --threads {} --rate {} --weights '{}' 2>&1",
                  SPINULE_BENCH_FOLDER, o.neurons, o.threads, (excitation + inhibition) / 2, file.string());
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{popen(call.c_str(), "r"), pclose};
  std::string said;
  for (char piece[256]; pipe && std::fgets(piece, sizeof piece, pipe.get());) said += piece;
  auto result = nlohmann::json::parse(said, nullptr, false);
  if (!result.is_object()) fmt::print("PyTorch does not run (Debian's python3-torch): {}\n", said);
  return result.is_object() ? result : nlohmann::json::object();
}

nlohmann::json compare_first_layers(const elm_weights& w, const options& o) {
  const first_layer_times t = time_first_layers(w, excitation, inhibition);
  fmt::print(
      "first layer, ns a neuron and bin: event-driven {:.0f}, dense with a trace a branch {:.0f}, a synapse {:.0f}: "
      "{:.1f} and {:.1f} times\n",
      t.event_driven, t.branch_traces, t.synapse_traces, t.branch_traces / t.event_driven,
      t.synapse_traces / t.event_driven);
  static_cast<void>(o);
  return {{"first_layer_ns",
           {{"event_driven", t.event_driven},
            {"dense_branch_traces", t.branch_traces},
            {"dense_synapse_traces", t.synapse_traces}}},
          {"first_layer_ratio", t.branch_traces / t.event_driven}};
}

void measure_all(const options& o) {
  const auto [w, file] = weights();
  const network net = with_own_input(w, static_cast<index_t>(o.neurons));
  simulation sim{net, cpu{.tick = w.bin, .threads = o.threads}};
  sim.run_ticks(50);
  std::vector<double> ours, together, alone, ratios;
  double events = 0;
  std::string version;
  for (int round = 0; round < o.rounds; ++round) {  // in turns
    const auto [ns, arrived] = run_once(sim, o);
    events = arrived;
    ours.push_back(ns);
    const auto peer = run_torch(o, file);
    if (peer.empty()) continue;
    version = peer["version"];
    together.push_back(peer["together_ns"]);
    alone.push_back(peer["alone_ns"]);
    ratios.push_back(together.back() / ns);
  }
  nlohmann::json out{{"name", "elm"},
                     {"neurons", o.neurons},
                     {"threads", o.threads},
                     {"bins", o.bins},
                     {"trained", !file.empty()},
                     {"events_per_neuron_tick", events},
                     {"ns_per_neuron_tick", median(ours)}};
  fmt::print("{} neurons of 20 memories, {} thread{}: {:.0f} ns a neuron and bin, {:.1f} events in it\n", o.neurons,
             o.threads, o.threads == 1 ? "" : "s", median(ours), events);
  if (!ratios.empty()) {
    out["pytorch_ratio"] = median(ratios);
    out["pytorch"] = {{"version", version},
                      {"all_neurons_in_one_tensor_ns", median(together)},
                      {"neuron_by_neuron_ns", median(alone)},
                      {"neuron_by_neuron_ratio", median(alone) / median(ours)}};
    fmt::print(
        "PyTorch {}: {:.0f} ns with all neurons in one tensor, {:.0f} ns neuron by neuron: {:.0f} and {:.0f} times as "
        "long\n",
        version, median(together), median(alone), median(ratios), median(alone) / median(ours));
  }
  out.update(compare_first_layers(w, o));
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"ELM neurons against a PyTorch loop; the event-driven first layer against the dense one",
               "./dev bench elm"};
  options o;
  app.add_option("--neurons", o.neurons)->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--bins", o.bins, "Bins of a round")->check(CLI::Range(1, 1000000))->capture_default_str();
  app.add_option("--threads", o.threads, "Of both")->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--rounds", o.rounds, "In turns; the median counts")->check(CLI::Range(1, 100))->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { measure_all(o); });
}

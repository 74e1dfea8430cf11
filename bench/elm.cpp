// How fast are ELM neurons, against a plain PyTorch loop in the same run, and what does the event-driven first layer
// gain?
//
// Input is as sparse as that of the published neurons: in the simulations that they were trained on (Beniaguev, Segev &
// London, Neuron 109, 2021; simulate_L5PC_and_create_dataset.py, NMDA), spikes of a tree in 100 ms are uniform in 0 ..
// 800 for excitation E and in max(0, E - 600) .. E + 200 for inhibition, on two trees: means of 8 and 6.25 spikes a ms
// on 639 channels each.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
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

/// Whose channels a neuron listens to. own: 1278 of its own. shared: the same 1278 as all others, as a layer does, in
/// an order of its own.
enum class input_kind { own, shared };

network layer_of(const elm_weights& w, index_t neurons, input_kind kind) {
  network net;
  const bool own = kind == input_kind::own;
  const auto input = net.add("input", replay{}, std::int64_t{own ? neurons : 1} * channels);
  const auto cells = net.add("cells", spiking_elm{.neurons = w}, neurons);
  std::vector<index_t> order(channels);
  std::iota(order.begin(), order.end(), index_t{0});
  std::vector<listed<number>> synapses;
  for (index_t n = 0; n < neurons; ++n) {
    random_stream random{2, purpose::user, n};
    for (index_t c = channels; !own && c > 1; --c) std::swap(order[c - 1], order[random.below(c)]);
    for (index_t c = 0; c < channels; ++c)
      synapses.push_back(
          {own ? n * channels + c : order[c], n * channels + c, number{c < excitatory ? 1.0 : -1.0}, 1_ms});
  }
  net.connect(input, cells[spiking_elm::dendrite], std::move(synapses));
  return net;
}

/// So many bins of what `count` neurons' worth of channels get: a Poisson number of events in each, each on any of the
/// channels alike, in order.
recording draw_input(const options& o, index_t count, std::uint64_t round) {
  recording drawn{{}, milliseconds{static_cast<double>(o.bins)}};
  random_stream random{1, purpose::user, round};
  for (std::int64_t bin = 0; bin < o.bins; ++bin)
    for (const double mean : {excitation, inhibition})
      for (std::uint64_t left = random.poisson(mean * excitatory * count); left > 0; --left) {
        const auto half = static_cast<std::uint32_t>(mean == excitation ? 0 : excitatory);
        const auto place = static_cast<std::uint32_t>(random.below(std::uint64_t{count} * excitatory));
        drawn.events.push_back({1000 * bin, place / excitatory * channels + half + place % excitatory});
      }
  std::sort(drawn.events.begin(), drawn.events.end(), [](const event& a, const event& b) {
    return std::pair{a.time_us, a.channel} < std::pair{b.time_us, b.channel};
  });
  return drawn;
}

/// A layer and what a bin of one of its neurons takes, round by round. Drawing the input does not count.
class measured_layer {
 public:
  measured_layer(const elm_weights& w, const options& o, input_kind kind)
      : o_{o},
        heard_{kind == input_kind::own ? static_cast<index_t>(o.neurons) : 1},
        sim_{layer_of(w, static_cast<index_t>(o.neurons), kind), cpu{.tick = w.bin, .threads = o.threads}} {
    sim_.run_ticks(50);
  }
  void run(std::uint64_t round) {
    sim_.play(sim_.population_at(0), draw_input(o_, heard_, round));
    const auto before = sim_.synaptic_events();
    const double wall = time_once([&] { sim_.run_ticks(o_.bins); }).wall;
    const double each = static_cast<double>(o_.neurons) * o_.bins;
    ns_.push_back(1e9 * wall / each);
    events_ = static_cast<double>(sim_.synaptic_events() - before) / each;
  }
  double ns() const { return median(ns_); }
  double events() const { return events_; }
  /// Median of the rounds, each against its own.
  double ratio(const std::vector<double>& peer) const {
    std::vector<double> all;
    for (std::size_t i = 0; i < peer.size(); ++i) all.push_back(peer[i] / ns_[i]);
    return median(all);
  }

 private:
  options o_;
  index_t heard_;  ///< neurons' worth of channels
  simulation sim_;
  std::vector<double> ns_;
  double events_ = 0;
};

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

nlohmann::json compare_first_layers(const elm_weights& w) {
  const first_layer_times t = time_first_layers(w, excitation, inhibition);
  fmt::print(
      "first layer, ns a neuron and bin: event-driven {:.0f}, dense with a trace a branch {:.0f}, a synapse {:.0f}: "
      "{:.1f} and {:.1f} times\n",
      t.event_driven, t.branch_traces, t.synapse_traces, t.branch_traces / t.event_driven,
      t.synapse_traces / t.event_driven);
  return {{"first_layer_ns",
           {{"event_driven", t.event_driven},
            {"dense_branch_traces", t.branch_traces},
            {"dense_synapse_traces", t.synapse_traces}}},
          {"first_layer_ratio", t.branch_traces / t.event_driven}};
}

void measure_all(const options& o) {
  const auto [w, file] = weights();
  measured_layer own{w, o, input_kind::own}, shared{w, o, input_kind::shared};
  std::vector<double> together, alone;
  std::string version;
  for (int round = 0; round < o.rounds; ++round) {  // in turns
    own.run(static_cast<std::uint64_t>(round));
    shared.run(static_cast<std::uint64_t>(round));
    const auto peer = run_torch(o, file);
    if (peer.empty()) break;
    version = peer["version"];
    together.push_back(peer["together_ns"]);
    alone.push_back(peer["alone_ns"]);
  }
  nlohmann::json out{
      {"name", "elm"}, {"neurons", o.neurons}, {"threads", o.threads}, {"bins", o.bins}, {"trained", !file.empty()}};
  fmt::print("{} neurons of 20 memories, {} thread{}; ns a neuron and bin\n", o.neurons, o.threads,
             o.threads == 1 ? "" : "s");
  const auto tell = [&](const char* name, const char* says, const measured_layer& layer) {
    out[name] = {{"ns_per_neuron_tick", layer.ns()}, {"events_per_neuron_tick", layer.events()}};
    fmt::print("{:<44} {:7.0f}, {:.1f} events", says, layer.ns(), layer.events());
    if (!together.empty()) {
      out[name]["pytorch_ratio"] = layer.ratio(alone);
      out[name]["pytorch_one_tensor_ratio"] = layer.ratio(together);
      fmt::print("; PyTorch {:.0f} times as long, {:.0f} in one tensor", layer.ratio(alone), layer.ratio(together));
    }
    fmt::print("\n");
  };
  tell("shared_input", "all listen to the same 1278 channels", shared);
  tell("own_input", "each listens to 1278 channels of its own", own);
  out["ns_per_neuron_tick"] = shared.ns();
  if (!together.empty()) {
    out["pytorch_ratio"] = shared.ratio(alone);
    out["pytorch_one_tensor_ratio"] = shared.ratio(together);
    out["pytorch"] = {{"version", version}, {"ns_per_neuron_tick", median(alone)}, {"one_tensor_ns", median(together)}};
    fmt::print("PyTorch {}: {:.0f} neuron by neuron at batch 1, {:.0f} with all neurons in one tensor\n", version,
               median(alone), median(together));
  }
  out.update(compare_first_layers(w));
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

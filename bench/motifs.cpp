// How many motifs of synthetic rasters are found in their very bin: by given kernels, by correlation, by learned ones?
#include <cmath>

#include <spinule/backends/cpu.hpp>
#include <spinule/learning/raster_motifs.hpp>
#include <spinule/math.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/simulation.hpp>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using namespace learning;

struct options {
  raster_motifs settings;
  std::size_t trials = 10, training = 400;
  motif_training learn{.epochs = 10, .batch = 8, .learning_rate = 0.05, .threads = 2};
  std::string json;
};

std::vector<motif_sample> draw(const options& o, const motif_parameters& kernels, std::size_t first, std::size_t n) {
  std::vector<motif_sample> trials;
  for (std::size_t i = first; i < first + n; ++i) trials.push_back(o.settings.trial(kernels, i));
  return trials;
}

/// The threshold at which as many motifs are detected in all trials as there are.
double threshold_of(const motif_layer& layer, const std::vector<motif_sample>& trials) {
  std::vector<double> all;
  std::size_t present = 0;
  for (const motif_sample& t : trials) {
    const auto evidence = layer.evidence(t.events);
    all.insert(all.end(), evidence.begin(), evidence.end());
    present += t.motifs.events().size();
  }
  return threshold_for(all, present);
}

/// Part of the motifs that is detected in the bin in which they are complete.
double found(const motif_layer& layer, const std::vector<motif_sample>& trials) {
  const double threshold = threshold_of(layer, trials);
  std::size_t right = 0, present = 0;
  for (const motif_sample& t : trials) {
    right += common_events(layer.detect(t.events, threshold), t.motifs);
    present += t.motifs.events().size();
  }
  return static_cast<double>(right) / static_cast<double>(present);
}

motif_layer without_bias(const motif_layer& layer) {
  motif_parameters p = layer.parameters();
  std::fill(p.bias.begin(), p.bias.end(), 0.0f);
  return motif_layer{std::move(p)};
}

/// Probabilities for weights instead of evidences.
motif_layer correlation(motif_parameters kernels, double p_event) {
  const double rest = std::log(p_event / (1 - p_event));
  for (float& w : kernels.weights) w = static_cast<float>(1 / (1 + std::exp(-rest - static_cast<double>(w))));
  return motif_layer{std::move(kernels)};
}

struct network_run {
  bool equal = true;  ///< to the detections in closed form
  double ms_per_trial = 0, events_per_trial = 0;
};

network_run run_network(const motif_layer& layer, const std::vector<motif_sample>& trials) {
  const double threshold = threshold_of(layer, trials);
  network net;
  const auto in = net.add("raster", replay{}, layer.shape().addresses);
  const auto out = net.add("motifs", layer.units<threshold_unit>(threshold));
  net.connect(in, out, layer.projection(1_ms));
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  sim.observe(out);
  network_run result;
  for (const motif_sample& t : trials) {
    sim.reset();
    result.ms_per_trial += 1e3 * time_once([&] {
                                   sim.play(in, t.events.as_recording(1_ms));
                                   sim.run_ticks(static_cast<ticks>(t.events.bins()));
                                 }).wall;
    result.events_per_trial += static_cast<double>(sim.synaptic_events());
    std::vector<raster_event> detections;
    for (const spike& s : sim.spikes(out)) detections.push_back({static_cast<std::uint32_t>(s.when), s.neuron});
    const raster expected = layer.detect(t.events, threshold);
    result.equal = result.equal && raster{expected.addresses(), expected.bins(), detections} == expected;
  }
  result.ms_per_trial /= static_cast<double>(trials.size());
  result.events_per_trial /= static_cast<double>(trials.size());
  return result;
}

void run(const options& o) {
  const motif_parameters kernels = o.settings.kernels();
  raster_motifs other = o.settings;
  ++other.seed;
  const motif_layer given{kernels};
  const auto tests = draw(o, kernels, 0, o.trials), training = draw(o, kernels, o.trials, o.training);
  std::optional<motif_layer> learned;
  const seconds took = time_once([&] { learned = learn_motif_kernels(training, o.settings.delays, o.learn); });
  const network_run net = run_network(given, tests), net_learned = run_network(without_bias(*learned), tests);

  nlohmann::json out{{"true_positive", found(given, tests)},
                     {"correlation", found(correlation(kernels, o.settings.p_event), tests)},
                     {"other_kernels", found(motif_layer{other.kernels()}, tests)},
                     {"learned", found(without_bias(*learned), tests)},
                     {"learned_with_bias", found(*learned, tests)},
                     {"training_trials", o.training},
                     {"training_s", took.wall},
                     {"training_cpu_s", took.cpu},
                     {"network_equals_closed_form", net.equal && net_learned.equal},
                     {"synapses", given.synapses()},
                     {"network_ms_per_trial", net.ms_per_trial},
                     {"synaptic_events_per_trial", net.events_per_trial}};
  for (const auto& [name, value] : out.items()) fmt::print("{:28} {}\n", name, value.dump());
  write_json(o.json, out);
  if (!net.equal || !net_learned.equal)
    throw spinule_error{"bench_motifs", "the network detects other motifs than the closed form"};
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Detection of spiking motifs in synthetic rasters (Perrinet, ICANN 2023)", "./dev bench motifs"};
  options o;
  auto& s = o.settings;
  app.add_option("--addresses", s.addresses, "N")->check(CLI::Range(1, 1000000))->capture_default_str();
  app.add_option("--motifs", s.motifs, "M")->check(CLI::Range(1, 1000000))->capture_default_str();
  app.add_option("--delays", s.delays, "D")->check(CLI::Range(2, 10000))->capture_default_str();
  app.add_option("--bins", s.bins, "T")->check(CLI::Range(2, 1000000))->capture_default_str();
  app.add_option("--strength", s.strength, "E_SM")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--density", s.density, "p_SM")->check(CLI::Range(0.0, 1.0))->capture_default_str();
  app.add_option("--p-event", s.p_event, "p_A")->check(CLI::Range(0.0, 1.0))->capture_default_str();
  app.add_option("--p-motif", s.p_motif, "p_B")->check(CLI::Range(0.0, 1.0))->capture_default_str();
  app.add_option("--trials", o.trials, "Of the test")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--training", o.training, "Trials to learn from")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--epochs", o.learn.epochs, "Of learning")->check(CLI::Range(1, 100000))->capture_default_str();
  app.add_option("--rate", o.learn.learning_rate, "Of learning, at first")->check(CLI::PositiveNumber);
  app.add_option("--threads", o.learn.threads, "Of learning")->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--seed", s.seed, "Of kernels and trials")->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}

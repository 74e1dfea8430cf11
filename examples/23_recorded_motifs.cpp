// One spiking motif for each class of recordings: a logistic regression over (channel, delay), learned from events,
// and run as a projection with delays. Digits that an event camera saw, and digits that a cochlea heard. Needs nmnist
// and shd in the folder that SPINULE_DATA names.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/io/dataset.hpp>
#include <spinule/learning/motif_training.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/simulation.hpp>

using namespace spinule;
using namespace spinule::learning;

struct task {
  const char* kind;
  milliseconds bin, length;
  std::uint32_t delays;
  double at_least;  ///< share of right answers that is asked for
};

/// The class whose evidence, summed over all bins, is the largest.
std::uint32_t answer(const motif_layer& layer, const raster& events) {
  const std::size_t motifs = layer.shape().motifs;
  std::vector<double> sum(motifs);
  const auto evidence = layer.evidence(events);
  for (std::size_t i = 0; i < evidence.size(); ++i) sum[i % motifs] += evidence[i];
  return static_cast<std::uint32_t>(std::ranges::max_element(sum) - sum.begin());
}

/// Right answers, and detections of the network that are not those of the closed
/// form.
bool run(const task& t, const dataset& recordings) {
  const auto classes = static_cast<std::uint32_t>(recordings.classes());
  std::vector<motif_sample> training, fresh;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    const auto [events, label] = recordings.read(i);
    raster seen{events.events, static_cast<index_t>(recordings.channels()), t.bin, t.length};
    (i % 4 == 0 ? fresh : training).push_back(labelled(seen.once(), label, classes));
  }
  const motif_layer layer = train_motifs(training, t.delays,
                                         {.loss = motif_loss::exclusive,
                                          .epochs = 6,
                                          .batch = 16,
                                          .learning_rate = 0.003,
                                          .penalty = 0.003,
                                          .threads = 2});
  int right = 0;
  for (const auto& s : fresh) right += answer(layer, s.events) == s.motifs.events().front().address;

  network net;
  const auto input = net.add("input", replay{}, layer.shape().addresses);
  const auto motifs = net.add("motifs", layer.units<threshold_unit>());
  net.connect(input, motifs, layer.projection(t.bin));
  simulation sim{net, cpu{.tick = t.bin}};
  sim.observe(motifs);
  sim.play(input, fresh[0].events.as_recording(t.bin));
  sim.run_ticks(fresh[0].events.bins());
  const raster detected = layer.detect(fresh[0].events);
  const bool same =
      std::ranges::equal(sim.spikes(motifs), detected.events(), [](const spike& a, const raster_event& b) {
        return a.when == static_cast<moment>(b.bin) && a.neuron == b.address;
      });
  fmt::print("{}: {} of {} right with {} weights; the network {} the motifs of the closed form\n", t.kind, right,
             fresh.size(), layer.shape().weights(), same ? "detects" : "does not detect");
  return same && right >= t.at_least * static_cast<double>(fresh.size());
}

int main() {
  const char* data = std::getenv("SPINULE_DATA");
  const std::filesystem::path folder = data ? data : "";
  if (!std::filesystem::exists(folder / "nmnist") || !std::filesystem::exists(folder / "shd")) {
    fmt::print("SPINULE_DATA must name a folder with nmnist and shd\n");
    return 77;
  }
  const bool seen = run({"nmnist", 10_ms, 300_ms, 6, 0.6},
                        *open_dataset("nmnist", folder / "nmnist", {.part = data_part::train, .last = 800}));
  const bool heard =
      run({"shd", 20_ms, 1000_ms, 10, 0.5}, *open_dataset("shd", folder / "shd", {.part = data_part::test}));
  return seen && heard ? 0 : 1;
}

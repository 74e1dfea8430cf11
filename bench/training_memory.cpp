// What does training through long samples save in memory, and cost in time, by keeping the states of a window of ticks
// only and working out the others anew?
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/learning/trainer.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/sources.hpp>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using namespace learning;

constexpr index_t channels = 700;
constexpr ticks length = 1000;

std::vector<training_sample> samples(std::size_t count) {
  std::vector<training_sample> all(count);
  random_stream random{3, purpose::user, 1};
  for (std::size_t i = 0; i < count; ++i) {
    for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(length); ++t)
      for (index_t c = 0; c < channels; ++c)
        if (random.uniform() < 0.01) all[i].events.push_back({t, c});
    all[i].label = static_cast<std::uint32_t>(i % 20);
  }
  return all;
}

/// 700-256-20, recurrent and adaptive, 1000 ticks of 1 ms.
void measure(int every, std::size_t batch, int rounds, const std::string& json) {
  network net{1};
  const auto input = net.add("input", replay{}, channels);
  const auto hidden = net.add("hidden", adaptive_lif{.base = 0.1, .beta = 1}, 256);
  const auto output = net.add("output", leaky_integrator{.tau = 95_ms}, 20);
  net.connect(input, hidden, all_to_all{}, {.weight = normal{0.0, 1 / std::sqrt(7.0)}});  // of 7 events a tick
  net.connect(hidden, hidden, all_to_all{}, {.weight = normal{0.0, 0.5 / std::sqrt(256.0)}, .delay = 1_ms});
  net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1 / std::sqrt(256.0)}});
  const auto data = samples(batch);
  const double before = resident_mb();
  trainer t{net, input, output, 1_ms, length, {}, {.surrogate = {.width = 0.1}, .checkpoint_every = every}};
  seconds best;
  for (int k = 0; k <= rounds; ++k) {
    const seconds now = time_once([&] { t.learn(data); });
    if (k > 0) keep_least(best, now);
  }
  const double peak = resident_mb() - before, estimate = t.memory(batch).bytes() / (1 << 20);
  fmt::print(
      "windows of {:4} ticks: {:6.1f} MB taken, {:6.1f} MB estimated, {:.3f} s of processor a step, {:.0f} spikes a "
      "unit\n",
      every, peak, estimate, best.cpu, t.layers().front().spikes);
  write_json(json, {{"bench", "training_memory"},
                    {"every", every},
                    {"taken_mb", peak},
                    {"estimated_mb", estimate},
                    {"cpu_seconds", best.cpu}});
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Memory and time of training with states that are worked out anew", "./dev bench training_memory"};
  int every = 0, rounds = 5;
  std::size_t batch = 64;
  std::string json;
  app.add_option("--every", every, "Ticks of a window; 0: all states are kept")->check(CLI::Range(0, 1000));
  app.add_option("--batch", batch, "Samples")->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--rounds", rounds, "Steps measured; the quickest is given")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_json_option(app, json);
  return run_main(app, count, words, [&] { measure(every, batch, rounds, json); });
}

// How fast are networks of spiking units trained, on one thread and two, against a plain PyTorch loop in the same run?
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/io/mnist.hpp>
#include <spinule/io/shd.hpp>
#include <spinule/learning/trainer.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "../tests/io/real_data.hpp"
#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using namespace learning;

struct task {
  std::string name;
  network net{1};
  population input = {}, output = {};
  milliseconds tick{1};
  ticks length = 0;
  trainer_options how = {};
  std::vector<training_sample> batch = {};
};

/// Events of made-up samples where the real ones are not there: independent ones of this density.
training_sample made_up(index_t channels, ticks length, double density, std::uint64_t number) {
  training_sample s;
  random_stream random{3, purpose::user, number};
  for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(length); ++t)
    for (index_t c = 0; c < channels; ++c)
      if (random.uniform() < density) s.events.push_back({t, c});
  s.label = static_cast<std::uint32_t>(number % 10);
  return s;
}

value<millivolts> spread(double gain, index_t sources) { return normal{0_mV, 1_mV * (gain / std::sqrt(sources))}; }

/// 784-512-512-10, 8 ticks, batch 128: a pixel fires in a tick with a probability as large as it is bright.
task mnist_task(training_rule rule) {
  task t{.name = "mnist_784_512_512_10"};
  const lif unit{.tau = 1.4427_ms, .threshold = 1_mV, .refractory = 0_ms};  // halves in a tick
  const auto input = t.net.add("input", replay{}, 784);
  const auto first = t.net.add("first", unit, 512), second = t.net.add("second", unit, 512);
  const auto output = t.net.add("output", leaky_integrator{.tau = 9.4912_ms}, 10);
  t.net.connect(input, first, all_to_all{}, {.weight = spread(1, 784)});
  t.net.connect(first, second, all_to_all{}, {.weight = spread(1, 512)});
  t.net.connect(second, output, all_to_all{}, {.weight = normal{0.0, 1 / std::sqrt(512.0)}});
  t.input = input, t.output = output, t.length = 8;
  t.how = {.rule = rule, .surrogate = {.width = 0.5}};
  const auto folder = real_data("mnist");
  std::unique_ptr<mnist> digits;
  if (!folder.empty()) digits = std::make_unique<mnist>(folder, mnist_options{.part = data_part::test});
  for (std::size_t i = 0; i < 128; ++i) {
    if (digits == nullptr) {
      t.batch.push_back(made_up(784, t.length, 0.1, i));
      continue;
    }
    const auto p = digits->probabilities(i);
    const double most = *std::max_element(p.begin(), p.end());
    training_sample s{.label = digits->label(i)};
    random_stream random{2, purpose::user, i};
    for (std::uint32_t now = 0; now < 8; ++now)
      for (index_t c = 0; c < 784; ++c)
        if (random.uniform() * most < p[c]) s.events.push_back({now, c});
    t.batch.push_back(std::move(s));
  }
  return t;
}

/// 700-256-20, recurrent and adaptive, 100 ticks of 10 ms, batch 64.
task shd_task(training_rule rule) {
  task t{.name = "shd_700_256_recurrent_20", .tick = 10_ms};
  const adaptive_lif unit{.tau = 19.576_ms, .tau_adaptation = 194.957_ms, .base = 0.1, .beta = 1};
  const auto input = t.net.add("input", replay{}, 700);
  const auto hidden = t.net.add("hidden", unit, 256);
  const auto output = t.net.add("output", leaky_integrator{.tau = 94.912_ms}, 20);
  t.net.connect(input, hidden, all_to_all{}, {.weight = normal{0.0, 1 / std::sqrt(700.0)}});
  t.net.connect(hidden, hidden, all_to_all{}, {.weight = normal{0.0, 0.5 / std::sqrt(256.0)}, .delay = 10_ms});
  t.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1 / std::sqrt(256.0)}});
  t.input = input, t.output = output, t.length = 100;
  t.how = {.rule = rule, .surrogate = {.width = 0.1}};
  const auto file = real_data("shd/shd_test_10ms.h5.gz");
  std::unique_ptr<shd> digits;
  if (!file.empty()) digits = std::make_unique<shd>(file);
  for (std::size_t i = 0; i < 64; ++i) {
    if (digits == nullptr) {
      t.batch.push_back(made_up(700, t.length, 0.1, i));
      continue;
    }
    const auto [events, label] = digits->read(i);
    const raster r{events.events, 700, t.tick, 1000_ms};
    t.batch.push_back({.events = {r.events().begin(), r.events().end()}, .label = label});
  }
  return t;
}

class measured {
 public:
  measured(const task& t, unsigned threads) : t_{t}, trainer_{make(t, threads)} { trainer_.learn(t.batch); }
  void run() {
    rates_.push_back(static_cast<double>(t_.batch.size()) / time_once([&] { trainer_.learn(t_.batch); }).wall);
  }
  const std::vector<double>& rates() const { return rates_; }
  double mean_spikes() const { return trainer_.layers().front().spikes; }

 private:
  static trainer make(const task& t, unsigned threads) {
    trainer_options how = t.how;
    how.threads = threads;
    return {t.net, t.input, t.output, t.tick, t.length, {}, how};
  }
  const task& t_;
  trainer trainer_;
  std::vector<double> rates_;
};

nlohmann::json run_torch(const task& t, const std::string& run, int batches) {
  std::size_t events = 0;
  for (const auto& s : t.batch) events += s.events.size();
  const double density = static_cast<double>(events) / static_cast<double>(t.batch.size()) / t.length /
                         t.net.populations()[t.input.id].size;
  const std::string call = fmt::format(
      "OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE={} /usr/bin/python3 '{}/training_torch.py' --run {} --batches {} "
      "--density {} 2>&1",
      __builtin_cpu_supports("avx512f") ? "SkylakeX" : "Haswell", SPINULE_BENCH_FOLDER, run, batches, density);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{popen(call.c_str(), "r"), pclose};
  std::string said;
  for (char piece[256]; pipe && std::fgets(piece, sizeof piece, pipe.get());) said += piece;
  auto result = nlohmann::json::parse(said, nullptr, false);
  if (!result.is_object()) fmt::print("PyTorch does not run (Debian's python3-torch): {}\n", said);
  return result;
}

nlohmann::json run(const task& t, const std::string& peer, int rounds) {
  measured one{t, 1}, two{t, 2};
  for (int k = 0; k < rounds; ++k) {
    one.run();
    two.run();
  }
  const double alone = median(one.rates());
  std::vector<double> gains;
  for (std::size_t k = 0; k < one.rates().size(); ++k) gains.push_back(two.rates()[k] / one.rates()[k]);
  nlohmann::json out{{"name", t.name},
                     {"threads", 1},
                     {"samples_per_s", alone},
                     {"peak_mb", resident_mb()},
                     {"two_threads", median(gains)},
                     {"spikes_per_unit", one.mean_spikes()}};
  fmt::print("{:34} {:7.0f} samples/s on one thread, {:.2f} times on two, {:.1f} spikes per unit of the first layer",
             t.name, alone, median(gains), one.mean_spikes());
  if (!peer.empty())
    if (const auto torch = run_torch(t, peer, rounds); torch.is_object()) {
      out["pytorch_samples_per_s"] = torch["samples_per_s"];
      out["pytorch_ratio"] = alone / torch["samples_per_s"].get<double>();
      fmt::print(", {:.1f} times PyTorch ({:.0f})", out["pytorch_ratio"].get<double>(),
                 torch["samples_per_s"].get<double>());
    }
  fmt::print("\n");
  std::fflush(stdout);
  return out;
}

void measure_all(int rounds, const std::string& json) {
  nlohmann::json out{{"bench", "training"}, {"runs", nlohmann::json::array()}};
  for (const auto rule : {training_rule::bptt, training_rule::eprop})
    for (const bool digits : {true, false}) {
      task t = digits ? mnist_task(rule) : shd_task(rule);
      const bool through_time = rule == training_rule::bptt;
      if (!through_time) t.name += "_eprop";
      out["runs"].push_back(run(t, through_time ? (digits ? "mnist" : "shd") : "", rounds));
    }
  write_json(json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Samples per second of training, on one thread and two, and against a PyTorch loop",
               "./dev bench training"};
  int rounds = 7;
  std::string json;
  app.add_option("--rounds", rounds, "Steps measured of each, in turns; medians are given")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  add_json_option(app, json);
  return run_main(app, count, words, [&] { measure_all(rounds, json); });
}

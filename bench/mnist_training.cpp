// How well do trained networks know MNIST? 784-512-512-10 by surrogate gradients from rates, and 784-350-10 by
// EventProp from latencies.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/io/mnist.hpp>
#include <spinule/learning/fit.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "../tests/io/real_data.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using namespace learning;

constexpr index_t pixels = 784;

struct options {
  std::string kind = "bptt", json;
  std::uint64_t epochs = 10, seed = 1;
  std::size_t samples = 60000, batch = 128;
  unsigned threads = 2;
  double rate = 1e-3, gain = 4, width = 0.5;
  double weight_mean = 0.045, weight_spread = 0.045, drop = 0;  ///< of latencies
  bool maximum = false;
};

/// Brightness from 0 to 1.
struct images {
  std::vector<std::vector<float>> pixel;
  std::vector<std::uint32_t> label;
  explicit images(data_part part, std::size_t most = 60000) {
    const auto folder = real_data("mnist");
    if (folder.empty()) throw spinule_error{"mnist_training", "SPINULE_DATA names no folder with mnist"};
    const mnist digits{folder, {.part = part}};
    for (std::size_t i = 0; i < std::min(most, digits.size()); ++i) {
      const auto p = digits.probabilities(i);
      const double brightest = *std::max_element(p.begin(), p.end());
      pixel.emplace_back(p.begin(), p.end());
      for (float& x : pixel.back()) x /= static_cast<float>(brightest);
      label.push_back(digits.label(i));
    }
  }
};

struct task {
  network net;
  population input, output;
  ticks length = 0;
  classification_loss_options loss;
  trainer_options how;
};

value<millivolts> spread(double gain, double sources) { return normal{0_mV, 1_mV * (gain / std::sqrt(sources))}; }

/// Rates: in each of 8 ticks a pixel fires with a probability as large as it is bright, drawn anew in each epoch.
task rate_coded(const options& o) {
  task t{network{o.seed}, {}, {}, 8, {}, {}};
  const lif unit{.tau = 1.4427_ms, .threshold = 1_mV, .refractory = 0_ms};
  const auto input = t.net.add("input", replay{}, pixels);
  const auto first = t.net.add("first", unit, 512), second = t.net.add("second", unit, 512);
  const auto output = t.net.add("output", leaky_integrator{.tau = 9.4912_ms}, 10);
  t.net.connect(input, first, all_to_all{}, {.weight = spread(0.5 * o.gain, pixels)});
  t.net.connect(first, second, all_to_all{}, {.weight = spread(0.5 * o.gain, 512)});
  t.net.connect(second, output, all_to_all{}, {.weight = normal{0.0, o.gain / std::sqrt(512.0)}});
  t.input = input, t.output = output;
  t.how = {
      .surrogate = {.shape = surrogate::form::arctan, .width = o.width}, .optimiser = adam{}, .threads = o.threads};
  return t;
}

/// Latencies: a pixel fires once, the earlier the brighter; units with exponential currents, of which each spike counts
/// by its time.
task latency_coded(const options& o) {
  task t{network{o.seed}, {}, {}, 40, {}, {}};
  t.loss.kind = o.maximum ? classification_loss_kind::maximum : classification_loss_kind::weighted_mean;
  const current_lif unit{
      .tau = 20_ms, .capacitance = 20_pF, .tau_excitatory = 5_ms, .threshold = 1_mV, .refractory = 0_ms};
  const auto input = t.net.add("input", replay{}, pixels);
  const auto hidden = t.net.add("hidden", unit, 350);
  const auto output = t.net.add("output", leaky_integrator{.tau = 20_ms}, 10);
  t.net.connect(input, hidden, all_to_all{}, {.weight = normal{1_pA * o.weight_mean, 1_pA * o.weight_spread}});
  t.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, o.gain / std::sqrt(350.0)}});
  t.input = input, t.output = output;
  t.how = {.rule = training_rule::event_prop,
           .optimiser = adam{},
           .rate_penalty = 1e-4,
           .least_spikes = 0,
           .most_spikes = 6,
           .threads = o.threads};
  return t;
}

sample_reader reader(const images& of, const options& o) {
  return [&of, &o](std::size_t i, std::uint64_t epoch) {
    training_sample s{.label = of.label[i]};
    const auto& x = of.pixel[i];
    if (o.kind == "bptt") {
      random_stream random{o.seed, purpose::encoding, i, static_cast<std::uint32_t>(epoch)};
      for (std::uint32_t t = 0; t < 8; ++t)
        for (index_t c = 0; c < pixels; ++c)
          if (x[c] > 0 && random.uniform() < x[c]) s.events.push_back({t, c});
    } else {
      random_stream random{o.seed, purpose::encoding, i, static_cast<std::uint32_t>(epoch)};
      const double drop = epoch == no_epoch ? 0 : o.drop;
      for (index_t c = 0; c < pixels; ++c)
        if (x[c] > 0.2F && (drop == 0 || random.uniform() >= drop))
          s.events.push_back({static_cast<std::uint32_t>(std::lround(20 * (1 - x[c]))), c});
      std::sort(s.events.begin(), s.events.end());
    }
    return s;
  };
}

void measure(const options& o) {
  const images training{data_part::train, o.samples}, tests{data_part::test};
  const task n = o.kind == "bptt" ? rate_coded(o) : latency_coded(o);
  trainer t{n.net, n.input, n.output, 1_ms, n.length, n.loss, n.how};
  std::vector<std::size_t> all(training.label.size()), seen(tests.label.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::iota(seen.begin(), seen.end(), std::size_t{0});
  fit_progress progress;
  nlohmann::json out{{"bench", "mnist_training"}, {"kind", o.kind}, {"epochs", o.epochs}};
  const auto start = std::chrono::steady_clock::now();
  const auto accuracy = [&] {
    return 100.0 * static_cast<double>(evaluate(t, reader(tests, o), seen, 200).correct) /
           static_cast<double>(seen.size());
  };
  fit(t, reader(training, o), all, {},
      {.epochs = o.epochs, .batch = o.batch, .schedule = one_cycle{.rate = o.rate}, .seed = o.seed}, progress,
      [&](const epoch_report& e) {
        out["test"].push_back(accuracy());
        fmt::print("epoch {:2}: loss {:.4f}, {:.2f} %, test {:.2f} %, {:.0f} samples/s;", e.epoch + 1, e.loss,
                   100 * e.accuracy, out["test"].back().get<double>(), e.samples_per_s);
        for (const auto& layer : e.layers)
          fmt::print(" {} {:.2f} spikes, {:.0f} % silent", layer.name, layer.spikes, 100 * layer.silent);
        fmt::print("\n");
        std::fflush(stdout);
        return true;
      });
  out["accuracy"] = out["test"].back();
  out["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Accuracy of trained networks on MNIST", "./dev bench mnist_training"};
  options o;
  app.add_option("--kind", o.kind)->check(CLI::IsMember({"bptt", "event_prop"}))->capture_default_str();
  app.add_option("--epochs", o.epochs)->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--samples", o.samples, "To learn from")->check(CLI::Range(128, 60000))->capture_default_str();
  app.add_option("--batch", o.batch)->check(CLI::Range(1, 60000))->capture_default_str();
  app.add_option("--rate", o.rate)->capture_default_str();
  app.add_option("--gain", o.gain, "Of the first weights")->capture_default_str();
  app.add_option("--width", o.width, "Of the surrogate, in mV")->capture_default_str();
  app.add_option("--weight-mean", o.weight_mean, "Of latencies: of the first weights, pA")->capture_default_str();
  app.add_option("--weight-spread", o.weight_spread, "Their deviation, pA")->capture_default_str();
  app.add_option("--drop", o.drop, "Share of spikes dropped while it learns")->capture_default_str();
  app.add_flag("--maximum", o.maximum, "The largest membrane potential answers");
  app.add_option("--threads", o.threads)->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--seed", o.seed)->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { measure(o); });
}

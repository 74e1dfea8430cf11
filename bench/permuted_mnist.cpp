// Ten tasks one after the other, each MNIST with its pixels in another order: what is forgotten, with Hebbian
// orthogonal projection and without? The online setting of Xiao, Meng, Zhang, He & Lin (ICLR 2024): one epoch a task,
// one head.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/learning/trainer.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>

#include "mnist_images.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

using namespace learning;

constexpr index_t pixels = 784, units = 800;
constexpr ticks length = 6;

struct options {
  std::size_t tasks = 10, samples = 60000, tests = 10000, batch = 64;
  std::string rule = "bptt", json;
  unsigned threads = 2;
  bool curl = false;
  std::string only = "both";
  int levels = 0;
};

/// Pixels as the authors scale them, the same in every tick.
std::vector<float> scaled(const std::vector<double>& grey) {
  std::vector<float> pixel;
  for (const double g : grey) pixel.push_back(static_cast<float>((g - 0.1307) / 0.3081));
  return pixel;
}

std::vector<index_t> permutation_of(std::size_t task) {
  std::vector<index_t> order(pixels);
  std::iota(order.begin(), order.end(), index_t{0});
  random_stream random{2022, purpose::user, task};
  for (index_t c = pixels; c > 1; --c) std::swap(order[c - 1], order[random.below(c)]);
  return order;
}

std::vector<training_sample> batch_of(const std::vector<image>& images, std::span<const std::size_t> chosen,
                                      const std::vector<index_t>& order) {
  std::vector<training_sample> batch(chosen.size());
  for (std::size_t b = 0; b < chosen.size(); ++b) {
    const image& x = images[chosen[b]];
    batch[b].label = x.label;
    for (std::uint32_t t = 0; t < static_cast<std::uint32_t>(length); ++t)
      for (index_t c = 0; c < pixels; ++c) {
        batch[b].events.push_back({t, c});
        batch[b].values.push_back(x.pixel[order[c]]);
      }
  }
  return batch;
}

struct outcome {
  double acc = 0, bwt = 0, seconds = 0;
};

class continual {
 public:
  continual(const options& o, bool hlop) : o_{o}, hlop_{hlop}, trainer_{make()} {}

  outcome run(const std::vector<image>& training, const std::vector<image>& tests) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<double> at_first(o_.tasks), at_last(o_.tasks);
    for (std::size_t task = 0; task < o_.tasks; ++task) {
      if (hlop_) begin(task);
      learn(training, task);
      at_first[task] = accuracy(tests, task);
      fmt::print("{} task {:2}: {:.2f} %, task 1 now {:.2f} %\n", hlop_ ? "HLOP " : "plain", task + 1,
                 100 * at_first[task], 100 * accuracy(tests, 0));
      std::fflush(stdout);
    }
    outcome all;
    for (std::size_t task = 0; task < o_.tasks; ++task) {
      at_last[task] = accuracy(tests, task);
      all.acc += 100 * at_last[task] / static_cast<double>(o_.tasks);
      if (task + 1 < o_.tasks) all.bwt += 100 * (at_last[task] - at_first[task]) / static_cast<double>(o_.tasks - 1);
    }
    all.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return all;
  }

 private:
  trainer make() {
    network net{2022};
    const soft_reset_lif unit{.tau = 1.4426950408889634_ms, .threshold = 1_mV};  // halves in a tick
    const auto input = net.add("input", replay{}, pixels);
    const auto first = net.add("first", unit, units), second = net.add("second", unit, units);
    const auto output = net.add("output", leaky_integrator{.tau = 0.01_ms}, 10);  // what arrives, nothing before
    const auto kaiming = [](index_t sources) { return 1 / std::sqrt(static_cast<double>(sources)); };
    const millivolts a = 1_mV * kaiming(pixels), b = 1_mV * kaiming(units);
    layers_ = {net.connect(input, first, all_to_all{}, {.weight = uniform{-a, a}}),
               net.connect(first, second, all_to_all{}, {.weight = uniform{-b, b}}),
               net.connect(second, output, all_to_all{}, {.weight = uniform{-kaiming(units), kaiming(units)}})};
    trainer t{net,
              input,
              output,
              1_ms,
              length,
              {},
              {.rule = o_.rule == "eprop" ? training_rule::eprop : training_rule::bptt,
               .surrogate = {.shape = surrogate::form::sigmoid, .width = 0.25},
               .feedback = o_.rule == "eprop" ? feedback::random : feedback::symmetric,
               .optimiser = sgd{},
               .rate = 0.1,
               .threads = o_.threads}};
    for (std::size_t k = 0; k < layers_.size(); ++k) {
      trainer::plasticity how;
      if (hlop_) how.subspace = activity_subspace::options{.learning_rate = k == 0 ? 0.001 : 0.01, .levels = o_.levels};
      if (o_.curl && k == 2) how.signs = learning_signs::flipped_sources(units, units / 20);
      t.learn_by(layers_[k], how);
    }
    return t;
  }
  void begin(std::size_t task) {
    const std::size_t first[] = {80, 200, 100};
    const std::size_t later = task <= 2 ? 70 : task <= 5 ? 50 : task <= 8 ? 30 : 10;
    for (std::size_t k = 0; k < layers_.size(); ++k) trainer_.begin_task(layers_[k], task == 0 ? first[k] : later);
  }
  void learn(const std::vector<image>& images, std::size_t task) {
    const auto pixel_order = permutation_of(task);
    std::vector<std::size_t> order(images.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    random_stream random{2022, purpose::split, task};
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (std::size_t i = 0; i < order.size(); i += o_.batch)
      trainer_.learn(batch_of(images, std::span{order}.subspan(i, std::min(o_.batch, order.size() - i)), pixel_order));
  }
  double accuracy(const std::vector<image>& images, std::size_t task) {
    const auto pixel_order = permutation_of(task);
    std::vector<std::size_t> order(images.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::size_t correct = 0;
    for (std::size_t i = 0; i < order.size(); i += 200)
      correct += trainer_
                     .test(batch_of(images, std::span{order}.subspan(i, std::min<std::size_t>(200, order.size() - i)),
                                    pixel_order))
                     .correct;
    return static_cast<double>(correct) / static_cast<double>(images.size());
  }

  const options& o_;
  bool hlop_;
  std::vector<projection> layers_;
  trainer trainer_;
};

void measure(const options& o) {
  const auto training = mnist_images("permuted_mnist", data_part::train, o.samples, scaled),
             tests = mnist_images("permuted_mnist", data_part::test, o.tests, scaled);
  nlohmann::json out{{"bench", "permuted_mnist"}, {"rule", o.rule}, {"tasks", o.tasks}, {"curl", o.curl}};
  for (const bool hlop : {true, false}) {
    if (o.only == (hlop ? "plain" : "hlop")) continue;
    const outcome all = continual{o, hlop}.run(training, tests);
    const std::string prefix = hlop ? "" : "plain_";
    out[prefix + "acc"] = all.acc;
    out[prefix + "bwt"] = all.bwt;
    out[prefix + "seconds"] = all.seconds;
    fmt::print("{}: ACC {:.2f} %, BWT {:.2f} points, in {:.0f} s\n", hlop ? "HLOP" : "plain", all.acc, all.bwt,
               all.seconds);
  }
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Continual learning on permuted MNIST", "./dev bench permuted_mnist"};
  options o;
  app.add_option("--tasks", o.tasks)->check(CLI::Range(1, 10))->capture_default_str();
  app.add_option("--samples", o.samples, "Of a task")->check(CLI::Range(64, 60000))->capture_default_str();
  app.add_option("--tests", o.tests, "Of a task")->check(CLI::Range(64, 10000))->capture_default_str();
  app.add_option("--rule", o.rule)->check(CLI::IsMember({"bptt", "eprop"}))->capture_default_str();
  app.add_option("--threads", o.threads)->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--levels", o.levels, "Of spiking lateral neurons; 0: linear ones")->capture_default_str();
  app.add_flag("--curl", o.curl, "One in twenty sources of the head learns with the opposite sign");
  app.add_option("--only", o.only, "hlop or plain: with the projection or without")
      ->check(CLI::IsMember({"both", "hlop", "plain"}))
      ->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { measure(o); });
}

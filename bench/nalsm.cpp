// How well does a liquid know digits whose synapses an astrocyte lets learn, beside one with plain STDP and a fixed
// one?
#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <spinule/backends/parallel.hpp>
#include <spinule/io/mnist.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/learning/astrocyte_stdp.hpp>
#include <spinule/learning/branching.hpp>
#include <spinule/learning/cross_validation.hpp>
#include <spinule/learning/plastic_liquid.hpp>
#include <spinule/models/nalsm.hpp>

#include "../tests/io/real_data.hpp"
#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

constexpr milliseconds tick = 1_ms, length = 250_ms, glance = 20_ms;

struct options {
  std::string data = "mnist", json;
  std::vector<std::string> variants{"fixed", "stdp", "astro"};
  index_t neurons = 1000;
  std::uint64_t seed = 1, snapshots = 50'000;
  std::size_t samples = 60'000, tests = 10'000;
  int threads = 2;
  double weight = 0, w_astro = 0, penalty = 1e-3;
};

/// What is shown: samples to learn from, of which the last sixth is for validation, and samples to be tested on.
struct task {
  std::unique_ptr<dataset> glances, training, testing;
  std::size_t samples = 0, tests = 0;
  double fixed_weight = 0;  ///< the authors' best

  std::size_t learned() const { return samples - samples / 6; }
  std::size_t size() const { return samples + tests; }
  labelled_recording read(std::size_t i) const { return i < samples ? training->read(i) : testing->read(i - samples); }
  std::uint32_t label(std::size_t i) const { return i < samples ? training->label(i) : testing->label(i - samples); }
};

std::filesystem::path folder_of(const std::string& name) {
  const auto folder = real_data(name);
  if (folder.empty()) throw spinule_error{"nalsm", "SPINULE_DATA names no folder with " + name};
  return folder;
}

task images(const std::string& folder) {
  const auto part = [&](data_part which, milliseconds span, std::uint64_t seed) {
    return std::make_unique<mnist>(folder_of(folder), mnist_options{.part = which, .seed = seed, .length = span});
  };
  return {part(data_part::train, glance, 2),
          part(data_part::train, length, 1),
          part(data_part::test, length, 1),
          0,
          0,
          0.8};
}

task task_of(const options& o) {
  task t = o.data == "mnist" ? images("mnist") : o.data == "fashion" ? images("fashion_mnist") : task{};
  if (o.data == "nmnist") {
    const auto part = [](data_part which) {
      return std::make_unique<nmnist>(folder_of("nmnist"), nmnist_options{.part = which});
    };
    t = {part(data_part::train), part(data_part::train), part(data_part::test), 0, 0, 1.05};
  }
  t.samples = std::min(o.samples, t.training->size());
  t.tests = std::min(o.tests, t.testing->size());
  return t;
}

nalsm recipe_of(const options& o, const task& t, const std::string& variant) {
  nalsm n{.neurons = o.neurons, .seed = o.seed};
  if (variant == "fixed") n.weight = n.input_weight = (o.weight > 0 ? o.weight : t.fixed_weight) * 1_mV;
  n.w_astro = variant != "astro" ? 0 : o.w_astro > 0 ? o.w_astro : o.neurons < 8000 ? 0.015 : 0.0075;
  return n;
}

nalsm_rules rules(nalsm_phase phase) { return learned_by(nalsm_stdp(3_mV, phase)); }

/// The k-th glance at a sample drawn at random; of events of a camera, from a moment on that is drawn as well.
recording glance_at(const task& t, bool camera, std::uint64_t seed, std::uint64_t k) {
  random_stream draw{seed, purpose::user, k};
  recording r = t.glances->read(draw.below(std::uint64_t{t.learned()})).events;
  if (!camera) return r;
  const auto from = 1000 * (1 + static_cast<std::int64_t>(draw.below(std::uint64_t{278})));
  std::erase_if(r.events, [&](const event& e) { return e.time_us < from || e.time_us >= from + 20'000; });
  for (event& e : r.events) e.time_us -= from;
  return r;
}

nalsm_network made_ready(const options& o, const task& t, const nalsm& recipe, const liquid_input& from) {
  const nalsm_network first = recipe.build(from, rules(nalsm_phase::snapshots));
  nalsm_network ready = recipe.build(from, rules(nalsm_phase::samples));
  simulation sim{first.whole.net, cpu{.tick = tick, .threads = 1}};
  learning::show(sim, first.whole.input, {.count = o.snapshots, .length = glance, .read = [&](std::uint64_t k) {
                                            return glance_at(t, o.data == "nmnist", o.seed, k);
                                          }});
  ready.whole.net = learning::with_learned_weights(ready.whole.net, sim);
  return ready;
}

double branching_of(const nalsm_network& n, const task& t) {
  simulation sim{n.whole.net, cpu{.tick = tick, .threads = 1}};
  for (const population& layer : n.whole.layers) sim.observe(layer);
  const std::size_t samples = std::min<std::size_t>(20, t.tests);
  double sum = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    sim.reset(i);
    sim.play(n.whole.input, t.read(t.samples + i).events);
    sim.run(length);
    sum += learning::local_branching(learning::joined(n.whole.net, sim, n.whole.layers), 250);
  }
  return sum / static_cast<double>(samples);
}

/// Counts of each sample, as shares of all of it; of one in which nothing fired, zeros.
std::vector<float> shares(const options& o, const nalsm_network& n, const task& t) {
  std::vector<float> all(t.size() * o.neurons);
  const simulation prototype{n.whole.net, cpu{.tick = tick, .threads = 1}};
  for_each_sample(prototype, t.size(), o.threads, [&](simulation& sim, std::size_t i) {
    sim.reset(i);
    sim.play(n.whole.input, t.read(i).events);
    sim.run(length);
    float* to = &all[i * o.neurons];
    for (const population& layer : n.whole.layers) to = std::ranges::copy(sim.counts(layer), to).out;
    const double sum = std::accumulate(&all[i * o.neurons], to, 0.0);
    for (float* x = &all[i * o.neurons]; sum > 0 && x < to; ++x) *x = static_cast<float>(*x / sum);
  });
  return all;
}

struct scores {
  double validation = 0, test = 0;
};

/// Per cent. Of fewer samples than the set has, all are judged in five folds.
scores judge(const options& o, const task& t, const std::vector<float>& features) {
  std::vector<std::uint32_t> labels(t.size());
  for (std::size_t i = 0; i < t.size(); ++i) labels[i] = t.label(i);
  const learning::readout_options how{
      .penalty = o.penalty, .iterations = 300, .tolerance = 1e-4, .threads = static_cast<unsigned>(o.threads)};
  if (o.data == "nmnist") {
    const double right = learning::cross_validate({features, o.neurons}, labels, 10, 5, o.seed, how).accuracy();
    return {.validation = 0, .test = 100 * right};
  }
  const std::span all{features};
  const auto readout = learning::linear_readout::train({all.first(t.learned() * o.neurons), o.neurons},
                                                       std::span{labels}.first(t.learned()), 10, how);
  const auto right = [&](std::size_t from, std::size_t to) {
    std::size_t n = 0;
    for (std::size_t i = from; i < to; ++i) n += readout.classify(all.subspan(i * o.neurons, o.neurons)) == labels[i];
    return 100 * static_cast<double>(n) / static_cast<double>(to - from);
  };
  return {.validation = right(t.learned(), t.samples), .test = right(t.samples, t.size())};
}

nlohmann::json run(const options& o, const task& t, const std::string& variant) {
  const nalsm recipe = recipe_of(o, t, variant);
  const liquid_input from{.channels = static_cast<index_t>(t.training->channels())};
  nalsm_network n;
  const seconds ready =
      time_once([&] { n = variant == "fixed" ? recipe.build(from) : made_ready(o, t, recipe, from); });
  const double branching = branching_of(n, t);
  fmt::print("{:6} made ready in {:.0f} s, branching {:.3f}\n", variant, ready.wall, branching);
  std::fflush(stdout);
  std::vector<float> features;
  const seconds shown = time_once([&] { features = shares(o, n, t); });
  const scores s = judge(o, t, features);
  fmt::print("{:6} {:.2f} % of {} (validation {:.2f} %), {:.0f} samples/s\n", variant, s.test,
             o.data == "nmnist" ? "all, in five folds" : "the test samples", s.validation,
             static_cast<double>(t.size()) / shown.wall);
  std::fflush(stdout);
  return {{"per_cent", s.test},
          {"validation", s.validation},
          {"branching", branching},
          {"ready_s", ready.wall},
          {"shown_s", shown.wall},
          {"shown_cpu_s", shown.cpu},
          {"samples_per_s", static_cast<double>(t.size()) / shown.wall}};
}

void run(const options& o) {
  const task t = task_of(o);
  nlohmann::json out{{"name", "nalsm"},      {"data", o.data},       {"neurons", o.neurons},
                     {"samples", t.samples}, {"tests", t.tests},     {"snapshots", o.snapshots},
                     {"seed", o.seed},       {"penalty", o.penalty}, {"branching", nlohmann::json::object()}};
  for (const std::string& variant : o.variants) {
    out["runs"][variant] = run(o, t, variant);
    out[variant] = out["runs"][variant]["per_cent"];
    out["branching"][variant] = out["runs"][variant]["branching"];
    write_json(o.json, out);
  }
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"NALSM: accuracy and branching factor of a fixed liquid, with STDP, and with an astrocyte",
               "./dev bench nalsm"};
  options o;
  app.add_option("--data", o.data, "What is shown")->check(CLI::IsMember({"mnist", "fashion", "nmnist"}));
  app.add_option("--variants", o.variants, "Of fixed, stdp, astro")->check(CLI::IsMember({"fixed", "stdp", "astro"}));
  app.add_option("--neurons", o.neurons, "1000, 8000 or another cube")->capture_default_str();
  app.add_option("--samples", o.samples, "To learn from, the last sixth for validation")->check(CLI::Range(60, 60000));
  app.add_option("--tests", o.tests, "Test samples")->check(CLI::Range(1, 10000));
  app.add_option("--snapshots", o.snapshots, "Glances of 20 ms before")->capture_default_str();
  app.add_option("--weight", o.weight, "|w| of the fixed liquid in mV; 0: 0.8, of nmnist 1.05")->capture_default_str();
  app.add_option("--w-astro", o.w_astro, "0: 0.015, of 8000 neurons 0.0075")->capture_default_str();
  app.add_option("--penalty", o.penalty, "L2 penalty of the readout")->capture_default_str();
  app.add_option("--seed", o.seed, "Of the network and the order")->capture_default_str();
  app.add_option("--threads", o.threads, "Samples side by side")->check(CLI::Range(1, 1024))->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { run(o); });
}

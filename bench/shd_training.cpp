// How well do trained networks know spoken digits? Five folds over the 2264 samples of the published test file, split
// by sample, since the file names no speakers: such numbers do not compare with those for unseen speakers.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/io/shd.hpp>
#include <spinule/learning/augmentation.hpp>
#include <spinule/learning/cross_validation.hpp>
#include <spinule/learning/elm_trainer.hpp>
#include <spinule/learning/fit.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/elm_weights.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>

#include "../tests/io/real_data.hpp"
#include "report.hpp"
#include "spoken_digits.hpp"

namespace spinule::bench {
namespace {

using namespace learning;

constexpr index_t classes = 20;

struct options {
  std::string kind = "delays", json, loss = "mean";
  std::uint32_t folds = 5, of_them = 5;
  std::uint64_t epochs = 40, seed = 1;
  std::size_t batch = 32, units = 256;
  index_t group = 5, memory = 100;
  unsigned threads = 2, shift = 0;
  double rate = 1e-3, delay_rate = 0.1, width = 0.5, dropout = 0.3, tau = 10, input_gain = 3, recurrent_gain = 0.5,
         blend_share = 0, longest = 250;
  double tick_ms = 10, penalty = 0, clip = 0, output_gain = 2;
  double smoothing = 0.1, jitter_ms = 0, tau_max = 500, output_tau = 100, deep_gain = 3, blur = 2;
  bool verbose = false;

  milliseconds tick() const { return milliseconds{tick_ms}; }
  ticks length() const { return static_cast<ticks>(std::lround(1000 / tick_ms)); }
};

struct speech_network {
  network net;
  population input, output;
  std::vector<projection> delayed;
};

value<millivolts> spread(double gain, double sources) { return normal{0_mV, 1_mV * (gain / std::sqrt(sources))}; }

/// Two layers whose synapses have delays, or none.
speech_network feed_forward(const options& o, bool delays) {
  const index_t channels = 700 / o.group;
  speech_network n{network{o.seed}, {}, {}, {}};
  const soft_reset_lif unit{.tau = milliseconds{o.tau}, .threshold = 1_mV};
  const auto input = n.net.add("input", replay{}, channels);
  const auto first = n.net.add("first", unit, static_cast<std::int64_t>(o.units));
  const auto second = n.net.add("second", unit, static_cast<std::int64_t>(o.units));
  const auto output = n.net.add("output", leaky_integrator{.tau = milliseconds{o.output_tau}}, classes);
  const value<milliseconds> delay =
      delays ? value<milliseconds>{uniform{10_ms, milliseconds{o.longest}}} : value<milliseconds>{0_ms};
  n.delayed.push_back(
      n.net.connect(input, first, all_to_all{}, {.weight = spread(o.input_gain, channels), .delay = delay}));
  n.delayed.push_back(n.net.connect(first, second, all_to_all{},
                                    {.weight = spread(o.deep_gain, static_cast<double>(o.units)), .delay = delay}));
  n.net.connect(second, output, all_to_all{}, {.weight = normal{0.0, 2 / std::sqrt(static_cast<double>(o.units))}});
  n.input = input, n.output = output;
  return n;
}

/// One recurrent layer. `one`: the unit of its weights; `mean`: of those from the input.
template <class Unit, class Weight>
speech_network recurrent(const options& o, const Unit& unit, Weight one, double gain, double mean) {
  const index_t channels = 700 / o.group;
  const double units = static_cast<double>(o.units);
  speech_network n{network{o.seed}, {}, {}, {}};
  const auto input = n.net.add("input", replay{}, channels);
  const auto hidden = n.net.add("hidden", unit, static_cast<std::int64_t>(o.units));
  const auto output = n.net.add("output", leaky_integrator{.tau = milliseconds{o.output_tau}}, classes);
  n.net.connect(input, hidden, all_to_all{},
                {.weight = normal{one * mean, one * (gain * o.input_gain / std::sqrt(static_cast<double>(channels)))}});
  n.net.connect(hidden, hidden, all_to_all{},
                {.weight = normal{one * 0.0, one * (gain * o.recurrent_gain / std::sqrt(units))}, .delay = o.tick()});
  n.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, o.output_gain / std::sqrt(units)}});
  n.input = input, n.output = output;
  return n;
}

speech_network network_of(const options& o) {
  const milliseconds tau{o.tau};
  if (o.kind == "delays" || o.kind == "no_delays") return feed_forward(o, o.kind == "delays");
  if (o.kind == "recurrent_lif") return recurrent(o, soft_reset_lif{.tau = tau, .threshold = 1_mV}, 1_mV, 1, 0);
  if (o.kind == "event_prop") {  // weights of 1 pA move the membrane by about 0.3 mV
    const current_lif unit{
        .tau = tau, .capacitance = 20_pF, .tau_excitatory = 10_ms, .threshold = 1_mV, .refractory = 0_ms};
    return recurrent(o, unit, 1_pA, 0.1, 0.1 * o.input_gain / 10);
  }
  return recurrent(o, adaptive_lif{.tau = tau, .tau_adaptation = 200_ms, .base = 0.1, .beta = 1}, 1.0, 0.3, 0);
}

class speech {
 public:
  speech(const shd& data, const options& o) : o_{o} {
    for (const auto& [events, label] : data) {
      recordings_.push_back(events);
      labels_.push_back(label);
    }
  }
  const std::vector<std::uint32_t>& labels() const { return labels_; }
  /// Partners for blends are drawn among the samples of the class in `training`.
  sample_reader reader(const std::vector<std::size_t>& training) const {
    std::vector<std::vector<std::size_t>> of_class(classes);
    for (const std::size_t i : training) of_class[labels_[i]].push_back(i);
    return [this, of_class](std::size_t i, std::uint64_t epoch) {
      if (epoch == no_epoch) return encoded(recordings_[i], labels_[i], o_.group, o_.tick(), o_.length());
      random_stream random{o_.seed, purpose::user, i, static_cast<std::uint32_t>(epoch)};
      recording seen = recordings_[i];
      if (random.uniform() < o_.blend_share) {
        const auto& others = of_class[labels_[i]];
        seen = blend(seen, recordings_[others[random.below(others.size())]], 700, random);
      }
      if (o_.shift > 0) seen = shift_channels(seen, 700, o_.shift, random);
      if (o_.jitter_ms > 0) seen = jitter(seen, milliseconds{o_.jitter_ms}, random);
      if (o_.dropout > 0) seen = drop_events(seen, o_.dropout, random);
      training_sample sample = encoded(seen, labels_[i], o_.group, o_.tick(), o_.length());
      if (o_.kind == "elm")  // so that what is seen without dropout is as strong in the mean
        for (float& x : sample.values) x /= static_cast<float>(1 - o_.dropout);
      return sample;
    };
  }

 private:
  const options& o_;
  std::vector<recording> recordings_;
  std::vector<std::uint32_t> labels_;
};

/// The share of the held out samples that is known at the end.
double learn_fold(any_trainer t, const options& o, const speech& data, std::span<const std::size_t> training,
                  std::span<const std::size_t> held_out) {
  fit_progress progress;
  const auto read = data.reader({training.begin(), training.end()});
  const auto known = [&] {
    return static_cast<double>(evaluate(t, read, held_out, o.batch).correct) / static_cast<double>(held_out.size());
  };
  learning_rate_schedule schedule = one_cycle{.rate = o.rate};
  if (o.kind == "elm") schedule = cosine_decay{.rate = o.rate};
  fit(t, read, training, {}, {.epochs = o.epochs, .batch = o.batch, .schedule = schedule, .seed = o.seed}, progress,
      [&](const epoch_report& e) {
        if (o.verbose && (e.epoch % 5 == 4 || e.epoch < 3)) {
          fmt::print("  epoch {:3}: loss {:.3f}, {:.2f} %, held out {:.2f} %, {:.0f} samples/s;", e.epoch + 1, e.loss,
                     100 * e.accuracy, 100 * known(), e.samples_per_s);
          for (const auto& layer : e.layers)
            fmt::print(" {} {:.1f} spikes {:.0f} % silent", layer.name, layer.spikes, 100 * layer.silent);
          fmt::print("\n");
          std::fflush(stdout);
        }
        return true;
      });
  return known();
}

classification_loss_options loss_of(const options& o) {
  using kind = classification_loss_kind;
  return {.kind = o.loss == "last"       ? kind::last_tick
                  : o.loss == "weighted" ? kind::weighted_mean
                  : o.loss == "maximum"  ? kind::maximum
                                         : kind::mean_over_ticks,
          .label_smoothing = o.smoothing};
}

double run_fold(const options& o, const speech& data, std::span<const std::uint32_t> fold_of, std::uint32_t fold) {
  std::vector<std::size_t> training, held_out;
  for (std::size_t i = 0; i < fold_of.size(); ++i) (fold_of[i] == fold ? held_out : training).push_back(i);
  if (o.kind == "elm") {
    elm_trainer t{elm_of_digits(o.group, classes, o.memory, o.tick(), milliseconds{o.tau_max}, o.seed),
                  static_cast<std::uint32_t>(o.length()),
                  loss_of(o),
                  {.threads = o.threads}};
    return learn_fold(t, o, data, training, held_out);
  }
  const speech_network n = network_of(o);
  const bool adaptive = o.kind == "recurrent" || o.kind == "eprop";  // which begin with a threshold of 0.1
  const double unit_width = adaptive ? 0.1 * o.width : o.width;
  const training_rule rule = o.kind == "eprop"        ? training_rule::eprop
                             : o.kind == "event_prop" ? training_rule::event_prop
                                                      : training_rule::bptt;
  trainer t{n.net,
            n.input,
            n.output,
            o.tick(),
            o.length(),
            loss_of(o),
            {.rule = rule,
             .surrogate = {.shape = surrogate::form::arctan, .width = unit_width, .height = 0.5 / unit_width},
             .optimiser = adamw{.weight_decay = 0.01},
             .delay_rate = o.delay_rate,
             .longest_delay = o.longest,
             .delay_blur = o.blur,
             .largest_gradient = o.clip,
             .rate_penalty = o.penalty,
             .least_spikes = 2,
             .most_spikes = 20,
             .threads = o.threads}};
  if (o.kind == "delays")
    for (const projection& p : n.delayed) t.learn_by(p, {.delays = true});
  return learn_fold(t, o, data, training, held_out);
}

void measure(const options& o) {
  const auto file = real_data("shd/shd_test_10ms.h5.gz");
  if (file.empty()) throw spinule_error{"shd_training", "SPINULE_DATA names no folder with shd/shd_test_10ms.h5.gz"};
  const shd digits{file};
  const speech data{digits, o};
  const auto fold_of = k_fold(data.labels(), o.folds, o.seed);
  nlohmann::json out{{"bench", "shd_training"}, {"kind", o.kind}, {"epochs", o.epochs}};
  double sum = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint32_t fold = 0; fold < o.of_them; ++fold) {
    const double accuracy = run_fold(o, data, fold_of, fold);
    sum += accuracy;
    out["folds"].push_back(100 * accuracy);
    fmt::print("{} fold {}: {:.2f} %\n", o.kind, fold + 1, 100 * accuracy);
    std::fflush(stdout);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  out["accuracy"] = 100 * sum / o.of_them;
  out["seconds"] = took.count();
  fmt::print("{}: {:.2f} % of {} folds, in {:.0f} s\n", o.kind, 100 * sum / o.of_them, o.of_them, took.count());
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Accuracy of trained networks on spoken digits", "./dev bench shd_training"};
  options o;
  app.add_option("--kind", o.kind, "Network and rule")
      ->check(CLI::IsMember({"delays", "no_delays", "recurrent", "recurrent_lif", "event_prop", "eprop", "elm"}))
      ->capture_default_str();
  app.add_option("--epochs", o.epochs)->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--folds", o.of_them, "How many of the five folds")->check(CLI::Range(1, 5))->capture_default_str();
  app.add_option("--threads", o.threads)->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--tick", o.tick_ms, "ms")->check(CLI::IsMember({1.0, 2.0, 5.0, 10.0}))->capture_default_str();
  app.add_option("--penalty", o.penalty, "On spikes of a unit in a sample below 2 and above 20")->capture_default_str();
  app.add_option("--clip", o.clip, "Norm that a gradient is scaled down to; 0: as it is")->capture_default_str();
  app.add_option("--output-gain", o.output_gain)->capture_default_str();
  app.add_option("--seed", o.seed)->capture_default_str();
  app.add_option("--batch", o.batch)->capture_default_str();
  app.add_option("--units", o.units)->capture_default_str();
  app.add_option("--rate", o.rate)->capture_default_str();
  app.add_option("--delay-rate", o.delay_rate)->capture_default_str();
  app.add_option("--width", o.width)->capture_default_str();
  app.add_option("--dropout", o.dropout)->capture_default_str();
  app.add_option("--shift", o.shift)->capture_default_str();
  app.add_option("--blend", o.blend_share)->capture_default_str();
  app.add_option("--jitter", o.jitter_ms)->capture_default_str();
  app.add_option("--tau", o.tau)->capture_default_str();
  app.add_option("--output-tau", o.output_tau)->capture_default_str();
  app.add_option("--input-gain", o.input_gain)->capture_default_str();
  app.add_option("--deep-gain", o.deep_gain)->capture_default_str();
  app.add_option("--blur", o.blur)->capture_default_str();
  app.add_option("--recurrent-gain", o.recurrent_gain)->capture_default_str();
  app.add_option("--smoothing", o.smoothing)->capture_default_str();
  app.add_option("--longest", o.longest)->capture_default_str();
  app.add_option("--group", o.group, "Neighbouring channels that become one")
      ->check(CLI::IsMember({1, 2, 4, 5, 7, 10}))
      ->capture_default_str();
  app.add_option("--loss", o.loss,
                 "Of the mean over ticks, plain or weighted by exp(-t / T), of the largest, or of the last")
      ->check(CLI::IsMember({"mean", "weighted", "maximum", "last"}))
      ->capture_default_str();
  app.add_option("--memory", o.memory, "Memory units of an ELM neuron")->capture_default_str();
  app.add_option("--tau-max", o.tau_max, "Their longest time constant in ms")->capture_default_str();
  app.add_flag("--verbose", o.verbose, "Tells of every fifth epoch");
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { measure(o); });
}

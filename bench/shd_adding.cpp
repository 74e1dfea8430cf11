// Does an ELM neuron remember one spoken digit while it hears the next? SHD-Adding of Spieler et al. (ICLR 2024): two
// samples one after the other, and the class is the sum of their digits. Held-out pairs are of held-out recordings.
#include <chrono>
#include <cstdio>
#include <numeric>
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

#include "../tests/io/real_data.hpp"
#include "report.hpp"
#include "spoken_digits.hpp"

namespace spinule::bench {
namespace {

using namespace learning;

constexpr index_t sums = 19;

struct options {
  std::string json, loss = "second";
  std::uint64_t epochs = 10, seed = 1;
  std::size_t samples = 8000, held_out = 2000, batch = 8;
  index_t group = 5, memory = 100;
  unsigned threads = 1, shift = 20;
  double alone = 0.5, bin = 10, rate = 5e-3, dropout = 0.5, smoothing = 0, tau_max = 1000;
};

class pairs_of_digits {
 public:
  /// A fifth of the recordings is held out.
  pairs_of_digits(const shd& data, const options& o) : o_{o}, ticks_{static_cast<ticks>(1000 / o.bin)} {
    for (const auto& [events, label] : data) {
      recordings_.push_back(events);
      labels_.push_back(label);
    }
    const auto fold_of = k_fold(labels_, 5, o.seed);
    for (std::size_t i = 0; i < fold_of.size(); ++i) (fold_of[i] == 0 ? held_out_ : training_).push_back(i);
  }

  /// Pairs for training are drawn anew in each epoch; those that are held out stay the same. In a share of the training
  /// pairs, which falls to 0, one digit is silent and counts 0, so that single digits are learned first.
  training_sample read(std::size_t i, std::uint64_t epoch) const {
    const bool learned = epoch != no_epoch;
    random_stream random{o_.seed, purpose::user, i, learned ? static_cast<std::uint32_t>(epoch) : 1U << 31};
    training_sample first = digit(learned, random), second = digit(learned, random);
    const double alone = o_.alone * (1 - static_cast<double>(epoch) / static_cast<double>(o_.epochs));
    if (learned && random.uniform() < alone) (random.uniform() < 0.5 ? first : second) = {};
    for (raster_event e : second.events) {
      e.bin += static_cast<std::uint32_t>(ticks_);
      first.events.push_back(e);
    }
    first.values.insert(first.values.end(), second.values.begin(), second.values.end());
    first.label = first.label % 10 + second.label % 10;
    return first;
  }
  std::uint32_t bins() const { return 2 * static_cast<std::uint32_t>(ticks_); }

 private:
  training_sample digit(bool learned, random_stream& random) const {
    const auto& from = learned ? training_ : held_out_;
    const std::size_t which = from[random.below(from.size())];
    recording seen = recordings_[which];
    if (learned && o_.shift > 0) seen = shift_channels(seen, 700, o_.shift, random);
    if (learned && o_.dropout > 0) seen = drop_events(seen, o_.dropout, random);
    training_sample s = encoded(seen, labels_[which], o_.group, milliseconds{o_.bin}, ticks_);
    if (learned)  // so that what is seen without dropout is as strong in the mean
      for (float& x : s.values) x /= static_cast<float>(1 - o_.dropout);
    return s;
  }

  const options& o_;
  ticks ticks_;  ///< of a digit
  std::vector<recording> recordings_;
  std::vector<std::uint32_t> labels_;
  std::vector<std::size_t> training_, held_out_;
};

void measure(const options& o) {
  const auto file = real_data("shd/shd_test_10ms.h5.gz");
  if (file.empty()) throw spinule_error{"shd_adding", "SPINULE_DATA names no folder with shd/shd_test_10ms.h5.gz"};
  const shd digits{file};
  const pairs_of_digits data{digits, o};
  elm_trainer t{
      elm_of_digits(o.group, sums, o.memory, milliseconds{o.bin}, milliseconds{o.tau_max}, o.seed),
      data.bins(),
      {.kind = o.loss == "last" ? classification_loss_kind::last_tick : classification_loss_kind::mean_over_ticks,
       .label_smoothing = o.smoothing,
       .first_tick = o.loss == "second" ? data.bins() / 2 : 0},
      {.threads = o.threads}};
  std::vector<std::size_t> training(o.samples), held_out(o.held_out);
  std::iota(training.begin(), training.end(), 0);
  std::iota(held_out.begin(), held_out.end(), 0);
  const sample_reader read = [&](std::size_t i, std::uint64_t epoch) { return data.read(i, epoch); };
  nlohmann::json out{{"bench", "shd_adding"}, {"bin_ms", o.bin}, {"epochs", o.epochs}, {"samples", o.samples}};
  const auto start = std::chrono::steady_clock::now();
  fit_progress progress;
  fit(t, read, training, held_out,
      {.epochs = o.epochs, .batch = o.batch, .schedule = cosine_decay{.rate = o.rate}, .seed = o.seed}, progress,
      [&](const epoch_report& e) {
        fmt::print("epoch {:3}: loss {:.3f}, {:.2f} %, held out {:.2f} %, {:.0f} samples/s\n", e.epoch + 1, e.loss,
                   100 * e.accuracy, 100 * e.validation_accuracy, e.samples_per_s);
        std::fflush(stdout);
        out["accuracy"] = 100 * e.validation_accuracy;
        return true;
      });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  out["seconds"] = took.count();
  fmt::print("held out: {:.2f} %, in {:.0f} s\n", out["accuracy"].get<double>(), took.count());
  write_json(o.json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Sums of two spoken digits by an ELM neuron", "./dev bench shd_adding"};
  options o;
  app.add_option("--epochs", o.epochs)->check(CLI::Range(1, 10000))->capture_default_str();
  app.add_option("--samples", o.samples, "Pairs in an epoch")->check(CLI::Range(1, 10000000))->capture_default_str();
  app.add_option("--held-out", o.held_out, "Pairs for the test")->check(CLI::Range(1, 1000000))->capture_default_str();
  app.add_option("--threads", o.threads)->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--seed", o.seed)->capture_default_str();
  app.add_option("--batch", o.batch)->capture_default_str();
  app.add_option("--rate", o.rate)->capture_default_str();
  app.add_option("--alone", o.alone, "Share of training pairs with a silent digit at the start")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--bin", o.bin, "ms")->check(CLI::IsMember({1, 2, 5, 10, 20, 50}))->capture_default_str();
  app.add_option("--group", o.group, "Neighbouring channels that become one")
      ->check(CLI::IsMember({1, 2, 4, 5, 7, 10}))
      ->capture_default_str();
  app.add_option("--loss", o.loss, "Of the last bin, or the mean over all bins, or over those of the second digit")
      ->check(CLI::IsMember({"last", "mean", "second"}))
      ->capture_default_str();
  app.add_option("--dropout", o.dropout)->check(CLI::Range(0.0, 0.99))->capture_default_str();
  app.add_option("--shift", o.shift)->capture_default_str();
  app.add_option("--smoothing", o.smoothing)->capture_default_str();
  app.add_option("--memory", o.memory, "Memory units")->capture_default_str();
  app.add_option("--tau-max", o.tau_max, "Their longest time constant in ms")->capture_default_str();
  add_json_option(app, o.json);
  return run_main(app, count, words, [&] { measure(o); });
}

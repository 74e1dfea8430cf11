#include <spinule/learning/fit.hpp>

#include <algorithm>
#include <chrono>
#include <optional>

#include <spinule/error.hpp>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

std::vector<training_sample> read_batch(const any_trainer& t, const sample_reader& read,
                                        std::span<const std::size_t> samples, std::uint64_t epoch) {
  std::vector<training_sample> batch(samples.size());
  share(samples.size(), t.threads, [&](std::size_t i) { batch[i] = read(samples[i], epoch); });
  return batch;
}

std::vector<std::size_t> shuffled(std::span<const std::size_t> samples, std::uint64_t seed, std::uint64_t epoch) {
  std::vector<std::size_t> order(samples.begin(), samples.end());
  random_stream random{seed, purpose::split, epoch, 1};
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

/// Nothing when it was told to stop.
std::optional<epoch_report> learn_epoch(const any_trainer& t, const sample_reader& read,
                                        std::span<const std::size_t> training, const fit_options& o,
                                        std::uint64_t epoch) {
  using clock = std::chrono::steady_clock;
  epoch_report report{.epoch = epoch};
  const auto order = shuffled(training, o.seed, epoch);
  const std::uint64_t steps = (order.size() + o.batch - 1) / o.batch;
  std::chrono::duration<double> learning{0};
  for (std::uint64_t k = 0; k < steps; ++k) {
    if (o.go_on && !o.go_on()) return std::nullopt;
    const auto some = std::span{order}.subspan(k * o.batch, std::min(o.batch, order.size() - k * o.batch));
    report.rate = rate_at(o.schedule, epoch * steps + k, o.epochs * steps);
    t.set_rate(report.rate);
    const auto batch = read_batch(t, read, some, epoch);
    const auto start = clock::now();
    const batch_result result = t.learn(batch);
    learning += clock::now() - start;
    report.loss += result.loss * static_cast<double>(some.size()) / static_cast<double>(order.size());
    report.accuracy += static_cast<double>(result.correct) / static_cast<double>(order.size());
  }
  report.samples_per_s = static_cast<double>(order.size()) / learning.count();
  report.layers = t.layers();
  return report;
}

}  // namespace

batch_result evaluate(any_trainer t, const sample_reader& read, std::span<const std::size_t> samples,
                      std::size_t batch) {
  if (batch == 0) throw spinule_error{"evaluate", "a batch of 0 samples; give 1 or more"};
  batch_result all;
  for (std::size_t first = 0; first < samples.size(); first += batch) {
    const auto some = samples.subspan(first, std::min(batch, samples.size() - first));
    const batch_result result = t.test(read_batch(t, read, some, no_epoch));
    all.loss += result.loss * static_cast<double>(some.size()) / static_cast<double>(samples.size());
    all.correct += result.correct;
    all.answers.insert(all.answers.end(), result.answers.begin(), result.answers.end());
  }
  return all;
}

void fit(any_trainer t, const sample_reader& read, std::span<const std::size_t> training,
         std::span<const std::size_t> validation, const fit_options& o, fit_progress& progress,
         const std::function<bool(const epoch_report&)>& after) {
  if (training.empty()) throw spinule_error{"fit", "there are no samples to learn from"};
  if (o.batch == 0) throw spinule_error{"fit", "a batch of 0 samples; give 1 or more"};
  if (o.patience > 0 && validation.empty())
    throw spinule_error{"fit", "to stop early it needs samples for validation; give some, or no patience"};
  while (progress.next_epoch < o.epochs && !progress.stopped) {
    std::optional<epoch_report> learned = learn_epoch(t, read, training, o, progress.next_epoch);
    if (!learned) return;
    epoch_report& report = *learned;
    if (!validation.empty()) {
      const batch_result seen = evaluate(t, read, validation, o.batch);
      report.validation_loss = seen.loss;
      report.validation_accuracy = static_cast<double>(seen.correct) / static_cast<double>(validation.size());
      if (o.patience > 0 && seen.loss < progress.best_loss) {
        progress.best_loss = seen.loss;
        progress.best_epoch = report.epoch;
        progress.best_state = t.state();
      }
    }
    ++progress.next_epoch;
    progress.stopped = o.patience > 0 && report.epoch >= progress.best_epoch + o.patience;
    if (after && !after(report)) return;
  }
  if (o.patience > 0 && !progress.best_state.empty()) t.restore(progress.best_state);
}

}  // namespace spinule::learning

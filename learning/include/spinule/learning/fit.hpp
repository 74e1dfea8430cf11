// Epochs of training: order of samples, learning rate, validation, early stop, going on after a break.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <spinule/learning/trainer.hpp>

namespace spinule::learning {

/// What can be trained by `fit`: `trainer`, `elm_trainer`, and any type that does as they do.
template <class T>
concept sample_trainer = requires(T& t, std::span<const training_sample> samples, std::span<const double> state) {
  { t.learn(samples) } -> std::same_as<batch_result>;
  { t.test(samples) } -> std::same_as<batch_result>;
  { t.state() } -> std::same_as<std::vector<double>>;
  { t.options().threads } -> std::convertible_to<unsigned>;
  t.set_rate(0.0);
  t.restore(state);
};

/// Refers to a trainer, which must outlive it.
class any_trainer {
 public:
  template <sample_trainer T>
  any_trainer(T& t)  // NOLINT: implicit by design
      : learn{[&t](std::span<const training_sample> samples) { return t.learn(samples); }},
        test{[&t](std::span<const training_sample> samples) { return t.test(samples); }},
        set_rate{[&t](double rate) { t.set_rate(rate); }},
        state{[&t] { return t.state(); }},
        restore{[&t](std::span<const double> from) { t.restore(from); }},
        threads{t.options().threads} {
    if constexpr (requires { t.layers(); }) layers = [&t] { return t.layers(); };
  }

  std::function<batch_result(std::span<const training_sample>)> learn, test;
  std::function<void(double)> set_rate;
  std::function<std::vector<double>()> state;
  std::function<void(std::span<const double>)> restore;
  std::function<std::vector<layer_report>()> layers = [] { return std::vector<layer_report>{}; };
  unsigned threads;
};

struct fit_options {
  std::uint64_t epochs = 30;
  std::size_t batch = 64;                             ///< samples; the last batch of an epoch may be smaller
  learning_rate_schedule schedule = constant_rate{};  ///< by steps of the optimiser
  std::uint64_t patience = 0;  ///< epochs without a lower validation loss after which it stops; 0: never
  std::uint64_t seed = 1;      ///< of the order of samples
  /// Asked before every batch; when it gives false, `fit` returns at once, and the epoch under way is not counted.
  std::function<bool()> go_on = {};
};

/// What an epoch came to.
struct epoch_report {
  std::uint64_t epoch = 0;                              ///< from 0
  double loss = 0, accuracy = 0;                        ///< of the batches as they were learned, accuracy in [0, 1]
  double validation_loss = 0, validation_accuracy = 0;  ///< with the weights after the epoch; 0 without samples for it
  double rate = 0;                                      ///< learning rate of the last step
  double samples_per_s = 0;                             ///< of learning alone
  std::vector<layer_report> layers = {};                ///< of the last batch; none of ELM neurons
};

/// Sample i as it is shown in an epoch: the same whenever it is asked for, by several threads at once. Augmentation
/// draws from a `random_stream` of i and the epoch. Validation asks for `no_epoch`.
using sample_reader = std::function<training_sample(std::size_t i, std::uint64_t epoch)>;
inline constexpr std::uint64_t no_epoch = std::numeric_limits<std::uint64_t>::max();

/// How far a fit has come; with the trainer's `state` all that one needs to go on to the same bits.
struct fit_progress {
  std::uint64_t next_epoch = 0, best_epoch = 0;
  double best_loss = std::numeric_limits<double>::infinity();  ///< of validation
  std::vector<double> best_state = {};                         ///< the trainer's, at the best epoch
  bool stopped = false;                                        ///< by `patience`
};

/// Learns from the samples `training` in an order drawn for each epoch, and tests on `validation` after each, which
/// changes no bit of what is learned. `after` is called at the end of every epoch; when it gives false, this returns.
/// With `patience` the trainer is left as it was after its best epoch. Throws `spinule_error` for no samples, a batch
/// of 0 and what the trainer's `learn` throws.
void fit(any_trainer t, const sample_reader& read, std::span<const std::size_t> training,
         std::span<const std::size_t> validation, const fit_options& options, fit_progress& progress,
         const std::function<bool(const epoch_report&)>& after = {});

/// Loss and answers on these samples, batch by batch.
batch_result evaluate(any_trainer t, const sample_reader& read, std::span<const std::size_t> samples,
                      std::size_t batch = 64);

}  // namespace spinule::learning

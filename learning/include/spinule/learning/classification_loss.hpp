// Losses of classification from the traces of readout units, with their gradients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace spinule::learning {

/// What is compared with the label, of the traces y_t[class] in a window of n ticks. CE(z) = -sum_c q_c log
/// softmax(z)_c is the cross entropy with q, the one-hot vector of the label, smoothed where that is asked for.
enum class classification_loss_kind : std::uint8_t {
  last_tick,        ///< CE(y of the last tick)
  mean_over_ticks,  ///< CE(1/n sum_t y_t)
  weighted_mean,    ///< CE(sum_t w_t y_t / sum_t w_t), w_t = exp(-t / time constant): Nowotny, Turner & Knight 2025
  maximum,          ///< CE(max_t y_t); the derivative goes to the first tick of the maximum
  each_tick,        ///< 1/n sum_t CE(y_t)
  sum_of_softmax,   ///< CE(sum_t softmax(y_t)): Hammouamri, Khalfaoui-Hassani & Masquelier, ICLR 2024
  squared_error,    ///< 1/(n classes) sum_t sum_c (y_tc - q_c)^2
  spike_count,      ///< CE(scale sum_t y_t), where y are spikes, 0 or 1
};

struct classification_loss_options {
  classification_loss_kind kind = classification_loss_kind::mean_over_ticks;
  double label_smoothing = 0;  ///< e in [0, 1): q_c = (1 - e) [c is the label] + e / classes
  double time_constant = 0;    ///< of `weighted_mean`, in ticks from the first of the window; 0: as long as the window
  double scale = 1;            ///< of `spike_count`; positive
  std::size_t first_tick = 0, last_tick = std::numeric_limits<std::size_t>::max();  ///< [first, last); the largest: all
};

/// The loss of a batch, in nats (without unit for `squared_error`).
struct classification_result {
  double loss = 0;                     ///< mean over samples
  std::vector<std::uint32_t> classes;  ///< [samples] the class each is put into
  std::vector<float> gradient;         ///< [ticks][samples][classes], of `loss`
};

/// The loss for arrays [ticks][samples][classes], row by row. Everything is worked out in double precision, sample by
/// sample and without the C library's functions, so any sharing of the samples among threads gives the same bits.
///
/// A sample is put into the class with the largest of the scores in CE(scores); for `each_tick` and `squared_error`
/// with the largest mean over ticks. Of equal ones the first is taken.
class classification_loss {
 public:
  /// Throws `spinule_error` for sizes of 0, options out of range, and a window that is empty or beyond the last tick.
  classification_loss(const classification_loss_options& options, std::size_t ticks, std::size_t samples,
                      std::size_t classes);

  /// Everything at once. `y` [ticks][samples][classes], `labels` [samples]. Throws `spinule_error` for other sizes, for
  /// a label that is not below the number of classes, and where a trace in the window is not finite, so that the loss
  /// would not be. `last_tick` looks at the last tick of the window alone.
  classification_result evaluate(std::span<const float> y, std::span<const std::uint32_t> labels) const;

  /// Samples first ... first + count - 1 alone; calls for disjoint samples may run at the same time. All spans are of
  /// the whole batch: `losses`, `classes` [samples], `gradient` as `y`, or empty where none is wanted. The gradient is
  /// that of the mean over the whole batch, 0 outside of the window; the mean of `losses`, added up in order, is the
  /// loss that `evaluate` gives. Throws as `evaluate` does, and for samples beyond the last.
  void evaluate(std::size_t first, std::size_t count, std::span<const float> y, std::span<const std::uint32_t> labels,
                std::span<double> losses, std::span<std::uint32_t> classes, std::span<float> gradient) const;

 private:
  struct workspace;
  double of_sample(std::size_t sample, std::uint32_t label, workspace& work) const;
  double of_score(std::uint32_t label, workspace& work) const;
  double of_maximum(std::uint32_t label, workspace& work) const;
  double of_each_tick(std::uint32_t label, workspace& work) const;
  double of_softmax_sum(std::uint32_t label, workspace& work) const;
  double of_squares(std::uint32_t label, workspace& work) const;
  double cross_entropy(std::span<const double> scores, std::uint32_t label, std::span<double> derivative) const;
  double wanted(std::size_t c, std::uint32_t label) const { return c == label ? smoothed_label_ : smoothed_other_; }

  classification_loss_kind kind_;
  std::size_t ticks_, samples_, classes_, first_tick_, last_tick_;
  double smoothed_label_, smoothed_other_;
  std::vector<double> weights_;  ///< [ticks of the window] of y in the scores, where these are linear
};

}  // namespace spinule::learning

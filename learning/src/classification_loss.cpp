#include <spinule/learning/classification_loss.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include <spinule/engine/instruction_sets.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule::learning {

namespace {

using kind = classification_loss_kind;

[[noreturn]] void refuse(const std::string& what) { throw spinule_error{"classification loss", what}; }

void check(const classification_loss_options& o) {
  if (o.kind > kind::spike_count) refuse(fmt::format("unknown kind {}", static_cast<int>(o.kind)));
  if (!(o.label_smoothing >= 0 && o.label_smoothing < 1))
    refuse(fmt::format("label smoothing {} must be at least 0 and below 1", o.label_smoothing));
  if (!(o.time_constant >= 0) || !std::isfinite(o.time_constant))
    refuse(fmt::format("time constant {} must be 0 or more ticks, and finite", o.time_constant));
  if (!(o.scale > 0 && o.scale <= 1e30)) refuse(fmt::format("scale {} must be above 0 and at most 1e30", o.scale));
}

/// Of y in the scores, tick by tick; empty where scores are not linear in y.
std::vector<double> weights_of_ticks(const classification_loss_options& o, std::size_t n) {
  const double ticks = static_cast<double>(n);
  if (o.kind == kind::last_tick) return {1};
  if (o.kind == kind::spike_count) return std::vector<double>(n, o.scale);
  if (o.kind == kind::mean_over_ticks) return std::vector<double>(n, 1 / ticks);
  if (o.kind != kind::weighted_mean) return {};
  std::vector<double> result(n);
  const double time_constant = o.time_constant > 0 ? o.time_constant : ticks;
  double sum = 0;
  for (std::size_t t = 0; t < n; ++t) sum += result[t] = portable_exp(-static_cast<double>(t) / time_constant);
  for (double& w : result) w /= sum;
  return result;
}

/// x <- exp(x) of x <= 0, 2^n e^f with f in [-ln 2 / 2, ln 2 / 2]; below -700 as at -700, which is 1e-304.
SPINULE_CLONES void exponentials(double* x, std::size_t n) {
  constexpr double to_whole = 6755399441055744.0;  // 1.5 * 2^52: what is added to it is rounded to a whole number
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < n; ++i) {
    const double z = x[i] > -700 ? x[i] : -700;
    const double shifted = z * 1.44269504088896340736 + to_whole;
    const double whole = shifted - to_whole;
    const double f = (z - whole * 6.93147180369123816490e-01) - whole * 1.90821492927058770002e-10;
    double series = 1 / 6227020800.0;  // 1 / 13!
    series = series * f + 1 / 479001600.0;
    series = series * f + 1 / 39916800.0;
    series = series * f + 1 / 3628800.0;
    series = series * f + 1 / 362880.0;
    series = series * f + 1 / 40320.0;
    series = series * f + 1 / 5040.0;
    series = series * f + 1 / 720.0;
    series = series * f + 1 / 120.0;
    series = series * f + 1 / 24.0;
    series = series * f + 1 / 6.0;
    series = series * f + 0.5;
    series = (series * f + 1) * f + 1;
    const auto power = std::bit_cast<std::uint64_t>(shifted) - std::bit_cast<std::uint64_t>(to_whole);
    x[i] = std::bit_cast<double>(std::bit_cast<std::uint64_t>(series) + (power << 52));
  }
}

/// p[c] of the scores z, with the largest of them and the logarithm of sum_c exp(z_c - largest).
struct softmax_sums {
  double top, log_sum;
};

softmax_sums softmax(std::span<const double> z, std::span<double> p) {
  const double top = *std::ranges::max_element(z);
  double sum = 0;
  for (std::size_t c = 0; c < z.size(); ++c) p[c] = z[c] - top;
  exponentials(p.data(), p.size());
  for (const double x : p) sum += x;
  for (double& x : p) x /= sum;
  return {top, portable_log(sum)};
}

}  // namespace

/// A sample's traces in the window, in double, and what is made of them.
struct classification_loss::workspace {
  std::vector<double> y, derivative;  ///< [ticks of the window][classes]; derivative of the loss of the sample
  std::vector<double> scores, of_scores;
  std::vector<double> softmaxes;  ///< as y
  std::vector<std::size_t> where;

  workspace(std::size_t ticks, std::size_t classes)
      : y(ticks * classes),
        derivative(ticks * classes),
        scores(classes),
        of_scores(classes),
        softmaxes(ticks * classes),
        where(classes) {}
};

classification_loss::classification_loss(const classification_loss_options& options, std::size_t ticks,
                                         std::size_t samples, std::size_t classes)
    : kind_{options.kind},
      ticks_{ticks},
      samples_{samples},
      classes_{classes},
      first_tick_{options.first_tick},
      last_tick_{options.last_tick == std::numeric_limits<std::size_t>::max() ? ticks : options.last_tick} {
  check(options);
  if (ticks == 0 || samples == 0 || classes == 0)
    refuse(fmt::format("{} ticks, {} samples and {} classes: give at least one of each", ticks, samples, classes));
  if (first_tick_ >= last_tick_ || last_tick_ > ticks_)
    refuse(fmt::format("the window from tick {} to before tick {} must hold some of {} ticks", first_tick_, last_tick_,
                       ticks_));
  if (kind_ == kind::last_tick) first_tick_ = last_tick_ - 1;
  smoothed_other_ = options.label_smoothing / static_cast<double>(classes);
  smoothed_label_ = 1 - options.label_smoothing + smoothed_other_;
  weights_ = weights_of_ticks(options, last_tick_ - first_tick_);
}

/// `derivative` [classes] becomes softmax(scores) - q.
double classification_loss::cross_entropy(std::span<const double> scores, std::uint32_t label,
                                          std::span<double> derivative) const {
  const auto [top, log_sum] = softmax(scores, derivative);
  double loss = 0;
  for (std::size_t c = 0; c < classes_; ++c) {
    const double q = wanted(c, label);
    loss += q * (log_sum - (scores[c] - top));
    derivative[c] -= q;
  }
  return loss;
}

double classification_loss::of_score(std::uint32_t label, workspace& work) const {
  std::ranges::fill(work.scores, 0.0);
  for (std::size_t t = 0; t < weights_.size(); ++t)
    for (std::size_t c = 0; c < classes_; ++c) work.scores[c] += weights_[t] * work.y[t * classes_ + c];
  const double loss = cross_entropy(work.scores, label, work.of_scores);
  for (std::size_t t = 0; t < weights_.size(); ++t)
    for (std::size_t c = 0; c < classes_; ++c) work.derivative[t * classes_ + c] = weights_[t] * work.of_scores[c];
  return loss;
}

double classification_loss::of_maximum(std::uint32_t label, workspace& work) const {
  std::copy_n(work.y.begin(), classes_, work.scores.begin());
  for (std::size_t c = 0; c < classes_; ++c) work.where[c] = c;
  for (std::size_t first = classes_; first < work.y.size(); first += classes_)
    for (std::size_t c = 0; c < classes_; ++c)
      if (work.y[first + c] > work.scores[c]) {
        work.scores[c] = work.y[first + c];
        work.where[c] = first + c;
      }
  const double loss = cross_entropy(work.scores, label, work.of_scores);
  std::ranges::fill(work.derivative, 0.0);
  for (std::size_t c = 0; c < classes_; ++c) work.derivative[work.where[c]] = work.of_scores[c];
  return loss;
}

double classification_loss::of_each_tick(std::uint32_t label, workspace& work) const {
  const std::size_t n = last_tick_ - first_tick_;
  std::ranges::fill(work.scores, 0.0);
  double loss = 0;
  for (std::size_t t = 0; t < n; ++t) {
    const auto y = std::span{work.y}.subspan(t * classes_, classes_);
    loss += cross_entropy(y, label, std::span{work.derivative}.subspan(t * classes_, classes_));
    for (std::size_t c = 0; c < classes_; ++c) work.scores[c] += y[c];
  }
  for (double& d : work.derivative) d /= static_cast<double>(n);
  return loss / static_cast<double>(n);
}

double classification_loss::of_softmax_sum(std::uint32_t label, workspace& work) const {
  const std::size_t n = last_tick_ - first_tick_;
  std::ranges::fill(work.scores, 0.0);
  for (std::size_t t = 0; t < n; ++t) {
    const auto p = std::span{work.softmaxes}.subspan(t * classes_, classes_);
    softmax(std::span{work.y}.subspan(t * classes_, classes_), p);
    for (std::size_t c = 0; c < classes_; ++c) work.scores[c] += p[c];
  }
  const double loss = cross_entropy(work.scores, label, work.of_scores);
  for (std::size_t t = 0; t < n; ++t) {
    const double* const p = work.softmaxes.data() + t * classes_;
    double mean = 0;
    for (std::size_t c = 0; c < classes_; ++c) mean += p[c] * work.of_scores[c];
    for (std::size_t c = 0; c < classes_; ++c) work.derivative[t * classes_ + c] = p[c] * (work.of_scores[c] - mean);
  }
  return loss;
}

double classification_loss::of_squares(std::uint32_t label, workspace& work) const {
  const double numbers = static_cast<double>(work.y.size());
  std::ranges::fill(work.scores, 0.0);
  double loss = 0;
  for (std::size_t first = 0; first < work.y.size(); first += classes_)
    for (std::size_t c = 0; c < classes_; ++c) {
      const double y = work.y[first + c], error = y - wanted(c, label);
      loss += error * error;
      work.derivative[first + c] = 2 * error / numbers;
      work.scores[c] += y;
    }
  return loss / numbers;
}

double classification_loss::of_sample(std::size_t sample, std::uint32_t label, workspace& work) const {
  if (label >= classes_)
    refuse(fmt::format("label {} of sample {} must be below {}, the number of classes", label, sample, classes_));
  if (!std::ranges::all_of(work.y, [](double y) { return std::isfinite(y); }))
    refuse(fmt::format("a trace of sample {} is not finite; train with a smaller learning rate", sample));
  switch (kind_) {
    case kind::maximum:
      return of_maximum(label, work);
    case kind::each_tick:
      return of_each_tick(label, work);
    case kind::sum_of_softmax:
      return of_softmax_sum(label, work);
    case kind::squared_error:
      return of_squares(label, work);
    default:
      return of_score(label, work);
  }
}

void classification_loss::evaluate(std::size_t first, std::size_t count, std::span<const float> y,
                                   std::span<const std::uint32_t> labels, std::span<double> losses,
                                   std::span<std::uint32_t> classes, std::span<float> gradient) const {
  const std::size_t numbers = ticks_ * samples_ * classes_;
  if (y.size() != numbers || (!gradient.empty() && gradient.size() != numbers))
    refuse(fmt::format("traces of {} numbers and a gradient of {}: {} ticks x {} samples x {} classes want {}",
                       y.size(), gradient.size(), ticks_, samples_, classes_, numbers));
  if (labels.size() != samples_ || losses.size() != samples_ || classes.size() != samples_)
    refuse(fmt::format("{} labels, {} losses and {} classes for {} samples: give one each", labels.size(),
                       losses.size(), classes.size(), samples_));
  if (first > samples_ || count > samples_ - first)
    refuse(fmt::format("{} samples from number {} on: there are {} in all", count, first, samples_));

  workspace work{last_tick_ - first_tick_, classes_};
  const double share = 1 / static_cast<double>(samples_);
  for (std::size_t s = first; s < first + count; ++s) {
    const auto row = [&](std::size_t tick) { return (tick * samples_ + s) * classes_; };
    for (std::size_t t = first_tick_; t < last_tick_; ++t)
      std::copy_n(y.begin() + static_cast<std::ptrdiff_t>(row(t)), classes_,
                  work.y.begin() + static_cast<std::ptrdiff_t>((t - first_tick_) * classes_));
    losses[s] = of_sample(s, labels[s], work);
    classes[s] = static_cast<std::uint32_t>(std::ranges::max_element(work.scores) - work.scores.begin());
    if (gradient.empty()) continue;
    for (std::size_t t = 0; t < ticks_; ++t) {
      float* const out = gradient.data() + row(t);
      const bool inside = t >= first_tick_ && t < last_tick_;
      for (std::size_t c = 0; c < classes_; ++c)
        out[c] = inside ? static_cast<float>(share * work.derivative[(t - first_tick_) * classes_ + c]) : 0.0f;
    }
  }
}

classification_result classification_loss::evaluate(std::span<const float> y,
                                                    std::span<const std::uint32_t> labels) const {
  classification_result result{0, std::vector<std::uint32_t>(samples_), std::vector<float>(y.size())};
  std::vector<double> losses(samples_);
  evaluate(0, samples_, y, labels, losses, result.classes, result.gradient);
  for (const double loss : losses) result.loss += loss;
  result.loss /= static_cast<double>(samples_);
  return result;
}

}  // namespace spinule::learning

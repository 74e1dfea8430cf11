#include <spinule/backends/pulsed_weights.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

constexpr double most_counts = 32767;

std::int16_t counts_of(double pulses) {
  return static_cast<std::int16_t>(std::clamp(pulses, -most_counts, most_counts));
}

void check(const pulsed_sgd&) {}
void check(const mixed_precision_sgd& o) {
  if (!(o.threshold > 0) || !std::isfinite(o.threshold))
    throw spinule_error{"pulsed weights", fmt::format("threshold is {:g} steps; it must be more than 0", o.threshold)};
}
void check(const tiki_taka& o) {
  if (!(o.fast_rate > 0) || !std::isfinite(o.fast_rate))
    throw spinule_error{"pulsed weights", fmt::format("fast_rate is {:g}; it must be more than 0", o.fast_rate)};
  if (o.transfer_every < 1)
    throw spinule_error{"pulsed weights", fmt::format("transfer_every is {}; it must be 1 or more", o.transfer_every)};
}

}  // namespace

pulsed_weights::pulsed_weights(std::size_t rows, std::size_t columns, const pulse_response& response,
                               const pulsed_update& how, double scale, std::uint64_t seed, std::uint32_t chip)
    : columns_{columns},
      how_{how},
      scale_{scale},
      step_{scale * response.step},
      key_{random_stream{seed, purpose::device, chip, 3}.bits64()},
      cells_{rows * columns, response, key_, 0},
      fast_{std::holds_alternative<tiki_taka>(how) ? rows * columns : 0, response, key_, 1},
      weights_(rows * columns),
      sums_(std::holds_alternative<pulsed_sgd>(how) ? 0 : rows * columns) {
  if (!(scale > 0) || !std::isfinite(scale))
    throw spinule_error{"pulsed weights", fmt::format("scale is {:g}; it must be more than 0", scale)};
  std::visit([](const auto& o) { check(o); }, how_);
  for (std::size_t i = 0; i < fast_.size(); ++i) symmetric_.push_back(static_cast<float>(fast_.symmetric_point(i)));
  fast_.put(symmetric_);
  show();
}

void pulsed_weights::put(std::span<const float> weights) {
  std::vector<float> states(weights.begin(), weights.end());
  for (float& s : states) s = static_cast<float>(s / scale_);
  cells_.put(states);
  show();
}

void pulsed_weights::step(std::span<const float> gradient, double rate) {
  if (gradient.size() != weights_.size())
    throw spinule_error{"pulsed weights", fmt::format("a gradient of {} for {} weights; there must be one for each",
                                                      gradient.size(), weights_.size())};
  if (!(rate >= 0) || !std::isfinite(rate))
    throw spinule_error{"pulsed weights", fmt::format("the rate is {}; it must be 0 or more", rate)};
  if (std::holds_alternative<pulsed_sgd>(how_)) {
    pulse_directly(cells_, gradient, rate);
  } else if (const auto* mixed = std::get_if<mixed_precision_sgd>(&how_)) {
    for (std::size_t i = 0; i < gradient.size(); ++i) {
      if (gradient[i] == 0) continue;
      sums_[i] -= static_cast<float>(rate) * gradient[i];
      take_steps(i, mixed->threshold);
    }
  } else {
    const auto& how = std::get<tiki_taka>(how_);
    pulse_directly(fast_, gradient, how.fast_rate);
    if ((steps_ + 1) % static_cast<std::uint64_t>(how.transfer_every) == 0) transfer(rate);
  }
  ++steps_;
  if (!pulsed_.empty()) cells_.pulse(pulsed_, counts_);
  for (const std::uint32_t i : pulsed_) weights_[i] = static_cast<float>(scale_ * cells_.apparent()[i]);
  pulsed_.clear();
  counts_.clear();
}

// Those of the weights are pulsed by `step` itself.
void pulsed_weights::pulse_directly(pulsed_cells& cells, std::span<const float> gradient, double rate) {
  random_stream random{key_, purpose::read_noise, steps_, 4};
  const double steps = -rate / step_;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    if (gradient[i] == 0) continue;
    const double pulses = std::floor(steps * gradient[i] + random.uniform());
    if (pulses == 0) continue;
    pulsed_.push_back(static_cast<std::uint32_t>(i));
    counts_.push_back(counts_of(pulses));
  }
  if (&cells == &cells_) return;
  cells.pulse(pulsed_, counts_);
  pulsed_.clear();
  counts_.clear();
}

void pulsed_weights::take_steps(std::size_t weight, double threshold) {
  if (std::abs(sums_[weight]) < threshold * step_) return;
  const double whole = std::trunc(sums_[weight] / step_);
  sums_[weight] -= static_cast<float>(whole * step_);
  pulsed_.push_back(static_cast<std::uint32_t>(weight));
  counts_.push_back(counts_of(whole));
}

void pulsed_weights::transfer(double rate) {
  const auto states = fast_.apparent();
  for (std::size_t i = transfers_ % columns_; i < weights_.size(); i += columns_) {
    sums_[i] += static_cast<float>(rate * scale_ * double{states[i] - symmetric_[i]});
    take_steps(i, 1);
  }
  ++transfers_;
}

std::uint64_t pulsed_weights::pulses() const {
  return cells_.pulses_up() + cells_.pulses_down() + fast_.pulses_up() + fast_.pulses_down();
}

void pulsed_weights::show() {
  for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] = static_cast<float>(scale_ * cells_.apparent()[i]);
}

}  // namespace spinule

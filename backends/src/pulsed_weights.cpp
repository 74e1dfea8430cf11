#include <spinule/backends/pulsed_weights.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include <spinule/backends/hardware.hpp>
#include <spinule/error.hpp>

namespace spinule {
namespace {

constexpr double most_counts = 32767;

std::int16_t counts_of(double pulses) {
  return static_cast<std::int16_t>(std::clamp(pulses, -most_counts, most_counts));
}

[[noreturn]] void refuse(const std::string& what) { throw spinule_error{"pulsed weights", what}; }

void check(const pulsed_sgd&) {}
void check(const mixed_precision_sgd& o) {
  if (!(o.threshold > 0 && o.threshold <= 1e6))
    refuse(fmt::format("threshold is {:g} steps; it must be more than 0 and at most 1e6", o.threshold));
}
void check(const tiki_taka& o) {
  if (!(o.fast_rate > 0 && o.fast_rate <= 1e6))
    refuse(fmt::format("fast_rate is {:g}; it must be more than 0 and at most 1e6", o.fast_rate));
  if (o.transfer_every < 1) refuse(fmt::format("transfer_every is {}; it must be 1 or more", o.transfer_every));
}

// `columns` of a matrix that is there and whose cells have numbers of 32 bits.
std::size_t checked_columns(std::size_t rows, std::size_t columns) {
  if (rows == 0 || columns == 0)
    refuse(fmt::format("{} x {} weights; there must be at least one row and one column", rows, columns));
  if (columns > 0xffff'ffffu / rows)
    refuse(fmt::format("{} x {} weights; there must be fewer than 2^32", rows, columns));
  return columns;
}

double checked_scale(double scale, double step) {
  if (!(scale >= 1e-12 && scale <= 1e12))
    refuse(fmt::format("scale is {:g}; it must be more than 0, from 1e-12 to 1e12", scale));
  if (scale * step < 1e-30)
    refuse(fmt::format("a pulse changes a weight by {:g}; it must be at least 1e-30", scale * step));
  return scale;
}

pulse_cost checked_cost(const pulse_cost& c) {
  for (const auto& [value, of] : {std::pair{c.energy_pj, "pJ"}, {c.time_ns, "ns"}})
    if (!(value >= 0 && value <= 1e12))
      refuse(fmt::format("a pulse takes {:g} {}; it must be 0 or more, up to 1e12", value, of));
  return c;
}

// The largest of them, without sign.
double largest(std::span<const float> numbers, const char* of) {
  float most = 0;
  bool finite = true;
  for (const float x : numbers) {
    const float size = std::abs(x);
    finite &= size <= std::numeric_limits<float>::max();
    most = std::max(most, size);
  }
  if (finite) return most;
  const auto bad = std::find_if(numbers.begin(), numbers.end(), [](float x) { return !std::isfinite(x); });
  refuse(fmt::format("{} {} is {:g}; it must be a finite number", of, bad - numbers.begin(), *bad));
}

}  // namespace

pulsed_weights::pulsed_weights(std::size_t rows, std::size_t columns, const pulse_response& response,
                               const pulsed_update& how, double scale, std::uint64_t seed, std::uint32_t chip,
                               const pulse_cost& cost)
    : columns_{checked_columns(rows, columns)},
      how_{how},
      scale_{checked_scale(scale, response.step)},
      step_{scale * response.step},
      key_{random_stream{seed, purpose::device, chip, 3}.bits64()},
      did_{checked_cost(cost)},
      cells_{rows * columns, response, key_, 0},
      fast_{std::holds_alternative<tiki_taka>(how) ? rows * columns : 0, response, key_, 1},
      weights_(rows * columns),
      sums_(std::holds_alternative<pulsed_sgd>(how) ? 0 : rows * columns) {
  std::visit([](const auto& o) { check(o); }, how_);
  for (std::size_t i = 0; i < fast_.size(); ++i) symmetric_.push_back(static_cast<float>(fast_.symmetric_point(i)));
  fast_.put(symmetric_);
  show();
}

void pulsed_weights::put(std::span<const float> weights) {
  if (weights.size() != weights_.size())
    refuse(fmt::format("{} weights to put for {}; there must be one for each", weights.size(), weights_.size()));
  largest(weights, "weight");
  std::vector<float> states(weights.begin(), weights.end());
  for (float& s : states) s = static_cast<float>(std::clamp(s / scale_, -1e30, 1e30));
  cells_.put(states);
  show();
}

void pulsed_weights::step(std::span<const float> gradient, double rate) {
  if (gradient.size() != weights_.size())
    refuse(
        fmt::format("a gradient of {} for {} weights; there must be one for each", gradient.size(), weights_.size()));
  if (!(rate >= 0 && rate <= 1e30)) refuse(fmt::format("the rate is {:g}; it must be 0 or more, up to 1e30", rate));
  if (const double slope = largest(gradient, "the slope of weight"); rate * slope > 1e30)
    refuse(fmt::format("a rate of {:g} times a slope of {:g}; a change must be at most 1e30", rate, slope));
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
  if (!pulsed_.empty()) pulse(cells_);
  for (const std::uint32_t i : pulsed_) weights_[i] = static_cast<float>(scale_ * cells_.apparent()[i]);
  pulsed_.clear();
  counts_.clear();
}

// Of the cells in `pulsed_`, which are in the order of rows.
void pulsed_weights::pulse(pulsed_cells& cells) {
  cells.pulse(pulsed_, counts_);
  did_.updates = cells_.pulses_up() + cells_.pulses_down();
  did_.fast = fast_.pulses_up() + fast_.pulses_down();
  for (std::size_t k = 0; k < pulsed_.size();) {
    int up = 0, down = 0;
    for (const std::size_t row = pulsed_[k] / columns_; k < pulsed_.size() && pulsed_[k] / columns_ == row; ++k) {
      up = std::max(up, int{counts_[k]});
      down = std::max(down, -int{counts_[k]});
    }
    did_.in_turn += static_cast<std::uint64_t>(up + down);
  }
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
  pulse(cells);
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
  for (std::size_t i = did_.transfers % columns_; i < weights_.size(); i += columns_) {
    sums_[i] += static_cast<float>(rate * scale_ * double{states[i] - symmetric_[i]});
    take_steps(i, 1);
  }
  ++did_.transfers;
}

pulse_cost pulse_cost_of(const hardware& hw) {
  if (hw.kind != hardware_kind::crossbar)
    throw spinule_error{fmt::format("hardware \"{}\"", hw.name),
                        "has no cells that take pulses; take that of a crossbar, as random_rram_40nm"};
  return {hw.device.write_energy.value, hw.device.write_time.value};
}

void pulsed_weights::show() {
  for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] = static_cast<float>(scale_ * cells_.apparent()[i]);
}

}  // namespace spinule

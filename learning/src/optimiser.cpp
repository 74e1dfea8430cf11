#include <spinule/learning/optimiser.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <spinule/engine/instruction_sets.hpp>
#include <spinule/engine/range.hpp>
#include <spinule/error.hpp>
#include <spinule/math.hpp>

namespace spinule::learning {

namespace {

constexpr range decay_range{.low = 0, .high = 1e30};
constexpr range epsilon_range{.low = 1e-30, .high = 1};
constexpr range largest_step_range{.low = 0, .high = 80, .above = true};
constexpr range rate_range{.low = 0, .high = 1e30};

void expect(const char* name, double value, const range& allowed) {
  if (allowed.holds(value)) return;
  throw spinule_error{"optimiser", fmt::format("{} {} must be {} {} and at most {}", name, value,
                                               allowed.above ? "above" : "at least", allowed.low, allowed.high)};
}

void expect_below_1(const char* name, double value) {
  if (!(value >= 0 && value < 1))
    throw spinule_error{"optimiser", fmt::format("{} {} must be at least 0 and below 1", name, value)};
}

void check(const sgd& o) {
  expect_below_1("momentum", o.momentum);
  expect("weight decay", o.weight_decay, decay_range);
  if (o.nesterov && o.momentum == 0) throw spinule_error{"optimiser", "nesterov needs a momentum above 0: give one"};
}

void check(const exponentiated_gradient& o) { expect("largest step", o.largest_step, largest_step_range); }

template <class Adam>
void check(const Adam& o) {
  expect_below_1("beta_1", o.beta_1);
  expect_below_1("beta_2", o.beta_2);
  expect("epsilon", o.epsilon, epsilon_range);
  expect("weight decay", o.weight_decay, decay_range);
}

/// A part of the parameters and what belongs to them.
struct part {
  float* w;
  float* first;
  float* second;
  const float* gradient;
  std::size_t n;
};

/// Of a step of Adam, AdamW and Adamax.
struct adam_constants {
  float rate = 0;                    ///< over 1 - beta_1^t
  float decay = 0;                   ///< added to the gradient, times w
  float keep = 1;                    ///< decoupled: w is multiplied by it
  float old_1, new_1, old_2, new_2;  ///< shares of the old moments and of g and g^2
  float root = 1;                    ///< 1 / sqrt(1 - beta_2^t)
  float epsilon;
};

float narrow(double x) { return static_cast<float>(x); }

/// 1 - beta^t.
double correction(double beta, std::uint64_t t) {
  constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
  return 1 - power(beta, static_cast<std::int32_t>(std::min(t, most)));
}

template <class Adam>
adam_constants constants_of(const Adam& o, double rate, std::uint64_t t) {
  return {.rate = narrow(rate / correction(o.beta_1, t)),
          .old_1 = narrow(o.beta_1),
          .new_1 = narrow(1 - o.beta_1),
          .old_2 = narrow(o.beta_2),
          .new_2 = narrow(1 - o.beta_2),
          .epsilon = narrow(o.epsilon)};
}

SPINULE_CLONES void descend(const part& p, float rate, float decay) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < p.n; ++i) p.w[i] -= rate * (p.gradient[i] + decay * p.w[i]);
}

/// Goes along `share_of_g` g + `share_of_b` b.
SPINULE_CLONES void descend_with_momentum(const part& p, float rate, float decay, float momentum, float share_of_g,
                                          float share_of_b) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < p.n; ++i) {
    const float g = p.gradient[i] + decay * p.w[i];
    p.first[i] = momentum * p.first[i] + g;
    p.w[i] -= rate * (share_of_g * g + share_of_b * p.first[i]);
  }
}

SPINULE_CLONES void step_adam(const part& p, const adam_constants& k) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < p.n; ++i) {
    const float g = p.gradient[i] + k.decay * p.w[i];
    p.first[i] = k.old_1 * p.first[i] + k.new_1 * g;
    p.second[i] = k.old_2 * p.second[i] + k.new_2 * (g * g);
    p.w[i] = k.keep * p.w[i] - k.rate * p.first[i] / (std::sqrt(p.second[i]) * k.root + k.epsilon);
  }
}

SPINULE_CLONES void step_adamax(const part& p, const adam_constants& k) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < p.n; ++i) {
    const float g = p.gradient[i] + k.decay * p.w[i];
    const float faded = k.old_2 * p.second[i], size = std::abs(g) + k.epsilon;
    p.first[i] = k.old_1 * p.first[i] + k.new_1 * g;
    p.second[i] = size > faded ? size : faded;
    p.w[i] -= k.rate * p.first[i] / p.second[i];
  }
}

/// exp(x) of x in [-80, 80] as 2^n e^f with f in [-ln 2 / 2, ln 2 / 2]; within 3e-7 of it.
[[gnu::always_inline]] inline float short_exp(float x) {
  constexpr float to_whole = 12582912.0f;  // 1.5 * 2^23: what is added to it is rounded to a whole number
  const float shifted = x * 1.44269504f + to_whole;
  const float n = shifted - to_whole;
  const float f = (x - n * 0.693145752f) - n * 1.42860677e-6f;
  const float series =
      1 + f * (1 + f * (0.5f + f * (1 / 6.0f + f * (1 / 24.0f + f * (1 / 120.0f + f * (1 / 720.0f))))));
  const std::uint32_t whole = std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(to_whole);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(series) + (whole << 23));
}

SPINULE_CLONES void step_exponentiated(const part& p, float rate, float largest) {
  SPINULE_INDEPENDENT
  for (std::size_t i = 0; i < p.n; ++i) {
    const float w = p.w[i];
    const float x = rate * (w > 0 ? -p.gradient[i] : p.gradient[i]);
    const float bounded = x > largest ? largest : (x < -largest ? -largest : x);
    p.w[i] = w * (x == x ? short_exp(bounded) : x);
  }
}

void update(const sgd& o, const part& p, double rate, std::uint64_t) {
  const float decay = narrow(o.weight_decay), momentum = narrow(o.momentum);
  if (o.momentum == 0)
    descend(p, narrow(rate), decay);
  else
    descend_with_momentum(p, narrow(rate), decay, momentum, o.nesterov ? 1.0f : 0.0f, o.nesterov ? momentum : 1.0f);
}

void update(const adam& o, const part& p, double rate, std::uint64_t t) {
  adam_constants k = constants_of(o, rate, t);
  k.decay = narrow(o.weight_decay);
  k.root = narrow(1 / std::sqrt(correction(o.beta_2, t)));
  step_adam(p, k);
}

void update(const adamw& o, const part& p, double rate, std::uint64_t t) {
  adam_constants k = constants_of(o, rate, t);
  k.keep = narrow(1 - rate * o.weight_decay);
  k.root = narrow(1 / std::sqrt(correction(o.beta_2, t)));
  step_adam(p, k);
}

void update(const adamax& o, const part& p, double rate, std::uint64_t t) {
  adam_constants k = constants_of(o, rate, t);
  k.decay = narrow(o.weight_decay);
  step_adamax(p, k);
}

void update(const exponentiated_gradient& o, const part& p, double rate, std::uint64_t) {
  step_exponentiated(p, narrow(rate), narrow(o.largest_step));
}

std::size_t moments_of(const optimiser& how) {
  struct counter {
    std::size_t operator()(const sgd& o) const { return o.momentum == 0 ? 0 : 1; }
    std::size_t operator()(const exponentiated_gradient&) const { return 0; }
    std::size_t operator()(const adam&) const { return 2; }
    std::size_t operator()(const adamw&) const { return 2; }
    std::size_t operator()(const adamax&) const { return 2; }
  };
  return std::visit(counter{}, how);
}

void expect_size(const char* name, std::size_t given, std::size_t wanted) {
  if (given != wanted) throw spinule_error{"optimiser", fmt::format("{} {}: give {}", given, name, wanted)};
}

}  // namespace

optimiser_state::optimiser_state(const optimiser& how, std::size_t parameters) : how_{how}, size_{parameters} {
  std::visit([](const auto& o) { check(o); }, how_);
  const std::size_t moments = moments_of(how_);
  if (moments >= 1) first_.resize(size_);
  if (moments >= 2) second_.resize(size_);
}

void optimiser_state::step(std::span<float> parameters, std::span<const float> gradient, double rate) {
  expect_size("parameters", parameters.size(), size_);
  expect_size("derivatives", gradient.size(), size_);
  begin_step(rate);
  step_range(0, parameters, gradient);
}

void optimiser_state::begin_step(double rate) {
  expect("learning rate", rate, rate_range);
  rate_ = rate;
  ++steps_;
}

void optimiser_state::step_range(std::size_t first, std::span<float> parameters, std::span<const float> gradient) {
  if (rate_ < 0) throw spinule_error{"optimiser", "no step has begun: call begin_step before step_range"};
  expect_size("derivatives", gradient.size(), parameters.size());
  if (first > size_ || parameters.size() > size_ - first)
    throw spinule_error{"optimiser", fmt::format("{} parameters from number {} on: there are {} in all",
                                                 parameters.size(), first, size_)};
  const part p{parameters.data(), first_.empty() ? nullptr : first_.data() + first,
               second_.empty() ? nullptr : second_.data() + first, gradient.data(), parameters.size()};
  std::visit([&](const auto& o) { update(o, p, rate_, steps_); }, how_);
}

void optimiser_state::restore(std::uint64_t steps, std::span<const float> first_moment,
                              std::span<const float> second_moment) {
  expect_size("first moments", first_moment.size(), first_.size());
  expect_size("second moments", second_moment.size(), second_.size());
  const auto finite = [](float x) { return std::isfinite(x); };
  if (!std::ranges::all_of(first_moment, finite))
    throw spinule_error{"optimiser", "a first moment is not finite: restore what an optimiser gave"};
  if (!std::ranges::all_of(second_moment, [&](float x) { return finite(x) && x >= 0; }))
    throw spinule_error{"optimiser", "a second moment is below 0 or not finite: restore what an optimiser gave"};
  steps_ = steps;
  rate_ = -1;
  std::ranges::copy(first_moment, first_.begin());
  std::ranges::copy(second_moment, second_.begin());
}

}  // namespace spinule::learning

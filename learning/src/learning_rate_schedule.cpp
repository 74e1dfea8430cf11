#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/learning/optimiser.hpp>
#include <spinule/math.hpp>

namespace spinule::learning {

namespace {

void expect(bool right, const char* name, double value, const char* wanted) {
  if (!right) throw spinule_error{"learning rate schedule", fmt::format("{} {} must be {}", name, value, wanted)};
}

void expect_rate(double rate) { expect(rate >= 0 && std::isfinite(rate), "rate", rate, "0 or more, and finite"); }

double whole_power(double x, std::uint64_t n) {
  constexpr std::uint64_t most = std::numeric_limits<std::int32_t>::max();
  return power(x, static_cast<std::int32_t>(std::min(n, most)));
}

/// (1 + cos(pi x)) / 2 of x in [0, 1], from the series of the sine: falls from 1 to 0.
double half_cosine(double x) {
  constexpr double half_pi = 1.57079632679489661923;
  const double y = half_pi * (1 - x);
  double series = 1;
  for (int k = 22; k >= 2; k -= 2) series = 1 - series * y * y / (k * (k + 1));
  return y * series * (y * series);
}

/// From `from` at x = 0 to `to` at x = 1 along half a cosine.
double between(double from, double to, double x) {
  const double share = half_cosine(std::clamp(x, 0.0, 1.0));
  return from * share + to * (1 - share);
}

double rate_of(const constant_rate& s, std::uint64_t, std::uint64_t) { return s.rate; }

double rate_of(const step_decay& s, std::uint64_t step, std::uint64_t) {
  expect(s.factor > 0 && s.factor <= 1, "factor", s.factor, "above 0 and at most 1");
  expect(s.every > 0, "every", 0, "at least 1 step");
  return s.rate * whole_power(s.factor, step / s.every);
}

double rate_of(const cosine_decay& s, std::uint64_t step, std::uint64_t steps_in_all) {
  expect(s.lowest >= 0 && s.lowest <= s.rate, "lowest rate", s.lowest, "at least 0 and at most the rate");
  expect(s.warm_up <= steps_in_all, "warm-up", static_cast<double>(s.warm_up), "at most the number of steps");
  if (step < s.warm_up) return s.rate * (static_cast<double>(step + 1) / static_cast<double>(s.warm_up));
  return between(s.rate, s.lowest,
                 static_cast<double>(step - s.warm_up) / static_cast<double>(steps_in_all - s.warm_up));
}

double rate_of(const one_cycle& s, std::uint64_t step, std::uint64_t steps_in_all) {
  expect(s.start_divisor >= 1 && std::isfinite(s.start_divisor), "start divisor", s.start_divisor, "1 or more");
  expect(s.end_divisor >= 1 && std::isfinite(s.end_divisor), "end divisor", s.end_divisor, "1 or more");
  expect(s.rising > 0 && s.rising < 1, "rising share", s.rising, "above 0 and below 1");
  const double start = s.rate / s.start_divisor, last = static_cast<double>(steps_in_all) - 1;
  const double top = std::max(0.0, s.rising * static_cast<double>(steps_in_all) - 1), at = static_cast<double>(step);
  if (at < top) return between(start, s.rate, at / top);
  return last > top ? between(s.rate, start / s.end_divisor, (at - top) / (last - top)) : s.rate;
}

double rate_of(const exponential_ease_in& s, std::uint64_t step, std::uint64_t) {
  expect(s.start > 0 && s.start <= s.rate, "start", s.start, "above 0 and at most the rate");
  expect(s.factor > 1 && std::isfinite(s.factor), "factor", s.factor, "above 1, and finite");
  return std::min(s.rate, s.start * whole_power(s.factor, step));
}

}  // namespace

double rate_at(const learning_rate_schedule& schedule, std::uint64_t step, std::uint64_t steps_in_all) {
  if (step >= steps_in_all)
    throw spinule_error{"learning rate schedule",
                        fmt::format("step {} must be below {}, the number of steps", step, steps_in_all)};
  return std::visit(
      [&](const auto& s) {
        expect_rate(s.rate);
        return rate_of(s, step, steps_in_all);
      },
      schedule);
}

}  // namespace spinule::learning

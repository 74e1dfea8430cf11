// Times on the grid of ticks, against whole numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/random.hpp>
#include <spinule/time.hpp>

#include "statistics.hpp"

namespace spinule::time_test {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// A tick of so many units of which there are `per_ms` in a millisecond, as a user would write it.
struct fraction {
  std::int64_t units, per_ms;
  milliseconds tick() const { return milliseconds{static_cast<double>(units) / static_cast<double>(per_ms)}; }
  /// k ticks, rounded once.
  milliseconds times(std::int64_t k) const {
    return milliseconds{static_cast<double>(static_cast<long double>(units) * static_cast<long double>(k) /
                                            static_cast<long double>(per_ms))};
  }
};

const std::vector<fraction> usual_ticks{
    {1, 1000},   {2, 1000}, {7, 1000}, {1, 100}, {125, 10000}, {2, 100},  {25, 1000},  {3, 100}, {7, 100},   {1, 10},
    {125, 1000}, {15, 100}, {2, 10},   {3, 10},  {1, 2},       {7, 10},   {9, 10},     {1, 1},   {11, 10},   {5, 2},
    {10, 1},     {100, 1},  {1000, 1}, {1, 3},   {2, 7},       {1, 1024}, {999, 1000}, {1, 12},  {123, 1000}};

/// Whether neighbours on the grid are different doubles, and more than roundings apart.
bool told_apart(milliseconds time, milliseconds tick) {
  return std::nextafter(time.value(), 1e300) - time.value() < tick.value() / 4;
}

/// Calls use(k) for all k up to 3000 and many up to 2^53.
template <class Use>
void each_count(Use use) {
  for (std::int64_t k = 0; k < 3000; ++k) use(k);
  random_stream random{1, purpose::user, 0};
  for (int bits = 12; bits <= 53; ++bits)
    for (int i = 0; i < 200; ++i) use(static_cast<std::int64_t>(random.below(std::uint64_t{1} << bits)));
}

TEST(tick_grid, every_multiple_of_every_tick_is_that_multiple) {
  for (const fraction& f : usual_ticks) {
    const tick_grid grid{f.tick()};
    each_count([&](std::int64_t k) {
      for (const milliseconds t : {f.times(k), static_cast<double>(k) * f.tick()}) {
        if (!told_apart(t, f.tick())) continue;
        ASSERT_EQ(grid.count(t), static_cast<double>(k)) << f.tick().value();
        ASSERT_EQ(grid.containing(t), k) << f.tick().value();
        ASSERT_EQ(grid.first_from(t), k) << f.tick().value();
      }
    });
  }
}

TEST(tick_grid, sums_of_ticks_are_multiples) {
  for (const fraction& f : usual_ticks) {
    const tick_grid grid{f.tick()};
    milliseconds t{0};
    for (std::int64_t k = 0; k < 10000; ++k, t = t + f.tick()) ASSERT_EQ(grid.containing(t), k) << f.tick().value();
  }
}

TEST(tick_grid, a_moment_lies_in_the_tick_that_contains_it) {
  for (const fraction& f : usual_ticks) {
    const tick_grid grid{f.tick()};
    for (std::int64_t k = 0; k < 2000; ++k)
      for (const double part : {0.001, 0.3, 0.5, 0.999}) {
        const milliseconds t = (static_cast<double>(k) + part) * f.tick();
        ASSERT_EQ(grid.containing(t), k) << f.tick().value();
        ASSERT_EQ(grid.first_from(t), k + 1) << f.tick().value();
      }
  }
}

TEST(tick_grid, finds_the_fraction_that_a_tick_rounds) {
  for (const fraction& f : usual_ticks) {
    const tick_grid grid{f.tick()};
    const std::int64_t common = std::gcd(f.units * 1000, f.per_ms);
    EXPECT_EQ(grid.numerator(), f.units * 1000 / common) << f.tick().value();
    EXPECT_EQ(grid.denominator(), f.per_ms / common) << f.tick().value();
  }
  const tick_grid sum{0.1_ms + 0.2_ms};
  EXPECT_EQ(sum.numerator(), 300);
}

/// Ticks that no short fraction describes are as good as doubles are.
TEST(tick_grid, takes_any_double_for_a_tick) {
  random_stream random{2, purpose::user, 0};
  for (int i = 0; i < 2000; ++i) {
    const milliseconds tick{std::pow(10, 6 * random.uniform() - 3)};
    const tick_grid grid{tick};
    ASSERT_GT(grid.denominator(), 0);
    ASSERT_LT(static_cast<double>(grid.numerator()) * static_cast<double>(grid.denominator()), 0x1p56);
    for (const double k : {1.0, 7.0, 1000.0, 99999.0}) ASSERT_EQ(grid.count(k * tick), k) << tick.value();
  }
}

TEST(tick_grid, windows_may_be_open) {
  const tick_grid grid{0.1_ms};
  EXPECT_EQ(grid.first_from(milliseconds{1e300}), moment{1} << 62);
  EXPECT_EQ(grid.first_from(milliseconds{std::numeric_limits<double>::infinity()}), moment{1} << 62);
  EXPECT_EQ(grid.first_from(milliseconds{-std::numeric_limits<double>::infinity()}), -(moment{1} << 62));
  EXPECT_EQ(grid.first_from(-0.25_ms), -2);
}

std::string refusal(milliseconds span, milliseconds tick) {
  return error_of([&] { whole_ticks(span, tick, "delay"); });
}

TEST(whole_ticks, are_exact_for_every_multiple_of_every_tick) {
  for (const fraction& f : usual_ticks)
    each_count([&](std::int64_t k) {
      if (k > 0x7fffffff) return;
      ASSERT_EQ(whole_ticks(f.times(k), f.tick(), ""), k) << f.tick().value();
      ASSERT_EQ(whole_ticks(static_cast<double>(k) * f.tick(), f.tick(), ""), k) << f.tick().value();
    });
}

TEST(whole_ticks, of_what_is_none_are_refused_and_the_multiples_beside_it_named) {
  EXPECT_THAT(refusal(1.5_ms, 1_ms),
              HasSubstr("delay: 1.5 ms is not a whole number of ticks of 1 ms; give 1 ms or 2 ms"));
  EXPECT_THAT(refusal(0.05_ms, 0.1_ms),
              HasSubstr("0.05 ms is not a whole number of ticks of 0.1 ms; give 0 ms or 0.1"));
  EXPECT_THAT(refusal(0.06_ms, 0.1_ms), HasSubstr("give 0 ms or 0.1 ms"));
  EXPECT_THAT(refusal(0.25_ms, 0.1_ms), HasSubstr("give 0.2 ms or 0.3 ms"));
  for (const fraction& f : usual_ticks)
    for (int k = 0; k < 100; ++k)
      for (const double part : {2e-6, 1e-3, 0.25, 0.5, 0.75, 1 - 2e-6}) {
        const milliseconds span = (k + part) * f.tick();
        ASSERT_THAT(refusal(span, f.tick()), HasSubstr("is not a whole number of ticks")) << span.value();
      }
}

TEST(whole_ticks, bear_a_millionth_of_a_tick) {
  EXPECT_EQ(whole_ticks(milliseconds{1 + 0.9e-6}, 1_ms, ""), 1);
  EXPECT_EQ(whole_ticks(milliseconds{1 - 0.9e-6}, 1_ms, ""), 1);
  EXPECT_EQ(whole_ticks(milliseconds{0.9e-6}, 1_ms, ""), 0);
}

TEST(whole_ticks, of_what_is_no_span_are_refused) {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  for (const double wrong : {-1.0, -1e-3, infinity, -infinity, nan})
    EXPECT_THAT(refusal(milliseconds{wrong}, 1_ms), StartsWith("delay: ")) << wrong;
  EXPECT_THAT(refusal(-1_ms, 1_ms),
              HasSubstr("-1 ms is negative, which no delay or other span of time can be; give 0 or more"));
}

TEST(whole_ticks, beyond_what_they_can_count_are_refused) {
  EXPECT_EQ(whole_ticks(milliseconds{2147483647.0}, 1_ms, ""), 2147483647);
  EXPECT_THAT(refusal(milliseconds{2147483648.0}, 1_ms), HasSubstr("2^31"));
}

}  // namespace spinule::time_test

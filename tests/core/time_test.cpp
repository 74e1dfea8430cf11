#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include <spinule/time.hpp>

#include "statistics.hpp"

namespace spinule {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(milliseconds span, milliseconds tick) {
  return error_of([&] { whole_ticks(span, tick, "delay"); });
}

TEST(time, a_span_is_rounded_to_the_nearest_tick) {
  EXPECT_EQ(whole_ticks(0_ms, 1_ms, ""), 0);
  EXPECT_EQ(whole_ticks(1.4_ms, 1_ms, ""), 1);
  EXPECT_EQ(whole_ticks(1.6_ms, 1_ms, ""), 2);
  EXPECT_EQ(whole_ticks(0.5_ms, 1_ms, ""), 1);
  EXPECT_EQ(whole_ticks(30_ms, 0.1_ms, ""), 300);
  EXPECT_EQ(whole_ticks(0.3_ms, 0.1_ms, ""), 3) << "0.3 / 0.1 lies below 3 in binary";
}

TEST(time, every_whole_number_of_microseconds_survives) {
  for (int us = 0; us < 100000; us += 7) ASSERT_EQ(whole_ticks(milliseconds{us * 1e-3}, 1_us, ""), us);
}

TEST(time, refuses_what_is_no_span) {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  for (const double wrong : {-1.0, -1e-9, infinity, -infinity, nan})
    EXPECT_THAT(refusal(milliseconds{wrong}, 1_ms), StartsWith("delay: ")) << wrong;
  EXPECT_THAT(refusal(-1_ms, 1_ms),
              HasSubstr("-1 ms is negative, which no delay or other span of time can be; give 0 or more"));
}

TEST(time, refuses_a_span_shorter_than_a_tick_and_says_what_would_do) {
  EXPECT_THAT(refusal(0.05_ms, 0.2_ms),
              HasSubstr("0.05 ms is shorter than one tick (0.2 ms): use a shorter tick, or 0"));
}

TEST(time, refuses_more_ticks_than_it_can_count) {
  EXPECT_EQ(whole_ticks(milliseconds{2147483647.0}, 1_ms, ""), 2147483647);
  EXPECT_THAT(refusal(milliseconds{2147483648.0}, 1_ms), HasSubstr("2^31"));
}

}  // namespace
}  // namespace spinule

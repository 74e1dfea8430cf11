// Recordings changed at random: laws, counts and ends.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/learning/augmentation.hpp>

namespace spinule::learning::augmentation_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::uint32_t channels = 50;

random_stream stream(std::uint64_t entity) { return {3, purpose::user, entity}; }

/// Events anywhere in 100 ms and 50 channels.
recording uniform_recording(std::size_t events, std::uint64_t seed) {
  random_stream draw = stream(seed + 1000);
  recording result{{}, 100_ms};
  for (std::size_t i = 0; i < events; ++i)
    result.events.push_back({static_cast<std::int64_t>(draw.below(std::uint64_t{100'000})),
                             static_cast<std::uint32_t>(draw.below(std::uint64_t{channels}))});
  std::ranges::sort(result.events, {}, [](const event& e) { return std::pair{e.time_us, e.channel}; });
  return result;
}

void expect_valid(const recording& given) {
  EXPECT_EQ(given.length, 100_ms);
  EXPECT_TRUE(std::ranges::is_sorted(given.events, {}, [](const event& e) { return std::pair{e.time_us, e.channel}; }));
  for (const event& e : given.events) {
    EXPECT_TRUE(e.time_us >= 0 && e.time_us < 100'000) << e.time_us;
    EXPECT_LT(e.channel, channels);
  }
}

TEST(shift_channels, moves_all_events_alike_and_uniformly) {
  const recording given{{{10, 25}, {20, 24}}, 100_ms};
  random_stream draw = stream(1);
  std::map<int, int> counts;
  constexpr int trials = 7000, shifts = 7;
  for (int i = 0; i < trials; ++i) {
    const recording result = shift_channels(given, channels, 3, draw);
    ASSERT_EQ(result.events.size(), 2);
    const int shift = static_cast<int>(result.events[0].channel) - 25;
    EXPECT_EQ(static_cast<int>(result.events[1].channel) - 24, shift);
    EXPECT_EQ(result.events[0].time_us, 10);
    ++counts[shift];
  }
  ASSERT_EQ(counts.size(), shifts);
  EXPECT_EQ(counts.begin()->first, -3);
  const double deviation = std::sqrt(trials * (1.0 / shifts) * (1 - 1.0 / shifts));
  for (const auto& [shift, n] : counts) EXPECT_NEAR(n, trials / shifts, 5 * deviation) << shift;
}

TEST(shift_channels, drops_what_leaves) {
  random_stream draw = stream(2);
  const recording given = uniform_recording(500, 1);
  for (int i = 0; i < 50; ++i) expect_valid(shift_channels(given, channels, 80, draw));
  EXPECT_EQ(shift_channels(given, channels, 0, draw).events, given.events);
  EXPECT_THAT([&] { shift_channels(given, 10, 1, draw); }, ThrowsMessage<spinule_error>(HasSubstr("below 10")));
  EXPECT_EQ(shift_channels({}, channels, 4, draw).events.size(), 0);
}

TEST(blend, keeps_half_of_both) {
  random_stream draw = stream(3);
  const recording a = uniform_recording(1000, 2), b = uniform_recording(3000, 3);
  // Centred already, but for what is lost at the ends; blended with itself nothing moves at all.
  const recording twice = blend(b, b, channels, draw);
  expect_valid(twice);
  EXPECT_NEAR(static_cast<double>(twice.events.size()), 3000, 5 * std::sqrt(6000 * 0.25));
  for (const event& e : twice.events) EXPECT_TRUE(std::ranges::find(b.events, e) != b.events.end());
  const recording both = blend(a, b, channels, draw);
  expect_valid(both);
  EXPECT_NEAR(static_cast<double>(both.events.size()), 2000, 5 * std::sqrt(4000 * 0.25) + 100);
}

TEST(blend, meets_half_way) {
  // Mean times 1000 and 4003, mean channels 10 and 17: a moves by 1501 us and 3 channels, b back by as much.
  const recording a{{{1000, 10}}, 5_ms}, b{{{4003, 17}}, 5_ms};
  random_stream draw = stream(4);
  int of_a = 0, of_b = 0;
  constexpr int trials = 1000;
  for (int i = 0; i < trials; ++i)
    for (const event& e : blend(a, b, channels, draw).events) {
      const bool from_a = e == event{2501, 13};
      EXPECT_TRUE(from_a || (e == event{2502, 14})) << e.time_us << ' ' << e.channel;
      ++(from_a ? of_a : of_b);
    }
  EXPECT_NEAR(of_a, trials / 2, 5 * std::sqrt(trials * 0.25));
  EXPECT_NEAR(of_b, trials / 2, 5 * std::sqrt(trials * 0.25));
}

TEST(blend, drops_what_leaves) {
  random_stream draw = stream(5);
  // The mean of a is late: its early event is moved before the start, the late one of b beyond the end.
  const recording a{{{0, 0}, {80'000, 0}, {80'000, 1}}, 100_ms}, b{{{1, 49}, {2, 49}, {99'000, 49}}, 60_ms};
  for (int i = 0; i < 100; ++i) expect_valid(blend(a, b, channels, draw));
  EXPECT_EQ(blend({}, {}, channels, draw).events.size(), 0);
  EXPECT_THAT([&] { blend(a, b, 49, draw); }, ThrowsMessage<spinule_error>(HasSubstr("below 49")));
}

TEST(jitter, has_the_deviation_asked_for) {
  recording given{{}, 100_ms};
  given.events.assign(20'000, {50'000, 7});
  random_stream draw = stream(6);
  const recording result = jitter(given, 2_ms, draw);
  expect_valid(result);
  ASSERT_EQ(result.events.size(), given.events.size());
  double mean = 0, square = 0;
  for (const event& e : result.events) mean += static_cast<double>(e.time_us - 50'000) / 20'000;
  for (const event& e : result.events) square += std::pow(static_cast<double>(e.time_us - 50'000), 2) / 20'000;
  EXPECT_NEAR(mean, 0, 5 * 2000 / std::sqrt(20'000.0));
  EXPECT_NEAR(std::sqrt(square), 2000, 5 * 2000 / std::sqrt(40'000.0));
}

TEST(jitter, stays_within_the_recording) {
  const recording given = uniform_recording(1000, 4);
  random_stream draw = stream(7);
  const recording result = jitter(given, 50_ms, draw);
  expect_valid(result);
  EXPECT_EQ(result.events.size(), given.events.size());
  EXPECT_EQ(jitter(given, 0_ms, draw).events, given.events);
  EXPECT_THAT(jitter({{{0, 1}, {0, 2}}, 0_ms}, 1_ms, draw).events, ElementsAre(event{0, 1}, event{0, 2}));
  for (const milliseconds bad : {-1_ms, milliseconds{std::numeric_limits<double>::infinity()}})
    EXPECT_THAT([&] { jitter(given, bad, draw); }, ThrowsMessage<spinule_error>(HasSubstr("deviation")));
}

TEST(drop_events, drops_a_binomial_number) {
  const recording given = uniform_recording(10'000, 5);
  random_stream draw = stream(8);
  const recording result = drop_events(given, 0.3, draw);
  expect_valid(result);
  EXPECT_NEAR(static_cast<double>(result.events.size()), 7000, 5 * std::sqrt(10'000 * 0.21));
  EXPECT_EQ(drop_events(given, 0, draw).events, given.events);
  EXPECT_EQ(drop_events(given, 1, draw).events.size(), 0);
  for (const double bad : {-0.1, 1.1, std::nan("")})
    EXPECT_THAT([&] { drop_events(given, bad, draw); }, ThrowsMessage<spinule_error>(HasSubstr("probability")));
}

constexpr std::uint32_t pixels_wide = 9, pixels_high = 7, two_pictures = 2 * pixels_wide * pixels_high;

TEST(move_picture, shifts_both_polarities_alike_by_up_to_the_bound) {
  const std::uint32_t middle = 3 * pixels_wide + 4, other = pixels_wide * pixels_high + middle + 1;
  const recording given{{{10, middle}, {20, other}}, 100_ms};
  random_stream draw = stream(5);
  std::map<int, int> right, down;
  constexpr int trials = 6000;
  for (int i = 0; i < trials; ++i) {
    const recording moved = move_picture(given, two_pictures, pixels_wide, pixels_high, {.shift = 1.5}, draw);
    ASSERT_EQ(moved.events.size(), 2);
    EXPECT_EQ(moved.events[1].channel - moved.events[0].channel, other - middle);
    EXPECT_EQ(moved.events[0].time_us, 10);
    ++right[static_cast<int>(moved.events[0].channel % pixels_wide) - 4];
    ++down[static_cast<int>(moved.events[0].channel / pixels_wide) - 3];
  }
  for (const auto& counts : {right, down}) {
    ASSERT_EQ(counts.size(), 3);  // -1, 0, 1: from (-1.5, -0.5), (-0.5, 0.5), (0.5, 1.5)
    for (const auto& [shift, n] : counts) EXPECT_NEAR(n, trials / 3, 5 * std::sqrt(trials * 2 / 9.0)) << shift;
  }
}

TEST(move_picture, turns_and_zooms_about_the_centre) {
  constexpr std::uint32_t side = 101, centre = 50 * side + 50;
  const recording given{{{0, centre}, {1, centre + 40}}, 10_ms};
  random_stream draw = stream(6);
  double widest = 0, longest = 0, shortest = 1000;
  for (int i = 0; i < 2000; ++i) {
    const recording moved = move_picture(given, side * side, side, side, {.turn = 30, .zoom = 0.2}, draw);
    ASSERT_EQ(moved.events.size(), 2);
    EXPECT_EQ(moved.events[0].channel, centre);
    const double x = moved.events[1].channel % side - 50.0,
                 y = static_cast<double>(moved.events[1].channel / side) - 50;
    widest = std::fmax(widest, std::fabs(std::atan2(y, x)) * 180 / 3.14159265358979);
    longest = std::fmax(longest, std::hypot(x, y));
    shortest = std::fmin(shortest, std::hypot(x, y));
  }
  EXPECT_NEAR(widest, 30, 1.2);  // a pixel is 1.4 degrees wide there
  EXPECT_NEAR(longest, 48, 1);
  EXPECT_NEAR(shortest, 32, 1);
}

TEST(move_picture, changes_nothing_without_moves_and_drops_what_leaves) {
  const recording given{{{0, 0}, {5, two_pictures - 1}, {5, two_pictures - 1}}, 10_ms};
  random_stream draw = stream(7);
  EXPECT_EQ(move_picture(given, two_pictures, pixels_wide, pixels_high, {}, draw).events, given.events);
  std::size_t kept = 0;
  for (int i = 0; i < 200; ++i)
    kept += move_picture(given, two_pictures, pixels_wide, pixels_high, {.shift = 30}, draw).events.size();
  EXPECT_LT(kept, 60);
}

TEST(move_picture, refuses_what_is_no_picture) {
  random_stream draw = stream(8);
  const auto moved = [&](std::uint32_t all, std::uint32_t width, picture_moves most) {
    return [=, &draw] { move_picture({{{0, 1}}, 1_ms}, all, width, 7, most, draw); };
  };
  EXPECT_THAT(moved(50, 0, {}), ThrowsMessage<spinule_error>(HasSubstr("50 channels are no whole number of pictures")));
  EXPECT_THAT(moved(50, 9, {}), ThrowsMessage<spinule_error>(HasSubstr("9 x 7 pixels")));
  EXPECT_THAT(moved(63, 9, {.shift = -1}), ThrowsMessage<spinule_error>(HasSubstr("shift = -1; give 0 or more")));
  EXPECT_THAT(moved(63, 9, {.turn = 46}), ThrowsMessage<spinule_error>(HasSubstr("turn = 46; give 0 to 45 degrees")));
  EXPECT_THAT(moved(63, 9, {.zoom = 1}), ThrowsMessage<spinule_error>(HasSubstr("zoom = 1; give a share")));
}

}  // namespace spinule::learning::augmentation_test

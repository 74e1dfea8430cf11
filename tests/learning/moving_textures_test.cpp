// Movies of moving textures, and a motif layer that tells their motions.
#include <spinule/learning/moving_textures.hpp>

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/error.hpp>

#include "core/statistics.hpp"

namespace spinule::learning::moving_textures_test {

using testing::HasSubstr;

/// Left, up, right and down at one pixel per frame.
const moving_textures four{
    .directions = 4, .speeds = {1}, .steady = 20, .frames = 60, .width = 7, .places = 8, .threshold = 0.5};

TEST(moving_textures, have_one_motion_in_every_frame_and_are_drawn_again) {
  const auto movie = four.movie(3);
  ASSERT_EQ(movie.size(), 8u);
  for (const auto& s : movie) {
    EXPECT_EQ(s.events.addresses(), 98u);
    EXPECT_EQ(s.events.bins(), 60u);
    EXPECT_EQ(s.motifs, movie[0].motifs);
    ASSERT_EQ(s.motifs.events().size(), 60u);
    for (std::uint32_t t = 0; t < 60; ++t) EXPECT_EQ(s.motifs.events()[t].bin, t);
  }
  EXPECT_EQ(movie[0].events, four.movie(3)[0].events);
  EXPECT_NE(movie[0].events, movie[1].events);
  EXPECT_NE(movie[0].events, four.movie(4)[0].events);
}

TEST(moving_textures, have_as_many_on_as_off_events_and_all_motions_equally_often) {
  double on = 0, off = 0;
  std::vector<double> frames(4);
  for (std::uint64_t i = 0; i < 40; ++i) {
    const auto movie = four.movie(i);
    for (const auto& s : movie)
      for (const auto& e : s.events.events()) (e.address < 49 ? on : off) += 1;
    for (const auto& e : movie[0].motifs.events()) ++frames[e.address];
  }
  EXPECT_NEAR(on / off, 1, 0.02);
  // some 120 motions of about 20 frames, 30 of each kind
  for (const double n : frames) EXPECT_NEAR(n / 600, 1, 0.6);
}

/// What the window sees of a motion to the right comes one pixel further one frame later.
TEST(moving_textures, move_as_they_say) {
  moving_textures right = four;
  right.directions = 1;
  double same = 0, all = 0, back = 0;
  for (std::uint64_t i = 0; i < 20; ++i)
    for (const auto& s : right.movie(i)) {
      const auto events = s.events.events();
      const auto has = [&](std::uint32_t bin, index_t a) {
        return std::binary_search(events.begin(), events.end(), raster_event{bin, a});
      };
      for (const auto& e : events) {
        const index_t x = e.address % 7;
        if (e.bin < 10 || e.bin == 59 || x == 0 || x == 6) continue;
        all += 1, same += has(e.bin + 1, e.address + 1), back += has(e.bin + 1, e.address - 1);
      }
    }
  EXPECT_GT(same, 1.5 * back);
  EXPECT_GT(all, 1000);
}

TEST(moving_textures, exchange_on_and_off_in_their_mirror) {
  const auto mirror = four.mirror();
  ASSERT_EQ(mirror.size(), 98u);
  for (index_t a = 0; a < 98; ++a) EXPECT_EQ(mirror[a], a < 49 ? a + 49 : a - 49);
}

/// Part of the frames in which the motion is told, by the mean of the probabilities over places.
double told(const motif_layer& layer, std::uint64_t first, std::uint64_t movies) {
  const motif_layer both = layer.mirrored(four.mirror());
  double right = 0, asked = 0;
  for (std::uint64_t i = first; i < first + movies; ++i) {
    const auto seen = four.movie(i);
    std::vector<double> p(60 * 4);
    for (const auto& s : seen) {
      const auto evidence = both.evidence(s.events);
      for (std::size_t k = 0; k < p.size(); ++k)
        p[k] += 1 / (1 + std::exp(-std::max(evidence[k / 4 * 8 + k % 4], evidence[k / 4 * 8 + k % 4 + 4])));
    }
    for (std::size_t t = 10; t < 60; ++t) {
      const auto at = p.begin() + static_cast<std::ptrdiff_t>(4 * t);
      asked += 1, right += std::max_element(at, at + 4) - at == seen[0].motifs.events()[t].address;
    }
  }
  return right / asked;
}

/// Chance is 1/4. A response linear in the events can learn nothing: what ON says, OFF takes back.
TEST(motion, is_told_by_a_layer_that_also_hears_on_and_off_exchanged_and_by_few_of_its_weights) {
  std::vector<motif_sample> samples;
  for (std::uint64_t i = 0; i < 80; ++i)
    for (auto& s : four.movie(i)) samples.push_back(std::move(s));
  motif_training options{.epochs = 4, .batch = 8, .learning_rate = 0.01};
  EXPECT_LT(told(train_motifs(samples, 10, options), 200, 20), 0.4);
  options.mirror = four.mirror();
  const motif_layer whole = train_motifs(samples, 10, options);
  EXPECT_GT(told(whole, 200, 20), 0.8);
  options.epochs = 2;
  const motif_layer few = train_motifs(samples, whole.pruned(whole.shape().weights() / 10), options);
  EXPECT_LE(few.synapses(), whole.shape().weights() / 10);
  EXPECT_GT(told(few, 200, 20), 0.8);
}

TEST(moving_textures, refuse_what_cannot_be) {
  const auto with = [](const auto& change) {
    moving_textures m = four;
    change(m);
    return error_of([&] { m.movie(0); });
  };
  EXPECT_THAT(with([](auto& m) { m.speeds = {}; }), HasSubstr("0 speeds"));
  EXPECT_THAT(with([](auto& m) { m.speeds = {1, -1}; }), HasSubstr("a speed of -1"));
  EXPECT_THAT(with([](auto& m) { m.speeds = {std::nan("")}; }), HasSubstr("a speed of nan"));
  EXPECT_THAT(with([](auto& m) { m.directions = 0; }), HasSubstr("0 directions"));
  EXPECT_THAT(with([](auto& m) { m.width = 129; }), HasSubstr("windows of 129 pixels"));
  EXPECT_THAT(with([](auto& m) { m.steady = 0; }), HasSubstr("motions of 0 frames"));
  EXPECT_THAT(with([](auto& m) { m.threshold = 0; }), HasSubstr("threshold 0 must be positive"));
}

}  // namespace spinule::learning::moving_textures_test

// Threads that meet: all work is done once, by as many threads as asked for.
#include "../../backends/src/team.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <stdexcept>

namespace spinule::team_test {

TEST(team, does_every_piece_once_however_many_take_part) {
  for (const int size : {1, 2, 5}) {
    team all{size};
    for (int round = 0; round < 3000; ++round) {
      const int part = 1 + round * 7 % size;
      std::vector<std::atomic<int>> done(static_cast<std::size_t>(round % 9));
      all.run(
          done.size(), [&](std::size_t i) { ++done[i]; }, part);
      for (const auto& n : done) ASSERT_EQ(n, 1) << round;
    }
  }
}

TEST(team, leaves_the_others_out) {
  team all{4};
  for (const int part : {1, 2, 3, 4, 1, 4}) {
    std::mutex guard;
    std::set<std::thread::id> seen;
    const auto note = [&](std::size_t) {
      const std::lock_guard lock{guard};
      seen.insert(std::this_thread::get_id());
    };
    all.run(64, note, part);
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(part));
  }
}

/// Threads that were left out fall asleep and wake for a later round.
TEST(team, wakes_who_was_left_out) {
  team all{3};
  for (int i = 0; i < 3; ++i) {
    for (int k = 0; k < 100; ++k)
      all.run(
          3, [](std::size_t) {}, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    std::atomic<int> done{0};
    all.run(
        30, [&](std::size_t) { ++done; }, 3);
    EXPECT_EQ(done, 30);
  }
}

TEST(team, passes_on_what_is_thrown_and_goes_on) {
  team all{2};
  for (int i = 0; i < 50; ++i) {
    EXPECT_THROW(all.run(
                     2,
                     [](std::size_t k) {
                       if (k == 1) throw std::runtime_error{"no"};
                     },
                     2),
                 std::runtime_error);
    std::atomic<int> done{0};
    all.run(
        2, [&](std::size_t) { ++done; }, 2);
    EXPECT_EQ(done, 2);
  }
}

}  // namespace spinule::team_test

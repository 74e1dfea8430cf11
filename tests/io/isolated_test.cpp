// How long a reader in a process of its own may say nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <thread>

#include "io/message.hpp"
#include "isolated.hpp"

namespace spinule::isolated_test {

using namespace std::chrono_literals;

std::byte first_byte_of(isolation how, const std::function<void(int)>& work) {
  isolated_process child{std::move(how), work};
  std::array<std::byte, 1> one{};
  child.read(one);
  return one[0];
}

/// On a busy machine a reader waits for its turn.
TEST(isolated_process, may_wait_longer_than_it_may_work) {
  const auto late = first_byte_of({.where = "x", .patience = 250ms}, [](int pipe) {
    std::this_thread::sleep_for(400ms);
    send_all(pipe, std::array{std::byte{7}});
  });
  EXPECT_EQ(late, std::byte{7});
}

TEST(isolated_process, is_ended_when_it_works_in_vain) {
  const auto said = message_of([] {
    first_byte_of({.where = "x", .patience = 50ms}, [](int) {
      while (std::chrono::steady_clock::now().time_since_epoch().count() > 0) {
      }
    });
  });
  EXPECT_THAT(said, testing::HasSubstr("x: is damaged: its reader made no progress for"));
}

TEST(isolated_process, is_ended_when_it_does_nothing_for_too_long) {
  const auto begin = std::chrono::steady_clock::now();
  const auto said = message_of(
      [] { first_byte_of({.where = "x", .patience = 20ms}, [](int) { std::this_thread::sleep_for(60s); }); });
  EXPECT_THAT(said, testing::HasSubstr("made no progress"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 240ms);
}

}  // namespace spinule::isolated_test

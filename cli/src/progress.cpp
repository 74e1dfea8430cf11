#include "progress.hpp"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

#include <fmt/format.h>

namespace spinule {

progress::progress(std::string what, std::size_t total)
    : what_{std::move(what)},
      total_{total},
      terminal_{isatty(STDERR_FILENO) != 0},
      start_{clock::now()},
      drawn_{start_} {}

progress::~progress() {
  if (terminal_) fmt::print(stderr, "\r\033[K");
}

void progress::done(std::size_t count) {
  done_ = count;
  const auto now = clock::now();
  if (!terminal_ || now - drawn_ < std::chrono::milliseconds{100}) return;
  drawn_ = now;
  draw(now);
}

void progress::draw(clock::time_point now) {
  constexpr std::size_t width = 30;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double rate = static_cast<double>(done_) / std::max(elapsed, 1e-9);
  const double left = rate > 0 ? static_cast<double>(total_ - done_) / rate : 0;
  const std::size_t filled = total_ > 0 ? width * done_ / total_ : width;
  fmt::print(stderr, "\r\033[K{} [{:=<{}}{: <{}}] {}/{}  {:.0f}/s  {:.0f} s left", what_, "", filled, "",
             width - filled, done_, total_, rate, left);
  std::fflush(stderr);
}

}  // namespace spinule

// What the program is doing: on a terminal a line that says so, elsewhere nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

namespace spinule {

/// Shown on standard error while it lives and none within it does, once it has taken a moment. `catch_interrupts`
/// starts the thread that draws.
class stage {
 public:
  /// `total` counts samples, or whatever the stage goes through; 0: nothing is counted.
  explicit stage(std::string name, std::size_t total = 0);
  ~stage();
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;
  void done(std::size_t count) { done_ = count; }

  static bool on_terminal();
  /// Its name; empty when there is none.
  static std::string innermost();
  static void draw_innermost();
  static void clear_line();

 private:
  std::string name_;
  std::size_t total_;
  std::atomic<std::size_t> done_ = 0;
  std::chrono::steady_clock::time_point start_;
};

/// One line of fewer than `width` characters: the name and, as far as they fit, a bar, how many are done, how many a
/// second, and the time left; of a stage that counts nothing (`total` 0) the time it has taken.
std::string stage_line(const std::string& name, std::size_t done, std::size_t total, double seconds, std::size_t width);

}  // namespace spinule

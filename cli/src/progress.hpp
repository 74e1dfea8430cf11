// A progress bar on a terminal; nothing elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace spinule {

/// Draws on standard error while it lives: share done, rate and time left.
class progress {
 public:
  progress(std::string what, std::size_t total);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  /// Callers see to it that only one thread calls at a time.
  void done(std::size_t count);

 private:
  using clock = std::chrono::steady_clock;
  void draw(clock::time_point now);

  std::string what_;
  std::size_t total_, done_ = 0;
  bool terminal_;
  clock::time_point start_, drawn_;
};

}  // namespace spinule

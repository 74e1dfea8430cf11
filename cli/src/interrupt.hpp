// Ctrl-C at any moment: what is done is kept, nothing is half written, the status is 130.
#pragma once

#include <filesystem>
#include <functional>

namespace spinule {

/// From now on a thread of its own waits for SIGINT and SIGTERM, and draws stages on a terminal. Call it before other
/// threads begin. Within an `orderly_stop` the first signal makes `interrupted` true; otherwise, and at the second, the
/// program ends at once with status 130, naming the stage it was in. Files that outgrow a limit become errors instead
/// of ending it.
void catch_interrupts();
bool interrupted();

/// While one lives, who works asks `interrupted` now and then, and ends after what is under way.
class orderly_stop {
 public:
  orderly_stop();
  ~orderly_stop();
  orderly_stop(const orderly_stop&) = delete;
  orderly_stop& operator=(const orderly_stop&) = delete;
};

/// While it lives, a program that is ended at once does this before, on the thread that waits for signals.
class before_the_end {
 public:
  explicit before_the_end(std::function<void()> last);
  ~before_the_end();
  before_the_end(const before_the_end&) = delete;
  before_the_end& operator=(const before_the_end&) = delete;

 private:
  std::function<void()> last_;
};

}  // namespace spinule

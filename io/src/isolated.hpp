// Work in a child process, so that a library that crashes or hangs on a bad file takes nothing with it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "bytes.hpp"

namespace spinule {

/// What the child may do and how long the parent waits.
struct isolation {
  std::string where;                         ///< what the work is about, for errors
  std::uint64_t memory = 0;                  ///< bytes it may map beyond what it starts with
  std::chrono::milliseconds patience{5000};  ///< of processor time without a byte from the child, before it is ended
  int file = -1;                             ///< the one descriptor it keeps besides the pipe
};

/// Runs `work(pipe)` in a forked child: memory, processor time (5 minutes) and descriptors limited, no core dump, no
/// output, default signal actions. `work` must report its own errors through the pipe and must not throw. The child is
/// a copy of the whole process but for the other threads, so it must call nothing that another thread may hold locked;
/// memory allocation is safe with glibc.
class isolated_process {
 public:
  /// Throws `file_error{where, ...}` when no process can be started.
  isolated_process(isolation how, const std::function<void(int pipe)>& work);
  /// Ends the child if it still runs.
  ~isolated_process();
  isolated_process(const isolated_process&) = delete;
  isolated_process& operator=(const isolated_process&) = delete;

  /// Fills `into` from the pipe. Throws `file_error{where, ...}` when the child dies, or says nothing for the
  /// patience of its own processor time, or for 12 times as long by the clock.
  void read(std::span<std::byte> into);

 private:
  void wait_for_data();
  [[noreturn]] void explain_end();
  int reap();

  isolation how_;
  descriptor pipe_;
  pid_t child_ = -1;
};

/// For the child: writes all of `bytes` to the pipe, or ends the process when nobody listens any more.
void send_all(int pipe, std::span<const std::byte> bytes);

}  // namespace spinule

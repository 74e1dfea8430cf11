#include "interrupt.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <pthread.h>
#include <unistd.h>

#include <fmt/format.h>

#include "stage.hpp"
#include "standard_streams.hpp"

namespace spinule {
namespace {

struct {
  std::atomic<bool> stopped = false;
  std::atomic<int> orderly = 0;
} state;

/// The innermost last. Never destroyed, for the thread that waits for signals outlives `main`.
struct last_things {
  std::mutex guard;
  std::vector<const std::function<void()>*> all;
};
last_things& things() {
  static auto& those = *new last_things;
  return those;
}

[[noreturn]] void end_at_once() {
  const std::string doing = stage::innermost();
  stage::clear_line();
  const std::lock_guard lock{things().guard};
  for (auto last = things().all.rbegin(); last != things().all.rend(); ++last) try {
      (**last)();
    } catch (const std::exception& wrong) {
      complain(std::string{"spinule: "} + wrong.what());
    }
  flush_output();
  const std::string said = "\nInterrupted" + (doing.empty() ? "" : " at: " + doing) + ". Nothing more was written.\n";
  if (write(STDERR_FILENO, said.data(), said.size()) < 0) _exit(130);
  _exit(130);
}

void wait_for_signals(sigset_t caught) {
  const timespec between_drawings{0, 100'000'000};
  for (;;) {
    const int signal =
        stage::on_terminal() ? sigtimedwait(&caught, nullptr, &between_drawings) : sigwaitinfo(&caught, nullptr);
    if (signal < 0)
      stage::draw_innermost();
    else if (state.orderly == 0 || state.stopped.exchange(true))
      end_at_once();
  }
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGXFSZ, SIG_IGN);  // a file beyond the size limit is then an error of the write,
  std::signal(SIGPIPE, SIG_IGN);  // and so is a pipe that nobody reads
  sigset_t caught;
  sigemptyset(&caught);
  sigaddset(&caught, SIGINT);
  sigaddset(&caught, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &caught, nullptr);
  std::thread{wait_for_signals, caught}.detach();
}

bool interrupted() { return state.stopped; }

orderly_stop::orderly_stop() { ++state.orderly; }
orderly_stop::~orderly_stop() { --state.orderly; }

before_the_end::before_the_end(std::function<void()> last) : last_{std::move(last)} {
  const std::lock_guard lock{things().guard};
  things().all.push_back(&last_);
}

before_the_end::~before_the_end() {
  const std::lock_guard lock{things().guard};
  std::erase(things().all, &last_);
}

}  // namespace spinule

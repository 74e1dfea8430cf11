#include "isolated.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include <spinule/error.hpp>

namespace spinule {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;  // maps terabytes of shadow memory
#else
constexpr bool sanitized = false;
#endif

constexpr int idle_factor = 12;  // so much longer may a reader wait that does nothing: for a disk, or for its turn

void limit(__rlimit_resource what, std::uint64_t value) {
  rlimit now{};
  ::getrlimit(what, &now);
  now.rlim_cur = std::min<rlim_t>(value, now.rlim_max);
  now.rlim_max = now.rlim_cur;
  ::setrlimit(what, &now);
}

/// Bytes of address space this process uses.
std::uint64_t mapped() {
  unsigned long pages = 0;
  char text[64] = {};
  const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t n = ::read(file, text, sizeof text - 1);
  ::close(file);
  if (n > 0) std::sscanf(text, "%lu", &pages);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Processor time that a process has used; 0 where nobody says.
std::chrono::milliseconds processor_time(pid_t process) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
    return std::chrono::milliseconds{0};
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds{used.tv_sec} +
                                                               std::chrono::nanoseconds{used.tv_nsec});
}

void close_all_but(int one, int other) {
  const auto low = static_cast<unsigned>(std::min(one, other)), high = static_cast<unsigned>(std::max(one, other));
  unsigned from = 3;
  for (const unsigned kept : {low, high}) {
    if (kept < from || kept > ~0u / 2) continue;  // not open, or kept already
    if (kept > from) ::close_range(from, kept - 1, 0);
    from = kept + 1;
  }
  ::close_range(from, ~0u, 0);
}

void confine(const isolation& how, int pipe) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGPIPE}) ::signal(signal, SIG_DFL);
  ::signal(SIGINT, SIG_IGN);  // Ctrl-C is the parent's to answer
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int standard : {0, 1, 2})
    if (nowhere >= 0 && standard != pipe && standard != how.file) ::dup2(nowhere, standard);
  close_all_but(pipe, how.file);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_CPU, 300);
  limit(RLIMIT_NOFILE, 64);
  if (!sanitized && how.memory > 0) limit(RLIMIT_AS, mapped() + how.memory);
}

}  // namespace

isolated_process::isolated_process(isolation how, const std::function<void(int pipe)>& work) : how_{std::move(how)} {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw file_error{how_.where, "cannot be read: no pipe for its reader"};
  pipe_ = descriptor{ends[0]};
  descriptor theirs{ends[1]};
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
  const pid_t parent = ::getpid();
  child_ = ::fork();
  if (child_ < 0)
    throw file_error{how_.where,
                     "cannot be read: no process for its reader: " + std::generic_category().message(errno)};
  if (child_ == 0) {
    confine(how_, ends[1]);
    if (::getppid() == parent) work(ends[1]);
    ::_exit(0);
  }
}

isolated_process::~isolated_process() {
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    reap();
  }
}

int isolated_process::reap() {
  int status = 0;
  pid_t done = 0;
  do done = ::waitpid(child_, &status, 0);
  while (done < 0 && errno == EINTR);
  child_ = -1;
  return done < 0 ? 0 : status;
}

void isolated_process::wait_for_data() {
  using clock = std::chrono::steady_clock;
  const auto begin = clock::now();
  const std::chrono::milliseconds used = processor_time(child_),
                                  slice = std::max(how_.patience / 5, std::chrono::milliseconds{1});
  for (;;) {
    pollfd waiting{pipe_.number(), POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(slice.count(), 1 << 30)));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) throw file_error{how_.where, "cannot be read: its reader cannot be waited for"};
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - begin);
    if (processor_time(child_) - used >= how_.patience || waited >= idle_factor * how_.patience)
      throw file_error{how_.where,
                       fmt::format("is damaged: its reader made no progress for {} ms and was ended", waited.count())};
  }
}

void isolated_process::read(std::span<std::byte> into) {
  while (!into.empty()) {
    ssize_t n = ::read(pipe_.number(), into.data(), into.size());
    if (n == 0) explain_end();
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EAGAIN) throw file_error{how_.where, "cannot be read: the pipe to its reader broke"};
    if (n > 0) into = into.subspan(static_cast<std::size_t>(n));
    if (n < 0) wait_for_data();
  }
}

void isolated_process::explain_end() {
  ::kill(child_, SIGKILL);  // its pipe is closed, so it is dying already, or past trusting
  const int status = reap();
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const char* name = ::sigdescr_np(signal);
    throw file_error{how_.where,
                     fmt::format("is damaged: its reader died by signal {} ({})", signal, name ? name : "?")};
  }
  throw file_error{how_.where, fmt::format("is damaged: its reader ended early with code {}", WEXITSTATUS(status))};
}

void send_all(int pipe, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(pipe, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) ::_exit(1);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace spinule

#include "standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <spinule/error.hpp>
#include <spinule/io/engine/atomic_file.hpp>

namespace spinule {
namespace {

int json_output = STDOUT_FILENO;
int json_failed = 0;  ///< why it could not be written; files are written all the same
int text_failed = 0;  ///< the same of other text

/// `reason` 0: the system gave it earlier, to whoever wrote.
[[noreturn]] void fail(int reason) {
  const std::string why = reason != 0 ? ": " + std::generic_category().message(reason) : "";
  throw file_error{"standard output", "cannot be written" + why + "; free some space, or send it elsewhere"};
}

/// 0, or why it could not be written.
int write_to(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(descriptor, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 ? errno : ENOSPC;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

}  // namespace

void open_missing_streams() {
  for (const auto& [descriptor, mode] :
       {std::pair{STDIN_FILENO, O_RDONLY}, {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}})
    if (::fcntl(descriptor, F_GETFD) < 0 && ::open("/dev/null", mode) < 0) fail(errno);
}

void keep_output_for_json() {
  const int kept = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (kept < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) fail(errno);
  json_output = kept;
}

void write_text(const std::filesystem::path& path, std::string_view text) {
  if (!is_standard_output(path)) return write_whole(path, text);
  if (const int reason = write_to(json_output, text); reason != 0) json_failed = reason;
}

void flush_output() {
  if (ftrylockfile(stdout) != 0) return;
  if (fflush_unlocked(stdout) != 0 && text_failed == 0) text_failed = errno;
  funlockfile(stdout);
}

void finish_output() {
  if (json_failed != 0) fail(json_failed);
  errno = 0;
  const bool flushed = std::fflush(stdout) == 0;
  if (!flushed || std::ferror(stdout) != 0) fail(text_failed != 0 ? text_failed : errno);
}

void complain(const std::string& text) {
  flush_output();
  std::fputs((text + "\n").c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace spinule

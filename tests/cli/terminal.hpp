// The built command on a terminal of a given width, as a person sees it.
#pragma once

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace spinule {

class terminal {
 public:
  terminal(std::vector<std::string> arguments, unsigned short columns) {
    arguments.insert(arguments.begin(), SPINULE_COMMAND);
    std::vector<char*> argv;
    for (auto& word : arguments) argv.push_back(word.data());
    argv.push_back(nullptr);
    winsize size{};
    size.ws_row = 24;
    size.ws_col = columns;
    process_ = ::forkpty(&master_, nullptr, nullptr, &size);
    if (process_ < 0) throw std::runtime_error{"no terminal"};
    if (process_ == 0) {
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
  }
  ~terminal() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    ::close(master_);
  }
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  /// Reads until it has shown this text, after what was asked for before; false when it ended first, or after a minute.
  bool shows(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (shown_.find(text, seen_) == shown_.npos)
      if (std::chrono::steady_clock::now() > deadline || !read()) return false;
    seen_ = shown_.find(text, seen_) + text.size();
    return true;
  }
  void press_control_c() const {
    if (::write(master_, "\x03", 1) != 1) throw std::runtime_error{"the terminal is gone"};
  }
  /// Everything shown until it ended; the exit code, or 128 + the number of the signal that ended it.
  int ends() {
    while (read()) {
    }
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  const std::string& shown() const { return shown_; }
  /// The lines that were drawn and drawn over.
  std::vector<std::string> drawn() const {
    const std::string again = "\r\033[K";
    std::vector<std::string> lines;
    for (std::size_t at = shown_.find(again); at != shown_.npos; at = shown_.find(again, at)) {
      at += again.size();
      const std::string line = shown_.substr(at, shown_.find_first_of("\r\n", at) - at);
      if (!line.empty() && shown_.compare(at + line.size(), again.size(), again) == 0) lines.push_back(line);
    }
    return lines;
  }

 private:
  bool read() {
    char some[4096];
    pollfd waiting{master_, POLLIN, 0};
    if (::poll(&waiting, 1, 60'000) <= 0) return false;
    const ssize_t n = ::read(master_, some, sizeof some);
    if (n > 0) shown_.append(some, static_cast<std::size_t>(n));
    return n > 0;
  }

  pid_t process_ = -1;
  int master_ = -1;
  std::string shown_;
  std::size_t seen_ = 0;
};

}  // namespace spinule

// The built command, run as a user runs it.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "io/scratch.hpp"

extern char** environ;

namespace spinule {

/// What a finished command left.
struct outcome {
  int code = 0;  ///< exit code; 128 + the number of a signal that ended it
  std::string out, err;
};

/// A command under way; its output goes to files, standard output to another one if asked: "" closes it.
class running {
 public:
  explicit running(std::vector<std::string> words, const std::optional<std::string>& into = {}) {
    words.insert(words.begin(), SPINULE_COMMAND);
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (into == "")
      posix_spawn_file_actions_addclose(&actions, 1);
    else
      posix_spawn_file_actions_addopen(&actions, 1, into.value_or((folder_ / "out").string()).c_str(),
                                       O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "err").c_str(), O_WRONLY | O_CREAT, 0600);
    const int problem = ::posix_spawn(&process_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (problem != 0) throw std::runtime_error{std::string{"cannot run "} + argv[0]};
  }
  void send(int signal) const { ::kill(process_, signal); }
  outcome wait() const {
    int status = 0;
    ::waitpid(process_, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {code, folder_.text("out"), folder_.text("err")};
  }

 private:
  scratch folder_;
  pid_t process_ = 0;
};

inline outcome spinule(std::vector<std::string> words) { return running{std::move(words)}.wait(); }

/// Standard output goes to `output`, or is closed where it is "".
inline outcome spinule_into(const std::string& output, std::vector<std::string> words) {
  return running{std::move(words), output}.wait();
}

inline outcome interrupted_after(std::chrono::milliseconds time, std::vector<std::string> words, int signal = SIGINT) {
  const running command{std::move(words)};
  std::this_thread::sleep_for(time);
  command.send(signal);
  return command.wait();
}

using words = std::vector<std::string>;
inline words operator+(words a, const words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace spinule

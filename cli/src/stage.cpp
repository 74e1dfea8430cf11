#include "stage.hpp"

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "duration.hpp"

namespace spinule {
namespace {

using namespace std::chrono_literals;

/// The innermost last. Never destroyed, for the thread that draws outlives `main`.
struct stages {
  std::mutex guard;
  std::vector<const stage*> all;
  bool drawn = false;

  void clear() {
    if (drawn) std::fputs("\r\033[K", stderr);
    drawn = false;
    std::fflush(stderr);
  }
};
stages& running() {
  static auto& those = *new stages;
  return those;
}

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string bar(std::size_t done, std::size_t total, std::size_t width) {
  const std::size_t filled = std::min(width, width * done / total);
  return fmt::format("[{:=<{}}{: <{}}]", "", filled, "", width - filled);
}

/// Cut at the end, which is marked, where it is too long.
std::string cut(const std::string& text, std::size_t width) {
  if (text.size() <= width) return text;
  return width > 3 ? fmt::format("{:.{}}...", text, width - 3) : fmt::format("{:.{}}", text, width);
}

}  // namespace

stage::stage(std::string name, std::size_t total)
    : name_{std::move(name)}, total_{total}, start_{std::chrono::steady_clock::now()} {
  const std::lock_guard lock{running().guard};
  running().all.push_back(this);
}

stage::~stage() {
  const std::lock_guard lock{running().guard};
  std::erase(running().all, this);
  running().clear();
}

bool stage::on_terminal() {
  static const bool is = isatty(STDERR_FILENO) != 0;
  return is;
}

std::string stage::innermost() {
  const std::lock_guard lock{running().guard};
  return running().all.empty() ? "" : running().all.back()->name_;
}

void stage::draw_innermost() {
  const std::lock_guard lock{running().guard};
  if (running().all.empty()) return;
  const stage& now = *running().all.back();
  const auto passed = std::chrono::steady_clock::now() - now.start_;
  if (passed < 300ms) return;
  std::fputs("\r\033[K", stderr);
  const auto line =
      stage_line(now.name_, now.done_, now.total_, std::chrono::duration<double>(passed).count(), terminal_width());
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  running().drawn = true;
}

void stage::clear_line() {
  const std::lock_guard lock{running().guard};
  running().clear();
}

std::string stage_line(const std::string& name, std::size_t done, std::size_t total, double seconds,
                       std::size_t width) {
  const std::size_t most = width > 0 ? width - 1 : 0;
  if (total == 0) {
    const std::string time = "  " + duration_text(seconds);
    return time.size() + 8 > most ? cut(name, most) : cut(name, most - time.size()) + time;
  }
  const double rate = static_cast<double>(done) / std::max(seconds, 1e-9);
  const std::string counted = fmt::format("  {}/{}", done, total), speed = fmt::format("  {:.0f}/s", rate),
                    left = rate > 0 ? "  " + duration_text(static_cast<double>(total - done) / rate) + " left" : "";
  const std::string title = cut(name, most);
  std::string line = title;
  const std::size_t smallest_bar = 10, largest_bar = 30;
  if (line.size() + counted.size() <= most) line = fmt::format("{}{}", line, counted);
  if (line.size() + left.size() <= most) line = fmt::format("{}{}", line, left);
  if (line.size() + speed.size() + smallest_bar + 3 <= most) line = fmt::format("{}{}", line, speed);
  if (line.size() + smallest_bar + 3 > most || line.size() == title.size()) return line;
  const std::size_t room = std::min(largest_bar, most - line.size() - 3);
  return fmt::format("{} {}{}", title, bar(done, total, room), line.substr(title.size()));
}

}  // namespace spinule

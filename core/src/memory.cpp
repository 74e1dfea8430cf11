#include <spinule/engine/memory.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

constexpr double unknown = std::numeric_limits<double>::infinity();

/// The number after `key` in a file of "key number" lines; without a key, the first. `unknown` where there is none.
double number_in(const std::string& path, const std::string& key = "") {
  std::ifstream file{path};
  for (std::string word; file >> word;) {
    if (!key.empty() && word != key) continue;
    if (!key.empty() && !(file >> word)) break;
    char* end = nullptr;
    const double x = std::strtod(word.c_str(), &end);
    return end != word.c_str() ? x : unknown;
  }
  return unknown;
}

/// What a control group leaves: its limit less its use, where files that can be dropped do not count as used.
double left_in_group(const std::string& folder, const char* limit, const char* use) {
  const double most = number_in(folder + "/" + limit), used = number_in(folder + "/" + use);
  if (!(most < 0x1p60) || used == unknown) return unknown;
  double droppable = number_in(folder + "/memory.stat", "inactive_file");
  if (droppable == unknown) droppable = 0;
  return std::max(most - used + droppable, 0.0);
}

/// Of the group and all above it.
double left_in_groups(const std::string& root, std::string path, const char* limit, const char* use) {
  double left = left_in_group(root, limit, use);
  for (; path.size() > 1; path.resize(path.rfind('/'))) left = std::min(left, left_in_group(root + path, limit, use));
  return left;
}

/// Lines are "number:controllers:path"; version 2 has no controllers.
double left_by_groups(const std::string& root) {
  double left = unknown;
  std::ifstream file{root + "/proc/self/cgroup"};
  for (std::string line; std::getline(file, line);) {
    const std::size_t a = line.find(':'), b = line.find(':', a + 1);
    if (a == std::string::npos || b == std::string::npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(a + 1, b - a - 1)), path = line.substr(b + 1);
    if (controllers == ",,")
      left = std::min(left, left_in_groups(root + "/sys/fs/cgroup", path, "memory.max", "memory.current"));
    else if (controllers.find(",memory,") != std::string::npos)
      left = std::min(
          left, left_in_groups(root + "/sys/fs/cgroup/memory", path, "memory.limit_in_bytes", "memory.usage_in_bytes"));
  }
  return left;
}

double left_of_address_space(const std::string& root) {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return unknown;
  const double used = 1024 * number_in(root + "/proc/self/status", "VmSize:");
  return used == unknown ? unknown : std::max(static_cast<double>(limit.rlim_cur) - used, 0.0);
}

std::string sorted_text(const memory_estimate& estimate) {
  auto items = estimate.items;
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(items.size(), 3); ++i)
    if (items[i].bytes > 0.05 * estimate.bytes())
      text += fmt::format("; {} takes {} ({})", items[i].what, bytes_text(items[i].bytes), items[i].instead);
  return text;
}

}  // namespace

double memory_estimate::bytes() const {
  double sum = 0;
  for (const memory_item& i : items) sum += i.bytes;
  return sum;
}

double available_memory(const std::string& root) {
  const double system = 1024 * number_in(root + "/proc/meminfo", "MemAvailable:");
  return std::min({system, left_by_groups(root), left_of_address_space(root)});
}

std::string bytes_text(double bytes) {
  constexpr std::array units{"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  for (; unit + 1 < units.size() && bytes >= 1000; ++unit) bytes /= 1024;
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

void check_memory(const memory_estimate& estimate, double available, const std::string& where) {
  if (!(estimate.bytes() > available)) return;
  throw spinule_error{where, fmt::format("the network needs about {} of memory, {} are available{}",
                                         bytes_text(estimate.bytes()), bytes_text(available), sorted_text(estimate))};
}

void throw_out_of_memory(const memory_estimate& estimate, const std::string& where) {
  throw spinule_error{where, fmt::format("memory ran out; the network was expected to need about {}{}",
                                         bytes_text(estimate.bytes()), sorted_text(estimate))};
}

}  // namespace spinule

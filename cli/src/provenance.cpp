#include "provenance.hpp"

#include <ctime>
#include <fstream>
#include <thread>

#include <sys/utsname.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace spinule {
namespace {

bool is_plain(char c) {
  constexpr std::string_view signs = "-_./,=:+@%^";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || signs.find(c) != signs.npos;
}

std::string quoted(const std::string& word) {
  bool plain = !word.empty();
  for (const char c : word) plain = plain && is_plain(c);
  if (plain) return word;
  std::string text = "'";
  for (const char c : word)
    if (c == '\'')
      text.append("'\\''");
    else
      text.push_back(c);
  text.push_back('\'');
  return text;
}

}  // namespace

std::string command_line(int argc, const char* const* argv) {
  std::string text = "spinule";
  for (int i = 1; i < argc; ++i) text.append(" ").append(quoted(argv[i]));
  return text;
}

std::string utc_now() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))); }

std::string processor_name() {
  std::string name;
  std::ifstream info{"/proc/cpuinfo"};
  for (std::string line; name.empty() && std::getline(info, line);)
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != line.npos) name = line.substr(colon + 2);
  if (utsname system{}; name.empty() && uname(&system) == 0) name = system.machine;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores > 0 ? fmt::format("{}, {} core{}", name, cores, cores == 1 ? "" : "s") : name;
}

}  // namespace spinule

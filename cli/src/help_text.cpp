#include "help_text.hpp"

#include <sstream>

namespace spinule {
namespace {

constexpr std::size_t most_columns = 80, description_column = 30;

/// Where what follows of a line stands: below the description of an option, or further in than its name.
std::size_t indent_of(const std::string& line) {
  if (line.front() != ' ') return 2;
  return line[description_column - 1] == ' ' ? description_column : 6;
}

std::string broken(std::string line) {
  std::string lines;
  while (line.size() > most_columns) {
    const std::size_t indent = indent_of(line);
    std::size_t end = line.rfind(' ', most_columns);
    if (end == line.npos || end <= description_column) end = line.rfind(',', most_columns - 1);
    if (end == line.npos || end <= indent) break;
    lines += line.substr(0, line[end] == ',' ? end + 1 : end) + "\n";
    line = std::string(indent, ' ') + line.substr(end + 1);
  }
  return lines + line + "\n";
}

}  // namespace

std::string help_text::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
  std::istringstream whole{Formatter::make_help(app, std::move(name), mode)};
  std::string narrow;
  for (std::string line; std::getline(whole, line);) narrow += broken(std::move(line));
  return narrow;
}

}  // namespace spinule

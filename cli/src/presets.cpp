#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <spinule/backends/engine/hardware_text.hpp>
#include <spinule/backends/hardware.hpp>
#include <spinule/io/engine/result_parts.hpp>

#include "commands.hpp"

namespace spinule {
namespace {

std::string kind_of(const hardware& hw) { return hw.kind == hardware_kind::crossbar ? "crossbar" : "digital"; }

nlohmann::json json_of(const hardware& hw) { return {{"name", hw.name}, {"kind", kind_of(hw)}, {"summary", hw.about}}; }

/// Lines of at most 76 characters, indented.
std::string wrapped(const std::string& text) {
  std::string lines, line;
  std::istringstream words{text};
  for (std::string word; words >> word; line += (line.empty() ? "    " : " ") + word)
    if (line.size() + 1 + word.size() > 76) {
      lines += line + "\n";
      line.clear();
    }
  return lines + line + "\n";
}

int list_all(bool json) {
  auto all = nlohmann::json::array();
  for (const auto& name : hardware_names()) {
    const hardware hw = load_hardware(name);
    if (json)
      all.push_back(json_of(hw));
    else
      fmt::print("{} ({})\n{}", hw.name, kind_of(hw), wrapped(hw.about));
  }
  if (json) fmt::print("{}\n", all.dump(1));
  return exit_done;
}

}  // namespace

int presets(const std::string& name, bool json) {
  if (name.empty()) return list_all(json);
  if (!json) {
    fmt::print("{}", hardware_text(name));
    return exit_done;
  }
  const hardware hw = load_hardware(name);
  auto one = json_of(hw);
  const hardware_description said = describe(hw);
  one["constants"] = said.constants;
  one["choices"] = said.choices;
  fmt::print("{}\n", one.dump(1));
  return exit_done;
}

}  // namespace spinule

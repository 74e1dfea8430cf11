#include <spinule/backends/engine/hardware_text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/backends/hardware.hpp>
#include <spinule/error.hpp>

#include "embedded_presets.hpp"

namespace spinule {

std::string hardware_text(const std::string& name) {
  for (const auto& preset : embedded_presets())
    if (preset.name == name + ".toml") return std::string{preset.text};
  throw spinule_error{
      "hardware", fmt::format("there is no preset \"{}\"; built in are: {}", name, fmt::join(hardware_names(), ", "))};
}

}  // namespace spinule

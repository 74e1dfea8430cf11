#pragma once

#include <span>

#include "embedded.hpp"

namespace spinule {

/// backends/presets/*.toml, built into the library.
std::span<const embedded_file> embedded_presets();

}  // namespace spinule

// The built-in presets as they are written.
#pragma once

#include <string>

namespace spinule {

/// The TOML of a built-in preset, as `load_hardware` reads it from a file. Throws `spinule_error` that lists the
/// presets for an unknown name.
std::string hardware_text(const std::string& name);

}  // namespace spinule

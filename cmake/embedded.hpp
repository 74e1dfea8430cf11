// Files built into the library (hardware presets, report templates).
#pragma once

#include <string_view>

namespace spinule {

struct embedded_file {
  std::string_view name;  ///< without folders
  std::string_view text;  ///< its bytes
};

}  // namespace spinule

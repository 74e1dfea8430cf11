// The result of a benchmark as a file.
#pragma once

#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include <spinule/error.hpp>

namespace spinule::bench {

/// Nothing where `path` is empty. Throws `file_error`.
inline void write_json(const std::string& path, const nlohmann::json& result) {
  if (path.empty()) return;
  std::ofstream file{path};
  file << result.dump(2) << '\n';
  if (!file.flush()) throw file_error{path, "cannot be written"};
}

}  // namespace spinule::bench

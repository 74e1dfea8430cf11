#include "outputs.hpp"

#include <fmt/format.h>

#include <spinule/io/engine/atomic_file.hpp>

#include "standard_streams.hpp"
#include "usage_error.hpp"

namespace spinule {

void check_outputs(const std::vector<std::filesystem::path>& written, const std::vector<std::filesystem::path>& read) {
  std::vector<std::filesystem::path> used;
  for (const auto& path : read)
    if (!path.empty()) used.push_back(std::filesystem::weakly_canonical(path));
  for (const auto& path : written) {
    if (path.empty() || is_standard_output(path)) continue;
    const auto canonical = std::filesystem::weakly_canonical(path);
    for (const auto& other : used)
      if (other == canonical)
        throw usage_error{path.string(), "is to be written and is already in use; give another name"};
    used.push_back(canonical);
    atomic_file{path};
  }
}

void print_written(const std::vector<std::filesystem::path>& written) {
  for (const auto& path : written)
    if (!path.empty() && !is_standard_output(path)) fmt::print("Wrote {}\n", path.string());
}

}  // namespace spinule

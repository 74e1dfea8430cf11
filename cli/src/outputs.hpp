// Files that a command is to write, looked at before the work.
#pragma once

#include <filesystem>
#include <vector>

namespace spinule {

/// Empty paths are no files, nor is - for standard output. Throws `usage_error` for a file that is to be written twice,
/// or read too, and `file_error` for one that cannot be written.
void check_outputs(const std::vector<std::filesystem::path>& written, const std::vector<std::filesystem::path>& read);

/// "Wrote FILE" for each of them that is a file.
void print_written(const std::vector<std::filesystem::path>& written);

}  // namespace spinule

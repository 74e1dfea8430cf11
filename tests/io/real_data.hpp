// Where the real recordings are: the folder named by the environment variable SPINULE_DATA.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace spinule {

/// A file or folder of the real data; empty when it is not there.
inline std::filesystem::path real_data(const std::string& name) {
  const char* root = std::getenv("SPINULE_DATA");
  std::error_code ignored;
  if (root == nullptr || !std::filesystem::exists(std::filesystem::path{root} / name, ignored)) return {};
  return std::filesystem::path{root} / name;
}

}  // namespace spinule

/// Declares `variable` as the path of real data, or skips the test.
#define SPINULE_REAL_DATA(variable, name)                 \
  const std::filesystem::path variable = real_data(name); \
  if (variable.empty()) GTEST_SKIP() << "SPINULE_DATA names no folder with " << (name)

// A span of time as people read it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace spinule {

/// "7 s", "2:05", "1:00:09".
inline std::string duration_text(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::clamp(seconds + 0.5, 0.0, 1e9));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace spinule

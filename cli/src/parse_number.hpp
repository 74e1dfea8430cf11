// Numbers in the text of an option.
#pragma once

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "usage_error.hpp"

namespace spinule {

/// Throws `usage_error` of `where` for what is no finite number of at most 1e9.
inline double parse_number(std::string_view text, const std::string& where) {
  double x = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), x);
  if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(x))
    throw usage_error{where, fmt::format("\"{}\" is not a number", text)};
  if (std::abs(x) > 1e9) throw usage_error{where, "is beyond any use; at most 1e9"};
  return x;
}

/// Throws `usage_error` of `where` for what is no whole number from 1 to 1e9.
inline std::size_t parse_count(std::string_view text, const std::string& where) {
  const double x = parse_number(text, where);
  if (!(x >= 1 && x == std::floor(x)))
    throw usage_error{where, fmt::format("\"{}\" is no whole number from 1 on", text)};
  return static_cast<std::size_t>(x);
}

}  // namespace spinule

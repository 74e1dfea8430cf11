// What options of several commands have in common.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

namespace spinule {

inline std::string joined(const auto& names) { return fmt::format("{}", fmt::join(names, ", ")); }

/// Heading of the help for what concerns liquids alone.
inline constexpr const char* of_liquids = "Of liquids";

/// The options that `add` adds stand under a heading.
inline void grouped(CLI::App& app, const std::string& heading, const auto& add) {
  const auto had = app.get_options();
  add();
  for (auto* option : app.get_options())
    if (std::find(had.begin(), had.end(), option) == had.end()) option->group(heading);
}

/// A finite number from `least` on; says so in few words.
inline CLI::Validator at_least(double least) {
  const auto problem = [least](const std::string& text) {
    double x = 0;
    if (CLI::detail::lexical_cast(text, x) && std::isfinite(x) && x >= least) return std::string{};
    return fmt::format("{} is not a number of at least {}", text, least);
  };
  return {problem, fmt::format("at least {}", least), "at_least"};
}

/// A whole number of 64 bits; one that is larger would be taken for the largest.
inline CLI::Validator a_seed() {
  const auto problem = [](const std::string& text) {
    std::uint64_t x = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (wrong == std::errc{} && end == text.data() + text.size()) return std::string{};
    return fmt::format("{} is not a whole number from 0 to 2^64 - 1", text);
  };
  return {problem, "0 to 2^64 - 1", "a_seed"};
}

/// A whole number in a range.
inline CLI::Validator whole(std::uint64_t least, std::uint64_t greatest) {
  const auto problem = [=](const std::string& text) {
    std::uint64_t x = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (wrong == std::errc{} && end == text.data() + text.size() && x >= least && x <= greatest) return std::string{};
    return fmt::format("{} is not a whole number from {} to {}", text, least, greatest);
  };
  return {problem, fmt::format("{} to {}", least, greatest), "whole"};
}

/// A number in a range.
inline CLI::Validator between(double least, double greatest) {
  const auto problem = [=](const std::string& text) {
    double x = 0;
    if (CLI::detail::lexical_cast(text, x) && std::isfinite(x) && x >= least && x <= greatest) return std::string{};
    return fmt::format("{} is not a number from {} to {}", text, least, greatest);
  };
  return {problem, fmt::format("{} to {}", least, greatest), "between"};
}

}  // namespace spinule

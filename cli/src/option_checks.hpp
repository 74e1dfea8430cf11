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

/// The path of something that is read.
inline CLI::Validator a_path() {
  return {[](const std::string& text) {
            return text.empty() ? std::string{"the path is empty; give a file or a folder"} : std::string{};
          },
          "", "a_path"};
}

/// The path of a file that is written.
inline CLI::Validator a_new_file() {
  return {[](const std::string& text) {
            if (text.empty()) return std::string{"the path is empty; give the name of a file"};
            return text == "-" ? std::string{"- stands for standard output, which takes only JSON; give the name of a "
                                             "file (./- is one)"}
                               : std::string{};
          },
          "", "a_new_file"};
}

/// The same, or - for standard output.
inline CLI::Validator a_new_file_or_output() {
  return {[](const std::string& text) {
            return text.empty() ? std::string{"the path is empty; give the name of a file, or - for standard output"}
                                : std::string{};
          },
          "", "a_new_file_or_output"};
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

// The text of --help, within 80 columns.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace spinule {

/// What CLI11 says, with lines that are too long broken after a space or else after a comma.
class help_text : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
};

}  // namespace spinule

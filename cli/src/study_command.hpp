// The options of `spinule sweep` and `spinule explain` on the command line.
#pragma once

#include <CLI/CLI.hpp>

#include "commands.hpp"

namespace spinule {

CLI::App* add_sweep(CLI::App& app, sweep_options& o);
CLI::App* add_explain(CLI::App& app, explain_options& o);

}  // namespace spinule

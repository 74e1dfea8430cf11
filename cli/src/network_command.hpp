// The options of `spinule train --network` on the command line.
#pragma once

#include <CLI/CLI.hpp>

#include "network_training.hpp"

namespace spinule {

/// Adds them to `train`, which has --dataset, --part, --seed, --cross-validate, --threads and -o already.
void add_network_options(CLI::App& train, network_options& o);
/// Throws `usage_error` for options of a liquid that are given with a network, or the other way round.
void check_kind(const CLI::App& train);
/// The options of networks that were given, as "--rate".
std::set<std::string> given_of_networks(const CLI::App& train);

}  // namespace spinule

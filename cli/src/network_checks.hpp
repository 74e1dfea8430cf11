// What a training of a network is refused or warned of before it begins.
#pragma once

#include "network_training.hpp"

namespace spinule {

/// What can be said of the options before anything is read. Throws `usage_error`.
void check_options(const network_options& o);

/// Throws `usage_error` for options that were given and change nothing for this network, and `file_error` for a network
/// that cannot learn. Warns on standard error of what learns little.
void check_use(const network_options& o, const described_network& d);

}  // namespace spinule

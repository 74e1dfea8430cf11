// Draws the synapses of a plastic projection.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <spinule/plastic_rows.hpp>

#include "bundles.hpp"

namespace spinule {

/// Targets first .. first + count - 1 of a projection.
struct target_part {
  index first = 0, count = 0;
};

/// [parts] the synapses of a bundle of one projection onto each part; the parts are all targets, ascending.
std::vector<std::shared_ptr<const plastic_wiring>> wire_plastic(const lowered_network& net, const membership& m,
                                                                std::span<const target_part> parts, int threads);

}  // namespace spinule

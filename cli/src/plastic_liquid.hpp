// Liquids whose synapses learn: built, and made ready by snapshots.
#pragma once

#include <cstdint>
#include <optional>

#include <spinule/io/dataset.hpp>
#include <spinule/liquid.hpp>

namespace spinule {

/// `build_liquid`, and those of kind "nalsm", with the rules of their samples.
liquid build_any_liquid(const liquid_description& how, const liquid_input& from);

/// The description of one that learns with the weights that snapshots leave: 20 ms each of samples drawn at random,
/// from a moment on that is drawn too. Says how it goes; nothing if it is interrupted, which it says as well. Throws
/// what running throws.
std::optional<liquid_description> made_ready(liquid_description how, const dataset& data, std::uint64_t snapshots);

}  // namespace spinule

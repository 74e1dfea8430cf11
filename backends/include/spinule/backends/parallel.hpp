// Many samples side by side.
#pragma once

#include <cstddef>
#include <functional>

#include <spinule/simulation.hpp>

namespace spinule {

/// Calls `use(sim, i)` for i = 0 .. samples - 1, each on a copy of `prototype` that one thread uses at a time; `use`
/// resets it. Samples are handed out in order, so what `use` stores under i does not depend on `threads` (0: one per
/// core). The first exception ends the work and is thrown here.
void for_each_sample(const simulation& prototype, std::size_t samples, int threads,
                     const std::function<void(simulation& sim, std::size_t i)>& use);

}  // namespace spinule

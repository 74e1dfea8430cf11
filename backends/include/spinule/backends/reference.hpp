// The specification as a program: double precision, one thread, plain loops. Slow.
#pragma once

#include <memory>

#include <spinule/engine/engine.hpp>
#include <spinule/engine/memory.hpp>

namespace spinule {

/// Steps every neuron in every tick and writes every spike's effect into the tick in which it arrives. What the other
/// back ends must agree with.
struct reference {
  milliseconds tick{0.1};

  std::unique_ptr<engine> build(const network& net) const;
  /// Memory that the network will take here. `build` refuses what exceeds the memory there is.
  memory_estimate estimate(const network& net) const;
};

}  // namespace spinule

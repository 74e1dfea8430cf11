// Networks on the cores of this machine.
#pragma once

#include <memory>

#include <spinule/engine/engine.hpp>
#include <spinule/engine/memory.hpp>

namespace spinule {

/// How a tick reaches the neurons of a block.
enum class stepping {
  automatic,  ///< visit while little arrives, sweep otherwise; decided from the network and its activity alone
  sweep,      ///< every neuron in every tick, vectorised
  visit,      ///< only neurons with input and those due to fire; models that cannot skip are swept
};

/// Spikes are the same bits for any number of threads. With `threads = 0` there are at most as many as cores, fewer
/// where the work between two meetings is too little for them, and fewer while fewer are faster, as where others use
/// the machine; a given number is kept. Throws `spinule_error` for negative `threads`.
struct cpu {
  milliseconds tick{0.1};
  int threads = 0;  ///< at most 1024; 0: chosen
  spinule::stepping stepping = spinule::stepping::automatic;
  spinule::precision precision = spinule::precision::single;  ///< of neuron states; input is summed exactly in either

  std::unique_ptr<engine> build(const network& net) const;
  /// Memory that the network will take here. `build` refuses what exceeds the memory there is.
  memory_estimate estimate(const network& net) const;
};

}  // namespace spinule

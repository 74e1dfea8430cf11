// Networks on digital neuromorphic cores with published costs per event.
#pragma once

#include <memory>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/hardware.hpp>
#include <spinule/engine/engine.hpp>
#include <spinule/engine/memory.hpp>

namespace spinule {

/// The spikes of `cpu`, priced: the baseline that a crossbar is compared with.
struct digital {
  milliseconds tick{0.1};
  spinule::hardware hardware = load_hardware("loihi_davies2018");
  std::vector<measured_spikes> spikes = {};  ///< for `mesh.placement`; of none: as many of every neuron
  spinule::stepping stepping = spinule::stepping::automatic;
  spinule::precision precision = spinule::precision::single;

  /// Throws `spinule_error` when the hardware is a crossbar.
  std::unique_ptr<engine> build(const network& net) const;
  /// Memory that the network will take here. `build` refuses what exceeds the memory there is.
  memory_estimate estimate(const network& net) const;
};

}  // namespace spinule

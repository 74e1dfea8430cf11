// Networks on emulated resistive-memory crossbars.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/engine/converter_ranges.hpp>
#include <spinule/backends/hardware.hpp>
#include <spinule/engine/engine.hpp>
#include <spinule/engine/memory.hpp>

namespace spinule {

/// A projection whose weights are whatever forming leaves behind, between every source and every target: the network's
/// weights and wiring are not used. A conductance difference of 1 uS is `gain` (unit of the target port).
struct frozen_projection {
  std::string name;  ///< as in the network, "source->target"
  double gain = 1;
};

/// A projection on arrays of its own kind. Its cells take what they take; all else is priced as on the rest.
struct projection_hardware {
  std::string name;  ///< as in the network
  spinule::hardware hardware;
};

/// The neurons of `cpu`; each projection becomes tiles of differential conductance pairs, read by the lines that spike
/// in a tick, and every event is costed. With ideal devices and converters the spikes are those of `cpu`, bit for bit.
struct crossbar {
  milliseconds tick{0.1};
  spinule::hardware hardware = load_hardware("ideal");
  std::uint32_t chip = 0;  ///< another number is another draw of all devices
  std::vector<frozen_projection> frozen = {};
  std::vector<projection_hardware> exceptions = {};
  std::vector<measured_spikes> spikes = {};   ///< for `mesh.placement`; of none: as many of every neuron
  std::vector<projection_range> ranges = {};  ///< for `adc.range = data`: of `measure_ranges`
  spinule::stepping stepping = spinule::stepping::automatic;
  spinule::precision precision = spinule::precision::single;

  /// Throws `spinule_error` for hardware that is no crossbar, a projection that is not there, arrays that do not fit.
  std::unique_ptr<engine> build(const network& net) const;
  /// Memory that the network will take here. `build` refuses what exceeds the memory there is.
  memory_estimate estimate(const network& net) const;
};

}  // namespace spinule

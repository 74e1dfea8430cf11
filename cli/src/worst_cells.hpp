// The cells that are farthest from what they should hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "replaying.hpp"

namespace spinule {

/// A synapse and what its pair of cells holds, without the noise of reads; weights are in the unit of the target port.
struct worst_cell {
  std::string projection;
  std::string source, target;  ///< populations
  std::uint32_t source_neuron = 0, target_neuron = 0;
  double delay_ms = 0;
  double asked = 0, held = 0;
  double error = 0;  ///< |held - asked| over the mean |asked| of the projection
};

/// The `count` synapses with the largest error, the largest first; of equals the earlier projection and synapse.
std::vector<worst_cell> worst_cells(const classifier& through, const backend_choice& on, std::size_t count);

void to_json(nlohmann::json& json, const worst_cell& cell);

}  // namespace spinule

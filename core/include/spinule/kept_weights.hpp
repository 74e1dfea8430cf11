// What a back end keeps of the weights that a network asks for.
#pragma once

#include <cstdint>
#include <string>

namespace spinule {

/// One projection whose weights stay. Weights and errors are in the unit of the target port; errors are magnitudes of
/// what is kept minus what was asked for. Noise that differs from read to read does not count.
struct kept_weights {
  std::string projection;  ///< its name, "source->target"
  std::uint64_t synapses = 0;
  std::uint64_t close = 0;  ///< kept within a tenth of what was asked for
  std::uint64_t lost = 0;   ///< not 0, but kept as 0
  double mean_weight = 0;   ///< of the magnitudes asked for
  double mean_error = 0;
  double largest_error = 0;
  double worst_asked = 0, worst_kept = 0;  ///< of the synapse with the largest error

  double share_close() const { return synapses ? static_cast<double>(close) / static_cast<double>(synapses) : 1; }
  /// Whether every weight is kept to a thousandth of the mean weight, as it is where nothing but rounding changes it.
  bool faithful() const { return largest_error <= 1e-3 * mean_weight; }
  bool operator==(const kept_weights&) const = default;
};

}  // namespace spinule

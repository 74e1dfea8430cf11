// The first pass over a projection: what must be known of it before its synapses can be put anywhere.
#pragma once

#include <vector>

#include <spinule/engine/lowering.hpp>

namespace spinule {

/// Everything in it is a sum of whole numbers, a greatest value or a set, so that the order of rows does not matter.
struct survey {
  projection_summary summary;
  std::vector<std::uint32_t> fan_out;  ///< [sources] synapses
  std::vector<std::uint64_t> weights;  ///< [targets] sum of magnitudes, each rounded up to a multiple of `unit`
  double unit = 1;

  /// No less than the sum of the magnitudes of the weights onto a target.
  double input(index_t target) const { return static_cast<double>(weights[target]) * unit; }
};

/// Draws every row of a projection once.
survey survey_of(const lowered_network& net, index_t projection, const parallel_loop& each);

}  // namespace spinule

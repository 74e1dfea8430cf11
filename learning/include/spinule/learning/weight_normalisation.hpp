// Weights onto a neuron that sum to the same between two stretches of learning.
#pragma once

#include <vector>

#include <spinule/simulation.hpp>

namespace spinule::learning {

/// Scales the weights of a projection onto every target so that they sum to `total`, as competitive learning asks for
/// between samples (von der Malsburg, Kybernetik 14 (1973); Diehl & Cook 2015). A weight that would pass `highest` is
/// put there, and the sum falls short by what is cut off. Targets whose weights sum to 0 are left alone.
class weight_normalisation {
 public:
  /// For simulations of the network that `sim` was made of; `total` and `highest` in the unit of the weights. Throws
  /// `spinule_error` for a total or a highest weight that is not positive, and for negative weights.
  weight_normalisation(const simulation& sim, const projection& p, double total, double highest);

  /// Throws what `simulation::assign` throws.
  void operator()(simulation& sim) const;

 private:
  projection projection_;
  double total_, highest_;
  std::vector<index_t> target_;  ///< [synapses]
  std::size_t targets_ = 0;
};

}  // namespace spinule::learning

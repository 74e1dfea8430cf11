// Hebbian memories of many patterns: pairwise, dense, and multitasking ones whose patterns have blanks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spinule::learning {

/// K patterns over N units whose states s are -1 or 1, stored by Hebb's rule for interactions of P units at a time:
///
///     E(s) = -sum_mu (xi^mu . s)^P / N^(P - 1)
///
/// P = 2 is the network of Hopfield, PNAS 79 (1982); a larger P is a dense network, which holds of the order of
/// N^(P - 1) patterns (Gardner, J. Phys. A 20 (1987); Krotov & Hopfield, NeurIPS 2016). The tensor of interactions is
/// never made; memory and the time of a sweep are those of the patterns. Entries are any numbers: -1 and 1; 0 for the
/// blanks of multitasking patterns, which leave a unit free for others (Agliari et al., Phys. Rev. Lett. 109 (2012)
/// 268101); means of noisy examples, for patterns that nobody has seen (Alemanno et al., EPL 141 (2023) 11001).
class associative_memory {
 public:
  /// `patterns` [K][units]. Throws `spinule_error` for numbers that are no such table or not finite, and an order
  /// below 2.
  associative_memory(std::vector<double> patterns, std::size_t units, int order = 2);

  std::size_t units() const { return units_; }
  std::size_t size() const { return patterns_.size() / units_; }
  std::span<const double> pattern(std::size_t mu) const { return {patterns_.data() + mu * units_, units_}; }

  /// The following throw `spinule_error` for a state of another number of units.

  /// [K] m_mu = xi^mu . s / N.
  std::vector<double> overlaps(std::span<const double> state) const;
  double energy(std::span<const double> state) const;
  /// [units] by how much the energy rises where one unit alone changes its sign.
  std::vector<double> flip_costs(std::span<const double> state) const;
  /// Each unit in turn, in order, changes its sign where that lowers the energy; where it makes no difference the unit
  /// stays. How many changed. No sweep raises the energy, so that sweeps end in a state that the next one leaves.
  std::size_t sweep(std::span<double> state) const;

 private:
  void check(std::span<const double> state) const;
  double raised(double x) const;  ///< x^P
  std::vector<double> products(std::span<const double> state) const;

  std::vector<double> patterns_;
  std::size_t units_;
  int order_;
  double scale_;  ///< N^(1 - P)
};

/// [count][units] entries that are 0 with probability `dilution`, else -1 or 1 alike.
std::vector<double> random_patterns(std::size_t count, std::size_t units, double dilution, std::uint64_t seed);

/// The state of a multitasking memory that serves its patterns [count][units] in order: each unit follows the first
/// that is not blank there, and is 1 where all are. Its overlaps are near (1 - d) d^(k - 1), k = 1 the first, for
/// blanks of probability d.
std::vector<double> hierarchical_state(std::span<const double> patterns, std::size_t units);
/// Whether that state is one in which a large network stays: 1 - d > d (1 - d^(count - 1)). Beyond it, the first
/// pattern's unit is outvoted by all the others together.
bool hierarchy_is_stable(double dilution, std::size_t count);

/// The share of a dense memory's units that leave a stored pattern at once, for many units and a load of Gaussian
/// noise: erfc(sqrt(N^(P - 1) / (2 K (2 P - 3)!!))) / 2.
double expected_bit_error(std::size_t units, std::size_t patterns, int order);

}  // namespace spinule::learning

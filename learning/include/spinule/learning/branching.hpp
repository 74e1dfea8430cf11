// The branching factor: how many spikes one spike leads to. Below 1 activity dies out, above it grows, and at 1 the
// network is critical. Three estimates, which differ in what they must be told and what they can stand.
#pragma once

#include <span>
#include <vector>

#include <spinule/network.hpp>
#include <spinule/simulation.hpp>

namespace spinule::learning {

/// The spikes of several populations and the synapses among them, with neurons numbered through in the order given.
struct joint_activity {
  index_t neurons = 0;
  std::vector<spike> spikes;             ///< by time, then neuron
  std::vector<listed_synapse> synapses;  ///< of projections between these populations
};
/// Throws `spinule_error` for populations that are not observed or of another network.
joint_activity joined(const network& net, const simulation& sim, std::span<const population> layers);

struct local_window {
  ticks window = 4;  ///< how far after a spike descendants, and before it ancestors, are counted
  ticks trim = 25;   ///< spikes nearer to either end are not asked, though they count for others
};
/// Local: for every spike of a neuron, at tick t, the spikes of its targets in [t + 1, t + 1 + window), over those of
/// its sources in [t - window, t), at least 1; averaged over the spikes of a neuron, then over the neurons that fired.
/// A partner counts once, whatever the number of synapses. NaN where none fired. As measured for NALSM with ticks of
/// 1 ms (Ivanov & Michmizos, NeurIPS 2021). `duration` in ticks. Throws `spinule_error` for numbers out of range.
double local_branching(const joint_activity& activity, moment duration, const local_window& window = {});

/// Spikes of each bin of `bin` ticks from tick 0 on, the last of which ends by `duration`. Throws `spinule_error` for a
/// bin below 1 and spikes that are not by time or outside.
std::vector<double> binned_counts(std::span<const spike> spikes, moment duration, ticks bin = 1);
/// The mean number of ticks between two spikes of a population, rounded, at least 1.
ticks mean_interval(std::span<const spike> spikes);

/// Avalanches: the mean of n(b + 1) / n(b) over all bins b with n(b) > 0 but the last, in bins of `mean_interval`
/// (after Beggs & Plenz, J. Neurosci. 23, 2003, who take the first bin of each avalanche). All spikes of a bin are
/// taken for children of those of the bin before, so it needs avalanches that are apart and all neurons observed.
/// NaN where nothing fired.
double avalanche_branching(std::span<const double> counts);

struct multistep {
  double m = 0;                ///< the branching factor of one step
  double b = 0;                ///< falls below 1 where only a part of the activity is seen, or driven from outside
  std::vector<double> slopes;  ///< [lags] r_k
  /// The time that correlations last, -step / log m; infinite for m >= 1.
  milliseconds tau(milliseconds step) const;
};
/// Multistep regression: r_k, the slope of the regression of A(t + k) on A(t), k = 1 .. lags, fitted by r_k = b m^k in
/// least squares, 0 < m <= 1.2. Neither input from outside nor the share of neurons that is seen changes m (Wilting &
/// Priesemann, Nat. Commun. 9, 2018). `counts` one per step. Throws `spinule_error` for fewer than 2 lags, fewer than
/// 3 counts more than lags, and counts that never change.
multistep multistep_branching(std::span<const double> counts, std::size_t lags = 100);

}  // namespace spinule::learning

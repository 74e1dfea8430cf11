// What recorded spikes are like: how often neurons fire, how regularly, and how much together.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include <spinule/simulation.hpp>

namespace spinule::learning {

/// Ticks [begin, end) of a run.
struct stretch {
  moment begin = 0, end = 0;
};

// All functions take the spikes of one population of `neurons` neurons, by time, as `simulation::spikes` gives them.
// Spikes outside the stretch are passed over. They throw `spinule_error` for a neuron from `neurons` on, spikes out of
// order, an empty stretch, and a bin below 1 tick.

/// [neurons] rates in Hz.
std::vector<double> rates_hz(std::span<const spike> spikes, index_t neurons, stretch of, milliseconds tick);

/// [bins] mean rate of the population in Hz in bins of `bin` ticks. A last bin that does not fit is left out, here and
/// below.
std::vector<double> population_rates_hz(std::span<const spike> spikes, index_t neurons, stretch of, milliseconds tick,
                                        ticks bin);

/// [neurons] coefficients of variation: standard deviation over mean of the intervals between spikes, the deviation
/// over n and not n - 1. 0 for a clock, 1 for a Poisson process. NaN for fewer than three spikes, whose intervals have
/// no spread. Few intervals give too small a value in any case: compare runs of one length.
std::vector<double> interval_cvs(std::span<const spike> spikes, index_t neurons, stretch of);

/// [neurons] Fano factors: variance (over n - 1) over mean of the counts in bins of `bin` ticks; 1 for a Poisson
/// process in bins of any length. NaN for neurons that are silent in all bins, and for fewer than two bins.
std::vector<double> fano_factors(std::span<const spike> spikes, index_t neurons, stretch of, ticks bin);

/// Synchrony chi (Golomb & Rinzel, Physica D 72, 1994): chi^2 is the variance over bins of the mean count of all
/// neurons, over the mean of the variances of each. 1 where all fire alike, 1 / sqrt(neurons) where each is on its own.
/// NaN where no count varies.
double synchrony(std::span<const spike> spikes, index_t neurons, stretch of, ticks bin);

/// The mean, over all pairs of neurons whose counts vary, of the correlation coefficient of their counts in bins. NaN
/// for fewer than two such neurons.
double mean_correlation(std::span<const spike> spikes, index_t neurons, stretch of, ticks bin);

struct spike_statistics {
  double rate_hz = 0;                                    ///< mean over all neurons, silent ones too
  double cv = std::numeric_limits<double>::quiet_NaN();  ///< mean of `interval_cvs` over the counted neurons
  index_t counted = 0;                                   ///< neurons with three spikes or more
};
spike_statistics statistics_of(std::span<const spike> spikes, index_t neurons, stretch of, milliseconds tick);

}  // namespace spinule::learning

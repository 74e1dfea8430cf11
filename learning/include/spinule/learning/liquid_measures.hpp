// What a liquid makes of its input: how well it tells inputs apart, and what it remembers of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/recording.hpp>
#include <spinule/simulation.hpp>

namespace spinule::learning {

/// States of a network at several moments, or for several inputs: one row of `columns` numbers each, row after row.
struct state_table {
  std::size_t columns = 0;
  std::vector<double> values;

  std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const double> row(std::size_t r) const { return std::span{values}.subspan(r * columns, columns); }
  /// Throws `spinule_error` for a row of another length; the first one decides `columns` where it is 0.
  void add(std::span<const double> row);
};

/// Spike trains low-pass filtered, one row per moment: x_i(t) = sum of exp(-(t - s) / tau) over the spikes s <= t of
/// neuron i. `spikes` by time, as `simulation::spikes` gives them; `at` in ticks, ascending. Throws `spinule_error` for
/// a neuron from `neurons` on, a tau that is not positive, and moments or spikes out of order.
state_table filtered_states(std::span<const spike> spikes, index_t neurons, milliseconds tick, milliseconds tau,
                            std::span<const moment> at);

/// How far two recordings are apart, in sqrt(ms): the L2 norm, over all time and channels, of the difference of their
/// trains, each spike smoothed to a Gaussian exp(-(t / tau)^2) (Maass, Natschlaeger & Markram, Neural Comput. 14,
/// 2002). In closed form: the scalar product of two Gaussians D apart is tau sqrt(pi / 2) exp(-(D / tau)^2 / 2). Events
/// by time. Throws `spinule_error` for a tau that is not positive.
double train_distance(std::span<const event> u, std::span<const event> v, milliseconds tau = milliseconds{5});

/// Separation: S(t) = |x_u(t) - x_v(t)|, the Euclidean distance of two states, one number per row; average it over
/// pairs of inputs that are equally far apart. S of one input twice, with other noise or start states, is the floor to
/// be taken off (same source). Throws `spinule_error` for tables of different sizes.
std::vector<double> separation(const state_table& u, const state_table& v);

/// The number of singular values above `tolerance`. Of the states that m different inputs lead to it is the kernel
/// rank r_K, of the states of m noisy versions of one input the generalisation rank r_G; a liquid is the better the
/// larger r_K - r_G (Legenstein & Maass, Neural Netw. 20, 2007).
struct state_rank {
  std::size_t rank = 0;
  double tolerance = 0;
  std::vector<double> singular_values;  ///< descending
};
/// `tolerance` 0: the largest singular value times max(rows, columns) times 2^-52, as NumPy and MATLAB do. Throws
/// `spinule_error` for an empty table, numbers that are not finite and a negative tolerance.
state_rank rank_of(const state_table& states, double tolerance = 0);

/// How well classes lie apart in the space of states.
struct class_separation {
  /// tr(S_w^-1 S_b), S_w the scatter of samples around the centroid of their class, S_b that of the centroids around
  /// the mean, each class counted with its samples (Fukunaga, Statistical Pattern Recognition, 1990, 10.2).
  double scatter_ratio = 0;
  /// Mean distance of two centroids, over 1 + the mean over classes of the mean distance to the centroid (after Norton
  /// & Ventura, Neurocomputing 73, 2010).
  double distance_ratio = 0;
};
/// `labels` [rows]. `ridge` is added to the diagonal of S_w, which is singular where there are hardly more samples than
/// columns. Throws `spinule_error` for fewer than two classes, a ragged table, and an S_w that cannot be inverted.
class_separation class_separability(const state_table& states, std::span<const std::uint32_t> labels, double ridge = 0);

/// Memory capacity MC = sum over k of corr^2(y_k(t), u(t - k)), y_k the best linear readout of the states for the input
/// k steps ago, k = 1 .. delays (Jaeger, GMD Report 148, 2001). For independent inputs MC <= columns; a chance
/// correlation adds about 1 / (rows judged) per delay.
struct memory {
  double capacity = 0;
  std::vector<double> by_delay;  ///< [delays] corr^2
};
/// `states` row t is the state after `input[t]`. Readouts, with a bias, are least squares (of least norm where states
/// depend on each other) on the first half of the rows from `delays` on, and judged on the second. Throws
/// `spinule_error` for sizes that differ, no delay, and fewer than 2 (columns + 1) + delays rows.
memory memory_capacity(const state_table& states, std::span<const double> input, std::size_t delays);

}  // namespace spinule::learning

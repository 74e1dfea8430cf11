// The weights of an ELM neuron as its event-driven form needs them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <spinule/engine/aligned.hpp>
#include <spinule/models/elm_weights.hpp>

namespace spinule {

/// Numbers in a panel: outputs of a layer whose sums are collected side by side.
template <class Real>
inline constexpr std::size_t panel = 64 / sizeof(Real);

/// A layer whose outputs are padded with zeros to whole panels.
template <class Real>
struct panelled_layer {
  std::size_t inputs = 0, outputs = 0, padded = 0;
  aligned_vector<Real> weights;  ///< [padded / panel][inputs][panel]
  aligned_vector<Real> bias;     ///< [padded]
};

/// What an event on a lane does: traces first .. last - 1 of the list get its amount times their weight.
template <class Real>
struct lane_synapses {
  std::vector<std::size_t> first;  ///< [lanes + 1]
  std::vector<index_t> trace;
  std::vector<Real> weight;
};

/// Where all input decays alike, the part that it has in the first layer, W1b b, decays as a whole: it is kept instead
/// of b (`projected`), and an event on a lane adds a column to it. Otherwise each synapse (v1) or branch (v2) keeps a
/// trace.
template <class Real>
struct elm_parts {
  bool projected = false, rectified = true;
  std::size_t lanes = 0, traces = 0, branches = 0, memory = 0;
  aligned_vector<Real> columns;              ///< projected: [lanes][traces], traces being hidden units
  lane_synapses<Real> synapses;              ///< otherwise
  std::vector<Real> decay;                   ///< projected: of all, [1]; otherwise [traces]
  std::vector<Real> kappa, gain;             ///< [memory]
  std::vector<panelled_layer<Real>> layers;  ///< the first without branches where they are projected
  panelled_layer<Real> readout;

  /// Numbers of room that a group of `together` neurons needs.
  std::size_t room(std::size_t together) const;
};

/// `by_branch`: lanes are branches, whose weights are those of the network's synapses; otherwise inputs.
template <class Real>
elm_parts<Real> prepared(const elm_weights& weights, bool by_branch);

/// The time constant of all input, in ms, if there is one.
std::optional<double> common_tau(const elm_weights& weights, bool by_branch);

/// Some neurons of one set of weights in one bin.
template <class Real>
struct elm_run {
  std::size_t count = 0;
  Real* trace = nullptr;   ///< [count][traces]
  Real* memory = nullptr;  ///< [count][memory]
  Real* y = nullptr;       ///< [count][outputs]
  Real* room = nullptr;    ///< `elm_parts::room`
};

/// Neurons whose sums are collected together; those that are left over go one by one, to the same bits.
inline constexpr std::size_t elm_together = 4;

/// Lets all traces of neurons with these weights decay by a bin.
void decay(const elm_parts<float>& parts, const elm_run<float>& run);
void decay(const elm_parts<double>& parts, const elm_run<double>& run);
/// Events on lanes of neurons with these weights, which have numbers from `first_lane` on, `parts.lanes` each;
/// ascending.
template <class Real>
struct elm_events {
  std::span<const index_t> lanes;
  std::span<const Real> amounts;
  std::size_t first_lane = 0;
};
void arrive(const elm_parts<float>& parts, const elm_events<float>& events, float* trace);
void arrive(const elm_parts<double>& parts, const elm_events<double>& events, double* trace);
/// The rest of the bin.
void remember(const elm_parts<float>& parts, const elm_run<float>& run);
void remember(const elm_parts<double>& parts, const elm_run<double>& run);

}  // namespace spinule

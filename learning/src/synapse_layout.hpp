// Where the numbers of a projection's synapses lie, and the loops along them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/engine/aligned.hpp>
#include <spinule/time.hpp>

#include "row_sums.hpp"

namespace spinule::learning {

/// Numbers from one row of a matrix to the next.
inline std::size_t padded(std::size_t columns) { return (columns + 15) / 16 * 16; }

/// Weights, gradient and moments of a projection are a matrix, [sources][stride], or a list of one number for each
/// synapse. What else a trainer does with them is the same: it goes by the functions below. Arrays have slack behind
/// `numbers()`.
struct synapse_layout {
  index_t sources = 0, targets = 0;
  std::size_t stride = 0;     ///< of a matrix
  bool sparse = false;        ///< a list, by source, then target
  std::vector<char> present;  ///< of a matrix: [sources][targets]; empty: all pairs are connected
  /// Of a list, and of a matrix where loops go along its synapses (`training_plan::lists`): the synapses of source j
  /// are list_offsets[j] .. list_offsets[j + 1] - 1; their targets ascend.
  std::vector<std::uint32_t> list_offsets, list_targets;

  /// Where a smaller share of all pairs is connected, a list is the faster one as well; places have 32 bits.
  static constexpr double sparse_below = 0.1;
  static bool is_sparse(double synapses, double pairs) { return synapses < sparse_below * pairs && synapses < 4e9; }
  /// Of weights, gradient and moments, of so many arrays besides, and of what says where synapses are.
  static double bytes(double sources, double targets, double synapses, bool sparse, int more = 0);

  /// Of delays and their gradient: [sources][targets] of a matrix, without padding, or [synapses] of a list.
  std::size_t delay_numbers() const { return sparse ? list_targets.size() : std::size_t{sources} * targets; }
  /// The places of a source's first weight and first delay, how many places of both it has, and the targets there;
  /// null: all, in order.
  std::size_t row(std::size_t source) const { return sparse ? list_offsets[source] : source * stride; }
  std::size_t delay_row(std::size_t source) const { return sparse ? list_offsets[source] : source * targets; }
  std::size_t row_size(std::size_t source) const {
    return sparse ? list_offsets[source + 1] - list_offsets[source] : targets;
  }
  const std::uint32_t* row_targets(std::size_t source) const {
    return sparse ? list_targets.data() + list_offsets[source] : nullptr;
  }
  std::size_t delay_place(std::size_t source, std::size_t target, std::size_t place) const {
    return sparse ? place : source * targets + target;
  }
  std::size_t numbers() const { return sparse ? list_targets.size() : sources * stride; }
  /// Calls use(source, target, place) for every synapse, by source, then target.
  template <class Use>
  void for_each(const Use& use) const;
  /// Calls use(target, place, place of its delay) for the synapses of a source, and for all pairs where a matrix has no
  /// list.
  template <class Use>
  void for_each_target(std::size_t source, const Use& use) const;
  /// A momentum, or a product of rows, leaves numbers where a matrix has no synapse.
  void clear_absent(aligned_vector<float>& numbers) const;
  double norm_of(const aligned_vector<float>& numbers) const;
  /// [sources * targets], 0 where there is no synapse; of an empty array all 0.
  std::vector<double> matrix_of(const aligned_vector<float>& numbers) const;
  /// The same of delays or their gradient; `otherwise` where there is no number.
  std::vector<double> delay_matrix_of(std::span<const float> numbers, double otherwise) const;

  /// out[b][i] += sum over the sources j of list b of value(j) weights[j][i], in their order; out is
  /// [samples][targets].
  void add_sent(const row_lists& sent, std::size_t samples, const float* weights, float* out) const;
  /// Sum over the targets i of a source of weights[i] x[i].
  float product(std::size_t source, const float* weights, const float* x) const;

  /// Threads share a gradient by columns of a matrix, and by sources of a list; `first` and `count` are of these.
  std::size_t gradient_parts() const { return sparse ? sources : targets; }
  std::size_t parts_at_a_time(unsigned threads) const {
    return sparse ? std::clamp<std::size_t>(sources / (4 * std::max(threads, 1U)), 64, 1024) : 64;
  }
  /// gradient[j][i] += sum over the entries r of list j of value(r) errors[r][i], in their order.
  void add_gradient(std::size_t first, std::size_t count, const row_lists& rows, const float* errors,
                    float* gradient) const;
};

template <class Use>
void synapse_layout::for_each(const Use& use) const {
  for (std::size_t j = 0; j < sources; ++j)
    if (sparse)
      for (std::size_t k = list_offsets[j]; k < list_offsets[j + 1]; ++k) use(j, std::size_t{list_targets[k]}, k);
    else
      for (std::size_t i = 0; i < targets; ++i)
        if (present.empty() || present[j * targets + i] != 0) use(j, i, j * stride + i);
}

template <class Use>
void synapse_layout::for_each_target(std::size_t source, const Use& use) const {
  const std::size_t weight = row(source), delay = delay_row(source);
  if (list_offsets.empty()) {
    for (std::size_t i = 0; i < targets; ++i) use(i, weight + i, delay + i);
    return;
  }
  const std::size_t first = list_offsets[source], last = list_offsets[source + 1];
  if (sparse)
    for (std::size_t k = first; k < last; ++k) use(std::size_t{list_targets[k]}, k, k);
  else
    for (std::size_t k = first; k < last; ++k)
      use(std::size_t{list_targets[k]}, weight + list_targets[k], delay + list_targets[k]);
}

}  // namespace spinule::learning

// From the description to numbers: what all back ends start from.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <spinule/engine/connectivity.hpp>
#include <spinule/engine/drawing.hpp>
#include <spinule/engine/poisson_counts.hpp>
#include <spinule/network.hpp>

namespace spinule {

/// What is known of a projection before its synapses are kept anywhere.
struct projection_summary {
  std::uint64_t synapses = 0;
  std::vector<ticks> delays;        ///< distinct, ascending, at least one; of many synapses all that can be drawn
  double quantum = 1;               ///< input unit of the target port per quantum
  std::size_t column = 0;           ///< of the sums of the target population, see `lowered_network::quanta`
  int coarse = 0;                   ///< weights are multiples of 2^coarse quanta
  double scale = 1;                 ///< 1 / (quantum * 2^coarse), a power of two
  double largest = 0;               ///< magnitude of a weight
  double largest_amplitude = 1;     ///< by which a weight is multiplied; 1 where spikes arrive
  bool graded = false;              ///< values arrive, by which weights are multiplied
  ticks modulated_after = 0;        ///< the delay of its modulator; 0: it has none
  ticks third_factor_after = 0;     ///< likewise of its rule's
  std::vector<ticks> back;          ///< [delays] a rule sees a spike of the target so long after it
  double usual = 0;                 ///< nine in ten of the weights that are not 0 are no smaller, about
  std::vector<double> few_weights;  ///< the different weights, ascending; empty when there are more than `most_few`
  bool dense = false;               ///< every source that reaches anything reaches each target once

  static constexpr std::size_t most_few = 4;
  /// A weight in quanta, to the nearest multiple of 2^coarse.
  std::int32_t code(double weight) const {
    const double steps = weight * scale;
    return static_cast<std::int32_t>(steps + (steps < 0 ? -0.5 : 0.5)) * (1 << coarse);
  }
};

/// A Poisson drive in numbers.
struct lowered_drive {
  index_t population = 0;
  std::size_t column = 0;  ///< of the sums of the population
  std::int32_t code = 0;   ///< weight in quanta
  poisson_counts counts;   ///< per tick
};

/// A network with its wiring determined, delays in ticks and weights in quanta. Shared, never changed. Rows are drawn
/// when they are asked for: what a back end keeps of them is its own affair.
struct lowered_network {
  std::uint64_t seed = 1;
  milliseconds tick{1};
  std::vector<population_description> populations;
  std::vector<projection_description> descriptions;
  std::vector<std::vector<ticks>> list_delays;        ///< [projections][synapses of their list], or one for all
  std::vector<std::vector<std::uint32_t>> row_sizes;  ///< [projections] empty where rows are independent
  std::vector<projection_summary> summaries;          ///< [projections]
  /// [populations][columns] input unit per quantum. A *column* holds one sum for each target, a neuron or a lane of a
  /// wide port: one for each port, by its number, and then finer ones for ports where weights of very different size
  /// meet; what arrives at a port is the sum of its columns.
  std::vector<std::vector<double>> quanta;
  std::vector<std::vector<int>> column_ports;  ///< [populations][columns]
  /// Sums of a neuron in a column.
  index_t width(index_t population, std::size_t column) const {
    return populations[population].width(column_ports[population][column]);
  }
  std::vector<std::uint32_t> most_events;  ///< [populations] of one neuron in one tick
  std::vector<double> largest_output;      ///< [populations] of a neuron, in magnitude; 1 where spikes are sent
  /// [populations] that send values or gains to a port which takes no negative ones, and so must send none.
  std::vector<bool> sends_none_below_0;
  std::vector<lowered_drive> drives;
  std::vector<std::vector<index_t>> levels;         ///< populations by same-tick level, see `same_tick_levels`
  std::vector<ticks> reach;                         ///< [populations] greatest delay of their projections
  std::vector<std::vector<std::uint32_t>> fan_out;  ///< [populations][neurons] synapses

  /// All synapses of a projection in memory: drawn when first asked for, then kept. May be called by several threads.
  const connectivity& synapses(index_t projection) const;
  /// The same, drawn afresh and not kept, of all sources or a few: sources first .. first + count - 1, numbered from 0.
  /// `as_given`: with weights as they were given, in `connectivity::start`, even where they do not change.
  connectivity draw(index_t projection, index_t first = 0, index_t count = 0xffffffff, bool as_given = false) const;

  lowered_network();
  ~lowered_network();

 private:
  struct kept;
  std::unique_ptr<kept> kept_;
};

/// Calls work(i) for every i < count, in any order, perhaps several at the same time.
using parallel_loop = std::function<void(std::size_t count, const std::function<void(std::size_t)>& work)>;
void serial_loop(std::size_t count, const std::function<void(std::size_t)>& work);

/// Determines every projection with the network's seed; rows may be drawn in any order, so the result depends on
/// nothing else. `each` is how rows are gone through. Throws `spinule_error` when a tick is outside [1 us, 1 s], a
/// delay is off the grid of ticks or a law can draw one between 0 and half a tick, or projections without delay form a
/// cycle.
std::shared_ptr<const lowered_network> lower(const network& net, milliseconds tick,
                                             const parallel_loop& each = serial_loop);

/// The number of the state field that the rule of a projection follows.
std::optional<std::size_t> followed_field(const lowered_network& net, index_t projection);

/// The start values that the description gives for neurons first .. first + count - 1 of a population, as
/// `write(field, neuron, value)` with the neuron numbered from `first`.
template <class Cells>
void set_start_values(const lowered_network& net, index_t p, Cells& cells, index_t first = 0,
                      index_t count = 0xffffffff) {
  const auto& described = net.populations[p];
  for (const auto& start : described.initial)
    for (index_t i = first; i < described.size && i - first < count; ++i) {
      random_stream random{net.seed, purpose::initial_state, (std::uint64_t{p} << 32) | i,
                           static_cast<std::uint32_t>(start.field)};
      cells.write(start.field, i - first, start.list.empty() ? start.values.draw(random) : start.list[i]);
    }
}

}  // namespace spinule

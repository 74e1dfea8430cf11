// One projection, lowered: compressed rows sorted by source, then by delay, then by target.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/time.hpp>

namespace spinule {

/// The synapses of one projection in the form every back end starts from.
///
/// Weights are whole numbers of *quanta*. All projections onto one port of a population share one quantum, a power of
/// two small enough that the largest input of one tick fits 32 bits. Input is therefore summed exactly: the order of
/// arrival, the cut into tiles or threads and the instruction set cannot change a bit.
///
/// A *line* is the run of synapses of one source that share one delay: row `source * delays.size() + k` for the k-th
/// delay. A synapse stores no delay. On a crossbar a line is a word line.
struct connectivity {
  index_t sources = 0;
  index_t targets = 0;
  std::vector<ticks> delays;           ///< distinct, ascending; at least one
  std::vector<std::uint64_t> offsets;  ///< [lines() + 1]: line l holds synapses offsets[l] .. offsets[l + 1] - 1
  std::vector<index_t> target;         ///< [synapses()], ascending within a line
  std::vector<std::int32_t> code;      ///< [synapses()] weight in quanta; empty when all weights equal `constant`
  std::int32_t constant = 0;
  std::vector<double> start = {};  ///< weights as they were given, where wanted: [synapses], or one for all
  double quantum = 1;              ///< input unit of the target port per quantum

  std::uint64_t synapses() const { return target.size(); }
  std::size_t lines() const { return static_cast<std::size_t>(sources) * delays.size(); }
  std::size_t line(index_t source, std::size_t delay) const { return source * delays.size() + delay; }
  std::int32_t weight(std::uint64_t synapse) const { return code.empty() ? constant : code[synapse]; }
  /// Targets of one line, ascending.
  std::span<const index_t> targets_of(std::size_t l) const {
    return {target.data() + offsets[l], static_cast<std::size_t>(offsets[l + 1] - offsets[l])};
  }
};

}  // namespace spinule

// Synapses one by one: for rows too thin for bits that do not reach every target either.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/time.hpp>

#include "row_memory.hpp"
#include "synapse_fabric.hpp"

namespace spinule {

/// A synapse on its way into a row.
struct slotted_synapse {
  std::uint32_t piece, slot, delay;  ///< piece of the row set; slot of the shard's sums; delay of the bundle
  std::int32_t code;
};

/// How a synapse is written down.
struct sparse_format {
  std::vector<std::int32_t> values;  ///< ascending, at most four; synapses of one delay are grouped by these weights;
                                     ///< empty: each synapse has its own
  bool packed = false;               ///< slot and weight in 32 bits
  int shift = 0;                     ///< of a packed weight
  std::size_t groups() const { return std::max<std::size_t>(values.size(), 1); }
  std::size_t size() const { return !values.empty() ? 2 : packed ? 4 : 8; }  ///< bytes of a synapse
};

/// Spikes on their way along rows: each is a pointer to the next of its synapses.
struct walkers {
  std::vector<const std::byte*> due;                 ///< in the coming tick
  std::vector<std::vector<const std::byte*>> later;  ///< [a power of two] by tick, a ring
  std::size_t now = 0;                               ///< tick in the ring
  std::vector<index_t> sources;                      ///< that begin in this tick, where they have to be picked out
};

/// The synapses of a source lie side by side, by delay. A spike begins at the row of its source and goes on from where
/// it stopped: in a tick memory is touched in one place per spike under way. A row is made of *segments*: a header of
/// 32 bits and the synapses of one delay and group, padded to 4 bytes. Where there are several delays, the first
/// segment has no synapses, at the bundle's first delay. A header is 14 bits of their number (`many_synapses`: it
/// follows in 32 bits), 2 of the group, and 16 of the ticks to the next segment: `same_tick`, or 0 after the last.
class sparse_rows {
 public:
  /// For about so many synapses of a bundle with these delays; `memory` must outlive this.
  sparse_rows(sparse_format format, index_t sources, std::span<const ticks> delays, double synapses,
              row_memory& memory);

  class filler;
  /// Call when all chunks are filled. False: no source has synapses.
  bool finish();

  /// A tick: spikes of `sources`, ascending, begin, and all under way go on. Call in every tick.
  void deliver(std::span<const index_t> sources, walkers& w, inbox to) const;

 private:
  static constexpr std::uint32_t many_synapses = (1 << 14) - 1, same_tick = 0xffff, longest_gap = 0xfffe;
  template <class Add>
  std::uint32_t step(const std::byte*& at, Add add) const;
  template <class Add>
  void pass_over(std::span<const index_t> sources, Add add) const;
  template <class Add>
  void walk(std::span<const index_t> sources, walkers& w, Add add) const;
  void begin(std::span<const index_t> sources, walkers& w) const;
  /// Those from the first to the last with synapses: a shard of a map, as from pixels to pixels, has few of them.
  std::span<const index_t> near(std::span<const index_t> sources) const;

  sparse_format format_;
  std::vector<std::uint32_t> ticks_;  ///< [delays] after the first
  std::size_t fetched_;               ///< bytes of a segment, about
  row_memory* memory_;
  std::span<const std::byte*> rows_;  ///< [sources] null where there are no synapses
  index_t first_ = 0, last_ = 0;      ///< of the sources with synapses, and one past the last
};

/// Fills one chunk of sources: open, put the synapses of each, ascending, close. Different chunks may be filled at the
/// same time.
class sparse_rows::filler {
 public:
  explicit filler(const sparse_rows& set) : set_{&set} {}
  void open(index_t first_source);
  void put(std::span<const slotted_synapse> synapses);
  void close();

 private:
  template <class Stored, class Store, class Segment>
  void sort(std::span<const slotted_synapse> synapses, Store store, Segment segment);
  void lay_out();
  std::uint64_t append(std::uint32_t word);
  void lead(std::uint64_t header, std::uint32_t gap);

  const sparse_rows* set_;
  index_t first_ = 0;
  std::vector<std::byte> bytes_;
  std::vector<std::uint64_t> starts_;  ///< [sources so far] of their bytes, or that there are none
  std::vector<std::uint32_t> counts_;  ///< [delays][groups] of the source under way
  std::vector<std::uint64_t> next_;    ///< [delays][groups] where the next synapse goes
};

}  // namespace spinule

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
struct placed_synapse {
  std::uint32_t piece, place, delay;  ///< piece of the row set; place in the shard; delay of the bundle
  std::int32_t code;
};

/// How a synapse is written down.
struct sparse_format {
  std::vector<std::int32_t> values;  ///< ascending; synapses of one delay are grouped by these weights; empty: each
                                     ///< synapse has its own
  bool packed = false;               ///< place and weight in 32 bits
  int shift = 0;                     ///< of a packed weight
  std::size_t groups() const { return std::max<std::size_t>(values.size(), 1); }
  std::size_t size() const { return !values.empty() ? 2 : packed ? 4 : 8; }  ///< bytes of a synapse
};

/// Where spikes are on their way along rows: those that began first come first.
struct walkers {
  std::vector<const std::byte*> at;
  std::size_t first = 0;               ///< those before it have arrived everywhere
  std::vector<std::uint32_t> started;  ///< [ticks of a walk] how many in each of the last ticks, a ring
  std::size_t now = 0;                 ///< place in the ring
};

/// The synapses of a source lie side by side, by delay, in one of two layouts.
///
/// *Looked up*: a record per source tells where those of each delay begin.
///
/// *Walked*: from the first delay to the last, those of each tick with their number before them. A spike begins at the
/// row of its source and each tick goes on from where it stopped, so that in a tick memory is touched in one place per
/// spike under way, not in three.
class sparse_rows {
 public:
  /// For about so many synapses of a bundle with these delays; `memory` must outlive this.
  sparse_rows(sparse_format format, index sources, std::span<const ticks> delays, double synapses, row_memory& memory);
  /// Whether walking suits these delays: several, with few gaps.
  static bool suits_walking(std::span<const ticks> delays);

  /// Chooses the layout. Call before rows are filled.
  void lay_out(bool walked);
  class filler;
  /// Whether any source has synapses; call when all chunks are filled.
  bool any() const;

  /// Adds what arrives on these lines; rows are looked up.
  void deliver(std::span<const std::uint32_t> lines, mailbox to) const;
  /// A tick of walking; spikes of `sources` begin.
  void walk(std::span<const index> sources, walkers& w, mailbox to) const;

 private:
  std::uint32_t* record(std::size_t source) const { return records_ + source * width_; }
  const std::byte* row(std::size_t source) const;
  const std::byte* add_group(const std::byte* at, std::size_t count, std::size_t group, mailbox to) const;
  void begin(std::span<const index> sources, walkers& w) const;

  sparse_format format_;
  std::size_t sources_;
  std::vector<std::uint32_t> ticks_;  ///< [delays] after the first
  std::size_t fetched_;               ///< bytes of a step of a walk, about
  row_memory* memory_;
  bool walked_ = false;
  std::size_t width_ = 0;             ///< of a record, a multiple of 2
  std::uint32_t* records_ = nullptr;  ///< [sources][width] two words of address; if rows are looked up, for each delay
                                      ///< and group, and the end, synapses before it
};

/// Fills one chunk of sources: open, put the synapses of each, ascending, close. Different chunks may be filled at the
/// same time.
class sparse_rows::filler {
 public:
  explicit filler(const sparse_rows& set) : set_{&set} {}
  void open(index first_source);
  void put(std::span<const placed_synapse> synapses);
  void close();

 private:
  void lay_out_record();
  void lay_out_walk();
  template <class Stored, class Store, class Segment>
  void sort(std::span<const placed_synapse> synapses, Store store, Segment segment);

  const sparse_rows* set_;
  index first_ = 0;
  std::vector<std::byte> bytes_;
  std::vector<std::uint64_t> starts_;  ///< [sources so far] of their bytes, or that there are none
  std::vector<std::uint32_t> counts_;  ///< [delays][groups] of the source under way
  std::vector<std::uint32_t> next_;    ///< [delays][groups] where the next synapse goes, in bytes
};

}  // namespace spinule

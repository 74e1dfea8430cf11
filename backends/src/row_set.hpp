// The synapses of one bundle onto one shard, in the forms that deliver them fastest.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <spinule/engine/lowering.hpp>

#include "add_rows.hpp"
#include "row_memory.hpp"
#include "sparse_rows.hpp"
#include "synapse_fabric.hpp"

namespace spinule {

/// Bit rows of one weight (and its negative) that are counted together, whichever bundles they come from. Where both
/// signs occur the negative rows are stored inverted: a slot that such a row does not reach counts one, and in the end
/// each slot has as many too many as there were such rows.
struct count_key {
  std::int32_t magnitude = 0;
  std::uint32_t first_word = 0, words = 0;
  bool plus = false, minus = false;  ///< signs that occur
  bool same_slots(const count_key& k) const {
    return magnitude == k.magnitude && first_word == k.first_word && words == k.words;
  }
  bool inverts() const { return plus && minus; }
  std::int32_t value() const { return plus ? magnitude : -magnitude; }
};

/// The bit rows that have arrived for one count_key and wait to be added up: a list that is only ever lengthened, so
/// that nothing is set that is not used.
struct waiting_rows {
  std::vector<const std::uint64_t*> rows;
  std::size_t size = 0, minus = 0;  ///< rows; negative ones among them
  const std::uint64_t** room(std::size_t more) {
    if (rows.size() < size + more) rows.resize(2 * (size + more));
    return rows.data() + size;
  }
  std::span<const std::uint64_t* const> waiting() const { return {rows.data(), size}; }
};

/// One projection onto one slice.
struct piece {
  index_t projection = 0;
  const projection_summary* summary = nullptr;
  index_t sources = 0, targets = 0;  ///< of the projection
  index_t first = 0, count = 0;      ///< targets on this slice
  std::uint32_t at = 0;              ///< slot of target `first`
};

enum class row_form { bits, dense, sparse };

/// Rows are put in source by source; different chunks of sources may be filled at the same time.
class row_set {
 public:
  /// Sources per chunk of memory.
  static constexpr index_t chunk = 128;

  /// `delays`: of the bundle; `memory` and `keys` must outlive this. Appends to `keys` what its bit rows need.
  /// `marks_all`: synapses of weight 0 are kept, to mark their slots.
  row_set(std::vector<piece> pieces, std::span<const ticks> delays, milliseconds tick, row_memory& memory,
          std::vector<count_key>& keys, bool marks_all);
  std::span<const piece> pieces() const { return pieces_; }
  /// Whether all is in sparse rows, which want to be told of a spike once.
  bool is_sparse() const { return bits_.empty() && dense_.empty(); }

  /// Fills one chunk: `put` all synapses of its sources, source by source, ascending; then `close`.
  class filler;
  /// Call when all chunks are filled.
  void finish();

  /// Adds to the sums, or leaves bit rows in `waiting` ([keys]) for their turn. Sets marks where they are wanted.
  /// `once`: lines are the sources of spikes whose first delay is over. Call in every tick.
  void deliver(std::span<const std::uint32_t> lines, bool once, inbox to, std::span<waiting_rows> waiting,
               walkers& w) const;

 private:
  /// Rows of bits, of each sign that occurs here.
  struct bit_form {
    std::size_t key = 0;
    std::int32_t magnitude = 0;
    std::uint32_t first_word = 0, words = 0;
    bool plus = false, minus = false;
    std::uint64_t* rows = nullptr;  ///< [lines][signs][words], plus before minus
    std::size_t stride() const { return (std::size_t{plus} + std::size_t{minus}) * words; }
    std::uint64_t* row(std::size_t line, bool negative) const {
      return rows + line * stride() + (negative && plus ? words : 0);
    }
  };
  /// Every line reaches each of `count` slots from `at` on, or none.
  struct dense_form {
    std::uint32_t piece = 0, at = 0, count = 0, stored = 0;  ///< `stored`: numbers in a row, padded
    int bits = 32, shift = 0;                                ///< of a stored weight; 0 bits: all are `constant`
    std::int32_t constant = 0;
    std::vector<const std::byte*> row;  ///< [lines]
  };
  bool suits_bits(const piece& p) const;
  bool rows_are_worth_it(milliseconds tick) const;
  bool are_quicker(double synapses, double words, std::span<const count_key> wanted, milliseconds tick) const;
  count_key key_of(std::int32_t magnitude) const;
  void choose_forms(milliseconds tick);
  void prepare_bits(std::int32_t magnitude);
  void prepare_dense(std::uint32_t piece);
  void prepare_sparse(std::span<const ticks> delays);
  void deliver_bits(const bit_form& f, std::span<const std::uint32_t> lines, inbox to, waiting_rows& waiting) const;
  void deliver_dense(const dense_form& f, std::span<const std::uint32_t> lines, inbox to) const;

  std::vector<piece> pieces_;
  std::vector<row_form> forms_;  ///< [pieces]
  std::size_t delays_;
  bool marks_all_;
  index_t sources_ = 0;
  row_memory* memory_;
  std::vector<count_key>* keys_;
  std::vector<bit_form> bits_;
  std::vector<dense_form> dense_;
  std::optional<sparse_rows> sparse_;
};

class row_set::filler {
 public:
  explicit filler(row_set& set);
  /// Begins a chunk. A filler keeps its memory from one chunk to the next.
  void open(index_t first_source);
  /// All synapses of the next source, in any order.
  void put(std::span<const slotted_synapse> synapses);
  void close();

 private:
  bool put_bit(const slotted_synapse& s);
  void put_dense(const slotted_synapse& s);

  row_set* set_;
  index_t first_ = 0, source_ = 0;
  std::vector<slotted_synapse> rest_;  ///< of the source under way, for sparse rows
  std::optional<sparse_rows::filler> sparse_;
  struct growing_dense {
    std::vector<std::byte> bytes;
    std::vector<std::uint32_t> lines;
    std::uint32_t line = 0xffffffff;
  };
  std::vector<growing_dense> dense_;  ///< [dense forms]
};

}  // namespace spinule

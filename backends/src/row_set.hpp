// The synapses of one bundle onto one shard, in the forms that deliver them fastest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <spinule/aligned.hpp>
#include <spinule/connectivity.hpp>

#include "synapse_fabric.hpp"

namespace spinule {

/// Bit rows of one weight (and its negative) that are counted together, whichever bundles they come from.
struct count_key {
  std::int32_t magnitude = 0;
  std::uint32_t first_word = 0, words = 0;
  bool operator==(const count_key&) const = default;
};

/// The bit rows that have arrived for one count_key and wait to be added up.
struct waiting_rows {
  /// A list that is only ever lengthened: nothing is set that is not used.
  struct queue {
    std::vector<const std::uint64_t*> rows;
    std::size_t size = 0;
    const std::uint64_t** room(std::size_t more) {
      if (rows.size() < size + more) rows.resize(2 * (size + more));
      return rows.data() + size;
    }
    std::span<const std::uint64_t* const> waiting(std::size_t from = 0) const { return {rows.data() + from, size - from}; }
  };
  queue plus, minus;
};

/// One projection onto one slice.
struct piece {
  const connectivity* synapses = nullptr;
  index first = 0, count = 0;             ///< targets
  std::uint32_t at = 0;                   ///< place of target `first`
  std::vector<std::uint32_t> delays;      ///< [synapses->delays] their numbers in the bundle
};

class row_set {
 public:
  /// `delays` of the bundle; appends to `keys` what its bit rows need.
  row_set(std::span<const piece> pieces, std::size_t delays, std::vector<count_key>& keys);
  /// Adds to the sums, or leaves bit rows in `waiting` ([keys]) for their turn. Sets marks where they are wanted.
  void deliver(std::span<const std::uint32_t> lines, mailbox to, std::span<waiting_rows> waiting) const;

 private:
  static constexpr std::uint32_t none = 0xffffffff;

  /// Rows of bits; a row that would be empty is not there.
  struct bit_form {
    std::size_t key = 0;
    std::uint32_t first_word = 0, words = 0;
    struct pair {
      std::uint32_t plus = none, minus = none;
    };
    std::vector<pair> row;                   ///< [lines] row numbers
    aligned_vector<std::uint64_t> bits;        ///< [rows][words]
  };
  /// Every line reaches each of `count` places from `at` on, or none.
  struct dense_form {
    std::uint32_t at = 0, count = 0;
    std::vector<std::uint32_t> row;   ///< [lines] row number or none
    std::vector<std::int32_t> code;   ///< [rows][count]; empty: `constant`
    std::int32_t constant = 0;
  };
  /// Places one by one, in 16 bits. Where few different weights occur the synapses of a line are grouped by weight.
  struct sparse_form {
    std::size_t groups = 1;
    std::vector<std::uint32_t> offsets;  ///< [lines * groups + 1]
    std::vector<std::uint16_t> place;    ///< [synapses]
    std::vector<std::int32_t> values;    ///< [groups] the weight of each group; empty when `code` has them
    std::vector<std::int32_t> code;      ///< [synapses]
  };
  struct sparse_builder;

  void add_bits(std::span<const piece> pieces, std::size_t delays, std::int32_t magnitude, std::vector<count_key>& keys,
                sparse_builder& rest);
  static void number_rows(bit_form& f, std::span<const piece> pieces, std::size_t delays, std::int32_t magnitude);
  void add_dense(const piece& p, std::size_t delays);
  void deliver_bits(const bit_form& f, std::span<const std::uint32_t> lines, mailbox to, waiting_rows& waiting) const;
  void deliver_dense(const dense_form& f, std::span<const std::uint32_t> lines, mailbox to) const;
  void deliver_sparse(std::span<const std::uint32_t> lines, mailbox to) const;

  std::vector<bit_form> bits_;
  std::vector<dense_form> dense_;
  sparse_form sparse_;
};

}  // namespace spinule

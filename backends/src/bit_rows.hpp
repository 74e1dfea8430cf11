// Counting with bit rows: the delivery of projections whose synapses share one weight.
#pragma once

#include <cstdint>
#include <span>

namespace spinule {

/// Rows of bits, one bit per slot, that arrive in one tick; a row may repeat.
using bit_rows = std::span<const std::uint64_t* const>;

/// sums[i] += value * (rows with bit i set - less) for i < 64 * words.
///
/// Rows are added bit-sliced: eight rows at a time go through a tree of carry-save adders (Harley & Seal, see Warren,
/// Hacker's Delight, 2nd ed., 5-1) into planes that hold the binary digits of 64 counts per word. So a row costs a few
/// operations per vector of slots and not one per synapse; only the planes are turned into numbers, once a tick.
/// `any` [words], or null: its bits are set for slots that some row has.
void add_bit_rows(bit_rows rows, std::size_t less, std::size_t words, std::int32_t value, std::int32_t* sums,
                  std::uint64_t* any = nullptr);

}  // namespace spinule

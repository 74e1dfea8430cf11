// The innermost loops of delivery: rows of synapses added to sums.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace spinule {

/// The length at which a row of n numbers is stored, the rest zero: long rows of bytes are whole vectors. Sums must
/// have room for as many.
constexpr std::size_t padded(std::size_t n, int bits) { return bits == 8 && n >= 64 ? (n + 31) / 32 * 32 : n; }
inline constexpr std::size_t most_padding = 31;

/// sums[i] += (the sum of all rows[.][i]) * 2^shift, for at most 64 rows of n whole numbers of 8, 16 or 32 bits.
/// Several rows go in one pass, so that the sums are fetched and put back once for all of them.
void add_rows(std::int32_t* sums, std::span<const std::byte* const> rows, int bits, int shift, std::size_t n);
/// sums[i] += value.
void add_constant(std::int32_t* sums, std::int32_t value, std::size_t n);

/// sums[slot[i]] += value.
inline void scatter_constant(std::int32_t* __restrict sums, const std::uint16_t* __restrict slot, std::int32_t value,
                             std::size_t n) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < n; ++i) sums[slot[i]] += value;
}

/// A slot in the low half, a weight in the high half.
inline void scatter_packed(std::int32_t* __restrict sums, const std::uint32_t* __restrict synapse, int shift,
                           std::size_t n) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < n; ++i)
    sums[synapse[i] & 0xffff] +=
        static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::int32_t>(synapse[i]) >> 16) << shift);
}

/// A slot and a weight side by side.
struct wide_synapse {
  std::uint32_t slot;
  std::int32_t code;
};
inline void scatter_wide(std::int32_t* __restrict sums, const wide_synapse* __restrict synapse, std::size_t n) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < n; ++i) sums[synapse[i].slot] += synapse[i].code;
}

}  // namespace spinule

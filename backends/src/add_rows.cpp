#include "add_rows.hpp"

#include <type_traits>

#include <spinule/instruction_sets.hpp>

namespace spinule {
namespace {

/// sums[i] += (row[0][i] + ... + row[Rows - 1][i]) * 2^shift. Rows of bytes are added in 16 bits first, which eight of
/// them cannot overflow: twice as many fit a register.
template <int Rows, class Code>
[[gnu::always_inline]] inline void add_together(std::int32_t* sums, const std::byte* const* rows, int shift,
                                                std::size_t n) {
  static_assert(Rows <= 8);
  const Code* row[Rows];
  for (int r = 0; r < Rows; ++r) row[r] = reinterpret_cast<const Code*>(rows[r]);
#pragma GCC ivdep
  for (std::size_t i = 0; i < n; ++i) {
    using narrow = std::conditional_t<sizeof(Code) == 1, std::int16_t, std::int32_t>;
    narrow total = row[0][i];
#pragma GCC unroll 8
    for (int r = 1; r < Rows; ++r) total = static_cast<narrow>(total + row[r][i]);
    sums[i] += std::int32_t{total} << shift;
  }
}

template <class Code>
[[gnu::always_inline]] inline void add_all(std::int32_t* sums, std::span<const std::byte* const> rows, int shift,
                                           std::size_t n) {
  const std::byte* const* row = rows.data();
  std::size_t left = rows.size();
  for (; left >= 8; left -= 8, row += 8) add_together<8, Code>(sums, row, shift, n);
  if (left >= 4) add_together<4, Code>(sums, row, shift, n), row += 4, left -= 4;
  if (left >= 2) add_together<2, Code>(sums, row, shift, n), row += 2, left -= 2;
  if (left == 1) add_together<1, Code>(sums, row, shift, n);
}

}  // namespace

SPINULE_CLONES void add_rows(std::int32_t* sums, std::span<const std::byte* const> rows, int bits, int shift,
                             std::size_t n) {
  if (bits == 8)
    add_all<std::int8_t>(sums, rows, shift, n);
  else if (bits == 16)
    add_all<std::int16_t>(sums, rows, shift, n);
  else
    add_all<std::int32_t>(sums, rows, shift, n);
}

SPINULE_CLONES void add_constant(std::int32_t* sums, std::int32_t value, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sums[i] += value;
}

}  // namespace spinule

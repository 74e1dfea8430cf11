#include "add_rows.hpp"

#include <spinule/instruction_sets.hpp>

namespace spinule {

SPINULE_CLONES void add_codes(std::int32_t* sums, const std::int32_t* codes, int shift, std::size_t n) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < n; ++i) sums[i] += codes[i] << shift;
}

SPINULE_CLONES void add_codes(std::int32_t* sums, const std::int16_t* codes, int shift, std::size_t n) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < n; ++i) sums[i] += std::int32_t{codes[i]} << shift;
}

SPINULE_CLONES void add_codes(std::int32_t* sums, const std::int8_t* codes, int shift, std::size_t n) {
#pragma GCC ivdep
  for (std::size_t i = 0; i < n; ++i) sums[i] += std::int32_t{codes[i]} << shift;
}

SPINULE_CLONES void add_constant(std::int32_t* sums, std::int32_t value, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sums[i] += value;
}

}  // namespace spinule

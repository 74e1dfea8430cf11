#include "dense_rows.hpp"

namespace spinule {

SPINULE_CLONES void add_codes(std::int32_t* __restrict sums, const std::int32_t* __restrict codes, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sums[i] += codes[i];
}

SPINULE_CLONES void add_constant(std::int32_t* sums, std::int32_t value, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sums[i] += value;
}

}  // namespace spinule

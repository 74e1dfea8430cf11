// The innermost loops of delivery to sums.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__SANITIZE_ADDRESS__)
#define SPINULE_CLONES [[gnu::target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")]]
#else
#define SPINULE_CLONES
#endif

namespace spinule {

void add_codes(std::int32_t* __restrict sums, const std::int32_t* __restrict codes, std::size_t n);
void add_constant(std::int32_t* sums, std::int32_t value, std::size_t n);

inline void scatter_constant(std::int32_t* __restrict sums, const std::uint16_t* __restrict place, std::int32_t value, std::size_t n) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < n; ++i) sums[place[i]] += value;
}

inline void scatter_codes(std::int32_t* __restrict sums, const std::uint16_t* __restrict place,
                          const std::int32_t* __restrict codes, std::size_t n) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < n; ++i) sums[place[i]] += codes[i];
}

}  // namespace spinule

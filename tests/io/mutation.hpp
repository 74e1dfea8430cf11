// Damage as files meet it: bytes changed, numbers that tell, ends cut off.
#pragma once

#include <cstdint>
#include <iterator>
#include <random>
#include <string>

namespace spinule {

/// A copy with 1 to 8 bytes changed, or 1 to 4 telling integers written over it.
inline std::string mutated(std::string bytes, std::mt19937_64& random) {
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  if (below(2) == 0) {
    for (std::size_t n = 1 + below(8); n > 0; --n) bytes[below(bytes.size())] = static_cast<char>(random());
    return bytes;
  }
  constexpr std::uint64_t telling[] = {
      0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, ~std::uint64_t{0}, 1u << 20};
  for (std::size_t n = 1 + below(4); n > 0; --n) {
    const std::uint64_t value = telling[below(std::size(telling))];
    const std::size_t width = std::size_t{1} << below(4), at = below(bytes.size() - width);
    for (std::size_t i = 0; i < width; ++i) bytes[at + i] = static_cast<char>(value >> 8 * i & 0xff);
  }
  return bytes;
}

/// The same, and every fourth copy is cut.
inline std::string damaged(const std::string& bytes, int which, std::mt19937_64& random) {
  std::string copy = mutated(bytes, random);
  if (which % 4 == 0) copy.resize(random() % copy.size());
  return copy;
}

}  // namespace spinule

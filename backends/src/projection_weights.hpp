// The weights of a projection as an array sees them: one per line and target.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <spinule/engine/connectivity.hpp>

namespace spinule {

/// Calls f(target, code) for every target of a line, synapses of one pair merged, weights of 0 left out.
template <class F>
void for_each_weight(const connectivity& c, std::size_t line, F&& f) {
  for (std::uint64_t s = c.offsets[line]; s < c.offsets[line + 1];) {
    const index_t target = c.target[s];
    std::int64_t code = 0;
    for (; s < c.offsets[line + 1] && c.target[s] == target; ++s) code += c.weight(s);
    if (code != 0) f(target, code);
  }
}

/// Sizes of the weights that are not 0.
struct magnitudes {
  double largest = 0, mean = 0;
  bool several = false;
};

inline magnitudes magnitudes_of(const connectivity& c) {
  magnitudes m;
  std::uint64_t n = 0;
  for (std::size_t line = 0; line < c.lines(); ++line) {
    for_each_weight(c, line, [&](index_t, std::int64_t code) {
      const double magnitude = std::abs(static_cast<double>(code));
      m.several = m.several || (m.largest > 0 && magnitude != m.largest);
      m.largest = std::max(m.largest, magnitude);
      m.mean += magnitude;
      ++n;
    });
  }
  if (n > 0) m.mean /= static_cast<double>(n);
  return m;
}

}  // namespace spinule

// Synapses of many different weights.
#pragma once

#include <spinule/engine/connectivity.hpp>

namespace spinule {

/// 40 x 30, from -1000000 to 1000000 quanta in steps of 100000.
inline connectivity weight_ramp() {
  connectivity c{.sources = 40, .targets = 30, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  for (index_t i = 0; i < c.sources; ++i) {
    for (index_t t = 0; t < c.targets; ++t) {
      c.target.push_back(t);
      c.code.push_back(static_cast<std::int32_t>(100000 * ((7 * i + 3 * t) % 21)) - 1000000);
    }
    c.offsets.push_back(c.target.size());
  }
  return c;
}

}  // namespace spinule

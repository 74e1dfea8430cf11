// The wiring that the COBA and CUBA benchmarks share (Brette et al. 2007, benchmarks 1 and 2; Vogels & Abbott 2005).
#pragma once

#include <spinule/network.hpp>

namespace spinule::bench {

/// 3200 excitatory and 800 inhibitory neurons, any two connected with probability 0.02; delay 0.8 ms; v starts between
/// rest and threshold.
template <class Model, class Unit>
network vogels_abbott(const Model& unit, Unit excitatory, Unit inhibitory, uniform<millivolts> start) {
  network net{1};
  const auto e = net.add("excitatory", unit, 3200);
  const auto i = net.add("inhibitory", unit, 800);
  for (const auto& cells : {e, i}) {
    net.connect(e, cells[Model::excitatory], fixed_probability{.p = 0.02}, {.weight = excitatory, .delay = 0.8_ms});
    net.connect(i, cells[Model::inhibitory], fixed_probability{.p = 0.02}, {.weight = inhibitory, .delay = 0.8_ms});
    net.initialise(cells, "v", start);
  }
  return net;
}

}  // namespace spinule::bench

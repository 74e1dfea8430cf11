// first error: wrong unit: this takes a plain number, without a unit, and millivolts were given
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", leaky_integrator{}, 10);
#ifdef WRONG
  net.connect(cells, cells, all_to_all{}, {.weight = normal{1_mV, 1_mV}, .delay = 1_ms});
#else
  net.connect(cells, cells, all_to_all{}, {.weight = normal{1.0, 1.0}, .delay = 1_ms});
#endif
}

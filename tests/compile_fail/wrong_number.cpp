// first error: wrong unit: this takes millivolts, and a plain number was given
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.connect(cells, cells, all_to_all{}, {.weight = 1.5});
#else
  net.connect(cells, cells, all_to_all{}, {.weight = clipped{normal{0_mV, 1_mV}, 0_mV, 2_mV}, .delay = 1_ms});
#endif
}

// first error: wrong unit: this takes millivolts, and picoamperes were given
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.connect(cells, cells, all_to_all{}, {.weight = normal{1_mV, 1_pA}, .delay = 1_ms});
#else
  net.connect(cells, cells, all_to_all{}, {.weight = normal{1_mV, 1_mV}, .delay = 1_ms});
#endif
}

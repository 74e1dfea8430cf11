// first error: wrong unit: this takes millivolts, and nanosiemens were given
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.connect(cells, cells, all_to_all{}, {.weight = 1_mV, .delay = 1_ms}, pair_stdp<nanosiemens>{});
#else
  net.connect(cells, cells, all_to_all{}, {.weight = 1_mV, .delay = 1_ms}, pair_stdp<millivolts>{});
#endif
}

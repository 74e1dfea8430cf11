// first error: wrong unit: this takes nanosiemens, and picoamperes were given
#include <spinule/models/conductance_lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", conductance_lif{}, 10);
#ifdef WRONG
  net.connect(cells, cells[conductance_lif::inhibitory], all_to_all{}, {.weight = normal{1_pA, 2_pA}, .delay = 1_ms});
#else
  net.connect(cells, cells[conductance_lif::inhibitory], all_to_all{}, {.weight = 1_nS, .delay = 1_ms});
#endif
}

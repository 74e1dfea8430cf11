// first error: wrong unit: this takes picoamperes, and millivolts were given
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
  const auto c = net.add("c", current_lif{}, 10);
#ifdef WRONG
  net.connect(cells, by_sign{c[current_lif::excitatory], cells[lif::drive]}, all_to_all{},
              {.weight = 1_pA, .delay = 1_ms});
#else
  net.connect(cells, by_sign{c[current_lif::excitatory], c[current_lif::inhibitory]}, all_to_all{},
              {.weight = 1_pA, .delay = 1_ms});
#endif
}

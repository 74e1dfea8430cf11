// first error: {.weigth = 1_mV}
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.connect(cells, cells, all_to_all{}, {.weigth = 1_mV});
#else
  net.connect(cells, cells, all_to_all{}, {.weight = 1_mV, .delay = 1_ms});
#endif
}

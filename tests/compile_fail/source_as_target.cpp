// first error: a source takes no input: connect to a population of neurons or one of its ports
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
  const auto input = net.add("input", replay{}, 10);
#ifdef WRONG
  net.connect(cells, input, all_to_all{}, {.weight = 1_mV, .delay = 1_ms});
#else
  net.connect(input, cells, all_to_all{}, {.weight = 1_mV, .delay = 1_ms});
#endif
}

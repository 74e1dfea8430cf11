// first error: this says no pairs: give a wiring rule as fixed_probability{0.1}, a list or a dense_matrix
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.connect(cells, cells, 0.1, {.weight = 1_mV});
#else
  net.connect(cells, cells, fixed_probability{0.1}, {.weight = 1_mV, .delay = 1_ms});
#endif
}

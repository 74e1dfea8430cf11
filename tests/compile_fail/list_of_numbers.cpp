// first error: wrong unit: this takes millivolts, and a plain number was given
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.connect(cells, cells, std::vector<listed<double>>{{0, 1, 1, 1_ms}});
#else
  net.connect(cells, cells, std::vector<listed<millivolts>>{{0, 1, 1_mV, 1_ms}});
#endif
}

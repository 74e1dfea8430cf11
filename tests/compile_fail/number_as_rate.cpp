// first error: wrong unit: this takes kilohertz, and a plain number was given
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.drive(cells, {.rate = 100, .weight = 1_mV});
#else
  net.drive(cells, {.rate = 100_Hz, .weight = 1_mV});
#endif
}

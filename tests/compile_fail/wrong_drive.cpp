// first error: wrong unit: this takes millivolts, and picoamperes were given
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.drive(cells[lif::drive], {.rate = 10_Hz, .weight = 1_pA});
#else
  net.drive(cells[lif::drive], {.rate = 10_Hz, .weight = 1_mV});
#endif
}

// first error: this port belongs to another model
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", current_lif{}, 10);
#ifdef WRONG
  return cells[lif::jump].port;
#else
  return cells[current_lif::excitatory].port;
#endif
}

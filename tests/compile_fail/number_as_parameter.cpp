// first error: could not convert
#include <spinule/models/lif.hpp>
#include <spinule/network.hpp>

using namespace spinule;

int main() {
  network net;
  const auto cells = net.add("cells", lif{}, 10);
#ifdef WRONG
  net.add("others", lif{.tau = 20}, 10);
#else
  net.add("others", lif{.tau = 20_ms}, 10);
#endif
}

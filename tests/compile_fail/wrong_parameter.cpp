// first error: wrong unit: this takes milliseconds, and millivolts were given
#include <spinule/models/lif.hpp>

using namespace spinule;

int main() {
#ifdef WRONG
  return lif{.tau = 20_mV}.ports;
#else
  return lif{.tau = 20_ms}.ports;
#endif
}

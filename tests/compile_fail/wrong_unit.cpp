// first error: wrong unit: this takes nanosiemens, and millivolts were given
#include <spinule/engine/expect_unit.hpp>

using namespace spinule;

int main() {
#ifdef WRONG
  expect_unit<nanosiemens, millivolts>{};
#else
  expect_unit<nanosiemens, nanosiemens>{};
#endif
}

// first error: wrong unit: this takes millivolts, and picoamperes were given
#include <spinule/units.hpp>

using namespace spinule;

int main() {
#ifdef WRONG
  return (1_mV + 1_pA).value() > 0;
#else
  return (1_mV + 1_pA * gigaohms{1}).value() > 0;
#endif
}

// The COBA benchmark of Brette et al. (2007): conductances, sustained activity without input.
#include <spinule/models/conductance_lif.hpp>

#include "network_bench.hpp"
#include "vogels_abbott.hpp"

int main(int count, char** words) {
  using namespace spinule;
  return bench::network_main(
      count, words, "coba", "4000 neurons with conductances (Vogels & Abbott 2005), 0.1 ms", 0.1_ms, [](CLI::App&) {
        return [] { return bench::vogels_abbott(conductance_lif{.bias = 200_pA}, 4_nS, 51_nS, {-60_mV, -50_mV}); };
      });
}

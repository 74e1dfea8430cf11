// The CUBA benchmark of Brette et al. (2007): exponential currents, sustained activity without input.
#include <spinule/models/current_lif.hpp>

#include "network_bench.hpp"
#include "vogels_abbott.hpp"

int main(int count, char** words) {
  using namespace spinule;
  return bench::network_main(count, words, "cuba",
                             "4000 neurons with exponential currents (Vogels & Abbott 2005), 0.1 ms", 0.1_ms,
                             [](CLI::App&) {
                               // Relative to a reset of -60 mV: rest at -49, threshold at -50 mV. The rest is a bias of
                               // 11 mV over 100 MOhm.
                               const current_lif unit{.tau = 20_ms,
                                                      .capacitance = 200_pF,
                                                      .tau_excitatory = 5_ms,
                                                      .tau_inhibitory = 10_ms,
                                                      .threshold = 10_mV,
                                                      .reset = 0_mV,
                                                      .refractory = 5_ms,
                                                      .bias = 110_pA};
                               return [unit] { return bench::vogels_abbott(unit, 16.2_pA, -90_pA, {0_mV, 10_mV}); };
                             });
}

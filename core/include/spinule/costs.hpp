// What a run cost on the emulated hardware.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spinule {

/// Events of one kind in one layer (a population or a projection) and the energy they took.
struct cost {
  std::string layer;
  std::string component;  ///< e.g. "cell read", "conversion", "neuron update", "routing"
  std::uint64_t count = 0;
  double energy_pj = 0;
};

/// Power drawn whether or not anything happens.
struct standing_cost {
  std::string component;  ///< e.g. "leakage"
  double power_uw = 0;
  double energy_pj = 0;  ///< power times emulated hardware time
};

/// Two ledgers that are never mixed, and the hardware's own time. Everything counts from the last reset.
struct cost_report {
  std::vector<cost> dynamic;
  std::vector<standing_cost> standing;
  std::vector<cost> programming;  ///< writing the arrays, once per chip: in neither ledger
  double latency_us = 0;          ///< time the hardware needs for the ticks run
  double dynamic_pj() const;
  double static_pj() const;
  double total_pj() const { return dynamic_pj() + static_pj(); }
};

}  // namespace spinule

// What a run cost on the emulated hardware, and the constants that say so.
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

/// One constant of a hardware preset and where it comes from.
struct hardware_constant {
  std::string key;  ///< as files and options name it, e.g. "adc.energy"
  double value = 0;
  std::string unit;
  std::string node;    ///< technology, e.g. "32 nm"
  std::string source;  ///< publication
  std::string kind;    ///< e.g. "measured", "post-layout", "SPICE", "fit", "assumption"
  std::string band;    ///< range of published or plausible values, in words or as "low .. high"; empty: not known
  bool operator==(const hardware_constant&) const = default;
};

struct hardware_description {
  std::string name;
  std::string summary;  ///< one sentence
  std::vector<hardware_constant> constants;
  bool operator==(const hardware_description&) const = default;
};

}  // namespace spinule

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
  std::uint64_t clipped = 0;  ///< of conversions: those beyond full scale
};

/// Power drawn whether or not anything happens.
struct standing_cost {
  std::string component;  ///< e.g. "leakage"
  double power_uw = 0;
  double energy_pj = 0;     ///< as fast as possible: power times the time that the hardware needs
  double real_time_pj = 0;  ///< in real time: power times the time replayed, or that needed where it is longer
};

/// Sums of the two ledgers, the static one in both readings.
struct cost_sum {
  double dynamic_pj = 0, static_pj = 0, real_time_pj = 0;
  bool operator==(const cost_sum&) const = default;
};

/// The same events priced with a constant at the low and at the high end of its published range.
struct cost_range {
  std::string constant;  ///< its key, e.g. "adc.energy"
  cost_sum low, high;
  bool operator==(const cost_range&) const = default;
};

/// Two ledgers that are never mixed, and the hardware's own time. Everything counts from the last reset.
struct cost_report {
  std::vector<cost> dynamic;
  std::vector<standing_cost> standing;
  std::vector<cost> programming;   ///< writing the arrays, once per chip: in neither ledger
  double latency_us = 0;           ///< time the hardware needs for the ticks run
  double duration_us = 0;          ///< time replayed: the ticks run, as long as the sensor takes for them
  std::vector<cost_range> ranges;  ///< of every price that has a published range
  cost_range together;             ///< all of them at their low ends, and all at their high ends
  double dynamic_pj() const;
  double static_pj() const;     ///< as fast as possible
  double real_time_pj() const;  ///< static, in real time with the sensor
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

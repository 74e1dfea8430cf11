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

/// Ground that components of one kind take, of the hardware in use.
struct ground {
  std::string component;  ///< e.g. "cells", "converters", "nodes"
  std::uint64_t count = 0;
  double um2 = 0, low_um2 = 0, high_um2 = 0;  ///< of all; at the low and high ends of the published ranges
  bool operator==(const ground&) const = default;
};

/// The same synapses as an artificial network of whole numbers, in which every synapse multiplies and adds once a
/// sample, and what the spiking network spends beside it, both ledgers, as fast as possible.
struct quantised_network {
  int bits = 0;                  ///< of weights and values
  std::uint64_t operations = 0;  ///< multiply-accumulates
  double energy_pj = 0;
  std::uint64_t events = 0, chances = 0;  ///< synaptic events of the spiking network; synapses times ticks
  double event_pj = 0, fixed_pj = 0;      ///< of the spiking network: what follows spikes, and what does not
  double ticks() const;                   ///< of a sample
  double rate() const;                    ///< events over synapses and ticks
  /// Rate below which the spiking network takes less, if it ran this many ticks a sample; 0 or less: at no rate.
  double break_even(double ticks) const;
  bool operator==(const quantised_network&) const = default;
};

/// Two ledgers that are never mixed, and the hardware's own time. Everything counts from the last reset.
struct cost_report {
  std::vector<cost> dynamic;
  std::vector<standing_cost> standing;
  std::vector<cost> programming;   ///< writing the arrays, and pulses of learning: in neither ledger
  double latency_us = 0;           ///< time the hardware needs for the ticks run
  double duration_us = 0;          ///< time replayed: the ticks run, as long as the sensor takes for them
  std::vector<cost_range> ranges;  ///< of every price that has a published range
  cost_range together;             ///< all of them at their low ends, and all at their high ends
  std::vector<ground> areas;       ///< of the hardware in use
  quantised_network quantised;     ///< the same synapses without spikes
  std::vector<std::string> notes;  ///< of arrays: what they cannot represent, and where solving them was hard
  double dynamic_pj() const;
  double static_pj() const;     ///< as fast as possible
  double real_time_pj() const;  ///< static, in real time with the sensor
  double total_pj() const { return dynamic_pj() + static_pj(); }
};

/// Of all components, in um^2.
ground total(const std::vector<ground>& areas);

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

/// One choice of a hardware preset, e.g. "adc.model" = "survey".
struct hardware_choice {
  std::string key, value;
  bool operator==(const hardware_choice&) const = default;
};

struct hardware_description {
  std::string name;
  std::string summary;  ///< one sentence
  std::vector<hardware_constant> constants;
  std::vector<hardware_choice> choices = {};
  bool operator==(const hardware_description&) const = default;
};

}  // namespace spinule

// What a result is made of: energy and latency, the activity of layers, one sample in full.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <spinule/costs.hpp>

namespace spinule {

/// Where a result comes from, in words; what is not known is empty.
struct provenance {
  std::string model;       ///< file
  std::string network;     ///< what it is, e.g. "grid liquid of 1000 neurons"
  std::string trained_on;  ///< the data that the model learned from
  std::string command;     ///< as it was given
  std::string date;        ///< of the replay, ISO 8601, UTC
  std::string processor;   ///< that simulated it
  bool operator==(const provenance&) const = default;
};

/// The JSON of each: every member by its name.
void to_json(nlohmann::json& json, const provenance& from);
void to_json(nlohmann::json& json, const hardware_constant& constant);
void to_json(nlohmann::json& json, const hardware_choice& choice);
void to_json(nlohmann::json& json, const hardware_description& preset);

/// Energy that events of one kind took in one layer; mean per sample.
struct energy_share {
  std::string layer;
  std::string component;
  double events = 0;
  double pj = 0;
  double clipped = 0;  ///< of conversions: those beyond full scale
  bool operator==(const energy_share&) const = default;
};

/// Energy drawn whether or not anything happens; means per sample.
struct standing_share {
  std::string component;
  double power_uw = 0;
  double pj = 0;            ///< as fast as possible: over the time that the hardware needs
  double real_time_pj = 0;  ///< in real time: over the time replayed, or that needed where it is longer
  bool operator==(const standing_share&) const = default;
};

/// The same synapses as an artificial network of whole numbers; means per sample.
struct quantised_share {
  std::uint32_t bits = 0;
  double operations = 0;  ///< multiply-accumulates: one for each synapse
  double pj = 0;
  double ticks = 0;         ///< of a sample of the spiking network
  double rate = 0;          ///< its synaptic events over synapses and ticks
  double break_even = 0;    ///< rate below which it takes less, both ledgers, as fast as possible; 0 or less: none
  double break_even_5 = 0;  ///< the same if it ran 5 ticks
  bool operator==(const quantised_share&) const = default;
};

/// Two ledgers that are never mixed; means per sample.
struct energy_account {
  std::vector<energy_share> dynamic;
  std::vector<standing_share> standing;
  std::vector<cost_range> ranges = {};         ///< each price at the ends of its published range
  cost_range together = {};                    ///< all of them at once
  std::vector<energy_share> programming = {};  ///< writing the arrays, once and not per sample: in neither ledger
  std::vector<ground> areas = {};              ///< of the hardware in use
  quantised_share quantised = {};

  double dynamic_pj() const;
  double static_pj() const;     ///< as fast as possible
  double real_time_pj() const;  ///< static, in real time
  double total_pj() const { return dynamic_pj() + static_pj(); }
  double real_time_total_pj() const { return dynamic_pj() + real_time_pj(); }
  bool operator==(const energy_account&) const = default;
};

/// The ledgers of a whole run, divided by its number of samples (> 0, else throws `spinule_error`); what was written
/// once is not divided.
energy_account energy_per_sample(const cost_report& run, std::uint64_t samples);

/// Mean and nearest-rank percentiles: p99 is the least value that at least 99 % of the values do not exceed.
struct latency_summary {
  double mean = 0, p50 = 0, p99 = 0;
};

/// Of `values`, not empty (else throws `spinule_error`).
latency_summary summarise(std::span<const double> values);

/// How right some samples were answered, and what a mean one of them cost.
struct short_run {
  std::uint64_t correct = 0;
  cost_sum energy;
  double latency_us = 0;
  bool operator==(const short_run&) const = default;
};

/// The same samples with one number of the hardware or of the simulation changed.
struct changed_run {
  std::string what;  ///< "adc.bits", "device.read_noise" or "tick"
  double value = 0;
  std::string unit;
  short_run gave;
  double p = 1;  ///< of the paired test against the answers without the change
  bool operator==(const changed_run&) const = default;
};

/// What would change a result, seen on some of its samples.
struct sensitivity {
  std::vector<std::uint64_t> samples;  ///< their numbers
  short_run unchanged;
  std::vector<changed_run> changed;
  bool operator==(const sensitivity&) const = default;
};

/// Samples of a replay that the model has met before.
struct samples_seen {
  std::uint64_t training = 0;    ///< it was trained on them
  std::uint64_t validation = 0;  ///< they were held back to test it while it was trained
  bool operator==(const samples_seen&) const = default;
};

/// What one layer did; mean per sample.
struct layer_activity {
  std::string name;
  std::uint32_t neurons = 0;
  double spikes_per_sample = 0;
  bool operator==(const layer_activity&) const = default;
};

/// Neuron `neuron` of a layer fired in tick `tick` of the sample.
struct raster_spike {
  std::uint32_t tick = 0;
  std::uint32_t neuron = 0;
  bool operator==(const raster_spike&) const = default;
};

struct raster_layer {
  std::string name;
  std::uint32_t size = 0;  ///< neurons; every `raster_spike::neuron` is less
  std::vector<raster_spike> spikes;
  bool operator==(const raster_layer&) const = default;
};

/// An input event; `x`, `y` and `on` (it became brighter) count only where the input is an image sensor.
struct input_event {
  std::int64_t time_us = 0;
  std::uint32_t channel = 0;
  std::uint16_t x = 0, y = 0;
  bool on = false;
  bool operator==(const input_event&) const = default;
};

/// One sample in full: its input and the spikes of every layer.
struct example_replay {
  std::uint64_t sample = 0;    ///< its number in the data set
  std::uint32_t label = 0;     ///< its class
  std::uint32_t answer = 0;    ///< the class that was answered
  double tick_us = 1000;       ///< length of a tick
  double length_us = 0;        ///< of the sample
  std::string input;           ///< name of the input layer
  std::uint32_t channels = 0;  ///< of the input; every `input_event::channel` is less
  std::uint16_t width = 0;     ///< of the image sensor, in pixels; 0 where the input is none
  std::uint16_t height = 0;
  std::vector<input_event> events;
  std::vector<std::int64_t> saccades_us;  ///< the start of each movement of the sensor, if it moved
  std::vector<raster_layer> layers;
  bool operator==(const example_replay&) const = default;
};

}  // namespace spinule

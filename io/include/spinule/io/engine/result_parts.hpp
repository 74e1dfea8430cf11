// What a result is made of: energy and latency, the activity of layers, one sample in full.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <spinule/costs.hpp>

namespace spinule {

/// Energy that events of one kind took in one layer; mean per sample.
struct energy_share {
  std::string layer;
  std::string component;
  double events = 0;
  double pj = 0;
  bool operator==(const energy_share&) const = default;
};

/// Energy drawn whether or not anything happens; `pj` is the mean per sample.
struct standing_share {
  std::string component;
  double power_uw = 0;
  double pj = 0;
  bool operator==(const standing_share&) const = default;
};

/// Two ledgers that are never mixed; means per sample.
struct energy_account {
  std::vector<energy_share> dynamic;
  std::vector<standing_share> standing;

  double dynamic_pj() const;
  double static_pj() const;
  double total_pj() const { return dynamic_pj() + static_pj(); }
  bool operator==(const energy_account&) const = default;
};

/// The ledgers of a whole run, divided by its number of samples (> 0, else throws `spinule_error`).
energy_account energy_per_sample(const cost_report& run, std::uint64_t samples);

/// Mean and nearest-rank percentiles: p99 is the least value that at least 99 % of the values do not exceed.
struct latency_summary {
  double mean = 0, p50 = 0, p99 = 0;
};

/// Of `values`, not empty (else throws `spinule_error`).
latency_summary summarise(std::span<const double> values);

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

// One sample in full, as a result keeps it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spinule {

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

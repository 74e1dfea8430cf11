// One piece of emulated hardware: where its constants come from, loaded and changed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <spinule/backends/engine/hardware_parts.hpp>
#include <spinule/costs.hpp>

namespace spinule {

/// One preset. Which parts matter is said by `kind`; the others stay zero.
struct hardware {
  std::string name;
  std::string about;
  std::vector<std::string> files;  ///< paths of all files that it was read from; presets are built in
  hardware_kind kind = hardware_kind::crossbar;
  device_constants device;
  pulse_constants pulses;
  update_constants update;
  array_constants array;
  driver_constants driver;
  dac_constants dac;
  adc_constants adc;
  accumulator_constants accumulator;
  neuron_constants neuron;
  mesh_constants mesh;
  standing_constants standing;
  tick_constants tick;
  synapse_constants synapse;
  message_constants message;
  capacity_constants capacity;
  sync_constants sync;
  clock_constants clock;
  quantised_constants quantised;
};

/// Names of the built-in presets, ascending.
std::vector<std::string> hardware_names();

/// A built-in preset by name, or a user's TOML file by path (anything with a '/' or ending in ".toml"). A file may name
/// a preset or another file as its `base` and override single keys. Throws `file_error` with file, line and key for
/// whatever is unknown, missing, in a wrong unit or out of range, and `spinule_error` for an unknown name.
hardware load_hardware(const std::string& name_or_path);

/// Overrides keys: "adc.bits=6", "adc.energy=1.2 pJ", "adc.range=cells". A number without unit is in the unit of the
/// constant. "device=ideal" and "adc=none" switch a whole part to ideal; costs stay. Relations between keys are checked
/// once all are set. Throws `spinule_error{assignment, ...}` and leaves `hw` as it was.
void override_hardware(hardware& hw, std::span<const std::string> assignments);
void override_hardware(hardware& hw, const std::string& assignment);

/// Devices without error, noise, faults or drift, any conductance of the window; the costs stay.
void make_device_ideal(hardware& hw);

/// Every constant that the kind of `hw` has with its source, in the order of the documentation.
hardware_description describe(const hardware& hw);

}  // namespace spinule

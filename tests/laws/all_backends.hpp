// Every back end under the laws of tests/laws/backend_test.cpp: one line each, more where settings lead to other code.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>

#include "laws/run_laws.hpp"

namespace spinule::laws {

/// A back end on trial: how it relates to the others.
struct backend_trial {
  stage on;
  std::string spikes_of = "";  ///< the trial whose bits it repeats; its own where empty
  bool learns = false;         ///< carries plastic projections
  bool costs = false;          ///< reports costs

  friend std::ostream& operator<<(std::ostream& out, const backend_trial& t) { return out << t.on.name; }
};

/// Hardware is read when it is used, as every test runs in a process of its own.
inline stage on_crossbar(std::string name, const std::string& preset, const std::vector<std::string>& keys = {},
                         precision held = precision::single, std::uint32_t chip = 0) {
  return {std::move(name), [=](const world& w) {
            hardware hw = load_hardware(preset);
            override_hardware(hw, keys);
            return simulation{w.net, crossbar{.tick = w.tick, .hardware = hw, .chip = chip, .precision = held}};
          }};
}
inline stage on_digital(const std::string& preset, stepping by = stepping::automatic) {
  return {preset, [=](const world& w) {
            return simulation{w.net, digital{.tick = w.tick, .hardware = load_hardware(preset), .stepping = by}};
          }};
}

// clang-format off
inline std::vector<backend_trial> all_backends() {
  using enum precision;
  return {
      {.on = on_reference(), .learns = true},
      {.on = on_cpu(stepping::sweep, full), .spikes_of = "reference", .learns = true},
      {.on = on_cpu(stepping::visit, full), .spikes_of = "reference", .learns = true},
      {.on = on_cpu(stepping::automatic, full), .spikes_of = "reference", .learns = true},
      {.on = on_cpu(stepping::sweep, single), .learns = true},
      {.on = on_cpu(stepping::visit, single), .learns = true},
      {.on = on_cpu(stepping::automatic, single), .learns = true},
      {.on = on_cpu(stepping::automatic, single, 2), .spikes_of = "cpu_automatic_single_1", .learns = true},
      {.on = on_cpu(stepping::automatic, single, 0), .spikes_of = "cpu_automatic_single_1", .learns = true},
      {.on = on_crossbar("ideal", "ideal"), .spikes_of = "cpu_automatic_single_1", .costs = true},
      {.on = on_crossbar("ideal_full", "ideal", {}, full), .spikes_of = "reference", .costs = true},
      {.on = on_crossbar("ideal_small_tiles", "ideal", {"array.rows=16", "array.columns=32"}), .spikes_of = "cpu_automatic_single_1", .costs = true},
      {.on = on_crossbar("ideal_sliced", "ideal", {"array.slices=4", "device.bits_per_slice=8"}), .spikes_of = "cpu_automatic_single_1", .costs = true},
      {.on = on_crossbar("isaac_32nm", "isaac_32nm"), .costs = true},
      {.on = on_crossbar("isaac_32nm_other_chip", "isaac_32nm", {}, single, 5), .costs = true},
      {.on = on_crossbar("neurram_130nm", "neurram_130nm"), .costs = true},
      {.on = on_crossbar("pcm_90nm", "pcm_90nm"), .costs = true},
      {.on = on_crossbar("random_rram_40nm", "random_rram_40nm"), .costs = true},
      {.on = on_digital("loihi_davies2018"), .spikes_of = "cpu_automatic_single_1", .costs = true},
      {.on = on_digital("loihi_sanafe", stepping::sweep), .spikes_of = "cpu_sweep_single_1", .costs = true},
      {.on = on_digital("odin"), .spikes_of = "cpu_automatic_single_1", .costs = true},
      {.on = on_digital("spinnaker2"), .spikes_of = "cpu_automatic_single_1", .costs = true},
      {.on = on_digital("truenorth", stepping::visit), .spikes_of = "cpu_visit_single_1", .costs = true},
  };
}
// clang-format on

}  // namespace spinule::laws

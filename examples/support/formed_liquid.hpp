// The encoder of Lin et al. (Nat. Comput. Sci. 5, 37 (2025)): a liquid whose weights are whatever forming leaves in
// random resistive memory, and its ideal twin.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/learning/raster.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule {

/// v <- decay v (1 - s) + c (G_in x + G_rec s), s <- [v > threshold]; both matrices full, conductances in uS. A step is
/// a tick of 1 ms. That is a `lif` without refractory time, reset to 0: x comes without delay, s a tick later.
struct formed_liquid {
  index_t channels = 256, units = 200;
  ticks steps = 50;
  double decay = 0.9, threshold = 5, c = 0.07;
  std::uint64_t seed = 10;

  network build() const {
    network net{seed};
    const auto input = net.add("input", replay{}, channels);
    const auto liquid = net.add(
        "liquid", lif{.tau = -1_ms / std::log(decay), .threshold = threshold * 1_mV, .reset = 0_mV, .refractory = 0_ms},
        units);
    net.connect(input, liquid, all_to_all{}, {.weight = normal{0.00156 * c * 1_mV, 6.61329 * c * 1_mV}});
    net.connect(liquid, liquid, all_to_all{.autapses = true},
                {.weight = normal{0.00606 * c * 1_mV, 6.67268 * c * 1_mV}, .delay = 1_ms});
    return net;
  }

  /// With the normal conductances that the authors give for their pairs.
  simulation ideal() const { return {build(), cpu{.tick = 1_ms, .threads = 1}}; }

  /// On cells that one pulse of `volts` has formed or not: at 3.586 V, 91 % of them, pairs have the authors' standard
  /// deviation, 6.61 uS.
  simulation on_chip(std::uint32_t chip, double volts = 3.586) const {
    hardware macro = load_hardware("random_rram_40nm");
    override_hardware(macro, "device.forming_voltage=" + std::to_string(volts));
    return {
        build(),
        crossbar{
            .tick = 1_ms, .hardware = macro, .chip = chip, .frozen = {{"input->liquid", c}, {"liquid->liquid", c}}}};
  }

  /// What a recording is to it: whether a channel was active in a step of `bin`; later events are left out.
  recording steps_of(std::span<const event> events, milliseconds bin) const {
    return learning::raster{events, channels, bin, steps * bin}.once().as_recording(1_ms);
  }
};

/// Samples of one sense, as `steps_of` gives them.
struct shown_samples {
  std::vector<recording> samples;
  std::vector<std::uint32_t> labels;
};

/// [samples][units] spikes per step.
inline std::vector<float> spike_rates(const formed_liquid& l, simulation sim, std::span<const recording> samples) {
  std::vector<float> all;
  const auto input = sim.population_at(0), liquid = sim.population_at(1);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    sim.reset(i);
    sim.play(input, samples[i]);
    sim.run_ticks(l.steps);
    for (const auto n : sim.counts(liquid)) all.push_back(static_cast<float>(n) / static_cast<float>(l.steps));
  }
  return all;
}

}  // namespace spinule

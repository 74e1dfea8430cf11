// Digests of each form in which synapses are stored, and of spikes and costs on each piece of emulated hardware.
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/sources.hpp>

#include "running.hpp"

namespace spinule {
namespace {

struct stored {
  wiring rule;
  value<millivolts> weight;
  value<milliseconds> delay;
  int bits = 32;
  bool procedural = false;
};

void add_stored(goldens& all, const std::string& name, const stored& s) {
  const auto make = [s] {
    network net{51};
    const auto noise = net.add("noise", poisson{.rate = 60_Hz}, 200);
    const auto cells = net.add("cells", lif{.threshold = 12_mV}, 700);
    net.connect(noise, cells, fixed_outdegree{.k = 60}, {.weight = 3_mV});
    net.connect(cells, cells, s.rule,
                {.weight = s.weight, .delay = s.delay, .weight_bits = s.bits, .procedural = s.procedural});
    return net;
  };
  all["storage/" + name + "/one_thread"] = on(make, cpu{.tick = 1_ms, .threads = 1}, 80_ms);
  all["storage/" + name + "/three_threads"] = on(make, cpu{.tick = 1_ms, .threads = 3}, 80_ms);
}

/// Values through sparse rows, several delays and whole lines, into units and neurons; spikes of neurons that a
/// modulator scales.
network values_and_spikes() {
  network net{53};
  const auto noise = net.add("noise", poisson{.rate = 60_Hz}, 60);
  const auto a = net.add("a", rate_unit{.tau = 10_ms}, 300);
  const auto b = net.add("b", lif{.threshold = 5_mV}, 400);
  net.connect(noise, a, fixed_probability{0.3}, {.weight = normal{1, 1}, .delay = uniform{1_ms, 3_ms}});
  net.connect(a, a, fixed_indegree{.k = 12}, {.weight = normal{0, 0.5}, .delay = uniform{1_ms, 5_ms}});
  net.connect(a, b, all_to_all{}, {.weight = normal{0.02_mV, 0.1_mV}});
  const auto mood = net.add("mood", rate_unit{.bias = 0.5}, 1);
  net.connect(noise, mood, all_to_all{}, {.weight = 0.02, .delay = 1_ms});
  net.modulate(mood, net.connect(b, a, fixed_outdegree{.k = 5}, {.weight = -0.5, .delay = uniform{1_ms, 4_ms}}));
  return net;
}

network layers() {
  network net{52};
  const auto noise = net.add("noise", poisson{.rate = 60_Hz}, 60);
  const auto a = net.add("a", lif{}, 100);
  const auto b = net.add("b", lif{.threshold = 8_mV}, 40);
  net.connect(noise, a, fixed_probability{0.3}, {.weight = normal{2_mV, 1_mV}, .delay = uniform{1_ms, 3_ms}});
  net.connect(a, b, all_to_all{}, {.weight = normal{0.3_mV, 1_mV}, .delay = 1_ms});
  net.connect(b, a, fixed_indegree{.k = 5}, {.weight = -1_mV, .delay = 2_ms});
  return net;
}

}  // namespace

void add_backends(goldens& all) {
  add_stored(all, "bits", {fixed_probability{0.1}, 0.2_mV, 1_ms});
  add_stored(all, "bits_of_many_rows", {fixed_probability{0.4}, 0.05_mV, uniform{1_ms, 4_ms}});
  add_stored(all, "grouped", {fixed_outdegree{.k = 4}, 0.5_mV, uniform{1_ms, 20_ms}});
  add_stored(all, "wide", {fixed_probability{0.05}, normal{0.2_mV, 0.5_mV}, uniform{1_ms, 9_ms}});
  add_stored(all, "packed", {fixed_total_number{60000}, normal{0.2_mV, 0.1_mV}, uniform{2_ms, 9_ms}, 16});
  add_stored(all, "dense", {all_to_all{true}, normal{0_mV, 0.1_mV}, 1_ms});
  add_stored(all, "dense_16", {all_to_all{true}, normal{0_mV, 0.1_mV}, 1_ms, 16});
  add_stored(all, "dense_8", {all_to_all{true}, normal{0_mV, 0.1_mV}, 1_ms, 8});
  add_stored(all, "dense_constant", {all_to_all{true}, 0.005_mV, 1_ms});
  add_stored(all, "procedural", {fixed_outdegree{.k = 30}, normal{0.5_mV, 0.1_mV}, uniform{1_ms, 9_ms}, 32, true});
  for (const int threads : {1, 3})
    all["storage/values/" + std::string{threads == 1 ? "one_thread" : "three_threads"}] =
        on(values_and_spikes, cpu{.tick = 1_ms, .threads = threads}, 80_ms);
  for (const char* preset : {"ideal", "isaac_32nm", "random_rram_40nm", "neurram_130nm", "pcm_90nm"})
    all[std::string{"crossbar/values/"} + preset] =
        on(values_and_spikes, crossbar{.tick = 1_ms, .hardware = load_hardware(preset), .chip = 4}, 80_ms);
  all["digital/values/odin"] = on(values_and_spikes, digital{.tick = 1_ms, .hardware = load_hardware("odin")}, 80_ms);
  for (const char* preset : {"ideal", "isaac_32nm", "random_rram_40nm", "neurram_130nm", "pcm_90nm"})
    all[std::string{"crossbar/"} + preset] =
        on(layers, crossbar{.tick = 1_ms, .hardware = load_hardware(preset), .chip = 4});
  const auto changed = [&](const std::string& name, const std::vector<std::string>& keys) {
    hardware hw = load_hardware("neurram_130nm");
    override_hardware(hw, keys);
    all["crossbar/" + name] = on(layers, crossbar{.tick = 1_ms, .hardware = hw, .chip = 4});
  };
  changed("telegraph", {"device.telegraph_cells=0.2", "device.telegraph_amplitude=0.1"});
  changed("sliced", {"array.slices=3", "device.bits_per_slice=2"});
  changed("offset", {"array.signs=offset"});
  for (const char* preset : {"loihi_davies2018", "loihi_sanafe", "truenorth", "odin", "spinnaker2"})
    all[std::string{"digital/"} + preset] = on(layers, digital{.tick = 1_ms, .hardware = load_hardware(preset)});
}

}  // namespace spinule

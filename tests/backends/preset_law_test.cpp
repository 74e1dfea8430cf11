// No constant of a preset is idle: each changes spikes, costs, times or the writing of arrays, in some setting.
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/rate_unit.hpp>

#include "networks.hpp"

namespace spinule::preset_law_test {

network spiking() {
  network net{3};
  const lif unit{.tau = 10_ms, .threshold = 5_mV};
  const auto noise = net.add("noise", poisson{.rate = 80_Hz}, 60);
  const auto a = net.add("a", unit, 40);
  const auto b = net.add("b", unit, 24);
  net.connect(noise, a, fixed_probability{0.3}, {.weight = normal{2_mV, 0.7_mV}, .delay = uniform{1_ms, 3_ms}});
  net.connect(a, b, all_to_all{}, {.weight = normal{0.6_mV, 0.3_mV}, .delay = 1_ms});
  net.connect(b, a, fixed_indegree{.k = 5}, {.weight = -1_mV, .delay = 2_ms});
  return net;
}

/// Its arrays receive values, which converters turn into voltages.
network graded() {
  network net{4};
  const auto units = net.add("units", rate_unit{.tau = 5_ms, .bias = 0.7}, 12);
  const auto targets = net.add("targets", lif{.threshold = 5_mV}, 10);
  net.connect(units, targets, all_to_all{}, {.weight = normal{0.3_mV, 0.1_mV}, .delay = 1_ms});
  return net;
}

/// Its weights change.
network learning() {
  network net{5};
  const lif unit{.tau = 10_ms, .threshold = 4_mV};
  const auto noise = net.add("noise", poisson{.rate = 200_Hz}, 10);
  const auto units = net.add("units", unit, 8);
  net.connect(noise, units, all_to_all{}, {.weight = 2_mV, .delay = 1_ms}, pair_stdp{.lambda = 0.5, .w_max = 4_mV});
  return net;
}

connectivity whole_matrix() {
  connectivity c{.sources = 40, .targets = 20, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  for (index_t i = 0; i < c.sources; ++i) {
    for (index_t t = 0; t < c.targets; ++t) {
      c.target.push_back(t);
      c.code.push_back(static_cast<std::int32_t>(1000 * ((7 * i + 3 * t) % 41)) - 20000);
    }
    c.offsets.push_back(c.target.size());
  }
  return c;
}

using numbers = std::vector<double>;

crossbar calibrated(const network& net, const hardware& hw) {
  crossbar on{.tick = 1_ms, .hardware = hw};
  if (hw.adc.range == converter_range::data)
    on.ranges = measure_ranges(net, on, [](simulation& sim) { sim.run(15_ms); });
  return on;
}

numbers outcome_of_run(const network& net, const hardware& hw) {
  simulation sim = hw.kind == hardware_kind::crossbar ? simulation{net, calibrated(net, hw)}
                                                      : simulation{net, digital{.tick = 1_ms, .hardware = hw}};
  sim.run(15_ms);
  const cost_report r = *sim.costs();
  numbers all;
  for (const auto* costs : {&r.dynamic, &r.programming})
    for (const auto& c : *costs) all.insert(all.end(), {static_cast<double>(c.count), c.energy_pj});
  for (const auto& s : r.standing) all.insert(all.end(), {s.energy_pj, s.real_time_pj});
  for (const auto& a : r.areas) all.push_back(a.um2);
  all.insert(all.end(), {static_cast<double>(sim.spike_count()), r.latency_us, r.quantised.energy_pj});
  return all;
}

numbers outcome_of_read(tiled_projection tiles) {
  tiles.carry_values(2);
  std::vector<std::int32_t> input(20);
  tiles.read(std::vector<std::uint32_t>{1, 5, 9, 30}, std::vector<float>{0.3f, -1.7f, 1, 2}, 1, input);
  numbers all(input.begin(), input.end());
  all.push_back(tiles.programming().time_ns);
  all.push_back(tiles.full_scale());
  return all;
}

/// What comes of reads with values, of runs and of whole arrays formed at random, the cheapest part first.
constexpr std::size_t parts = 5;
numbers outcome(const hardware& hw, std::size_t part) {
  static const network spikes = spiking(), values = graded(), learns = learning();
  const bool crossbar = hw.kind == hardware_kind::crossbar;
  if (part == 0) return crossbar ? outcome_of_read({whole_matrix(), hw, 1, 0, 0}) : numbers{};
  if (part == 1) return outcome_of_run(spikes, hw);
  if (part == 2) return outcome_of_run(values, hw);
  if (!crossbar) return {};
  if (part == 3) return outcome_of_read(tiled_projection::random_forming(40, 20, 1000, hw, 1, 0, 0));
  const bool can_learn = hw.device.programming == programming_mode::pulses && hw.array.wires == wire_model::ignored;
  return can_learn ? outcome_of_run(learns, hw) : numbers{};
}

using outcomes = std::array<numbers, parts>;

outcomes whole_outcome(const hardware& hw) {
  outcomes all;
  for (std::size_t part = 0; part < parts; ++part) all[part] = outcome(hw, part);
  return all;
}

/// Up to the first part that differs.
bool differs(const hardware& hw, const outcomes& expected) {
  for (std::size_t part = 0; part < parts; ++part)
    if (outcome(hw, part) != expected[part]) return true;
  return false;
}

using changes = std::vector<std::string>;

/// Small arrays and little room, so that nothing is hidden by having one of it, and something for a constant to act on.
changes usual(const hardware& hw) {
  if (hw.kind == hardware_kind::crossbar)
    return {"array.rows=16", "array.columns=12", "mesh.per_node=2", "adc.bits=5", "neuron.per_circuit=8"};
  return {"capacity.core_neurons=10", "mesh.per_node=2", "tick.minimum=0", "clock.frequency=10 MHz", "clock.power=3"};
}

hardware setting(const std::string& preset, const changes& more) {
  hardware hw = load_hardware(preset);
  changes all = usual(hw);
  all.insert(all.end(), more.begin(), more.end());
  override_hardware(hw, all);
  return hw;
}

const std::vector<changes> crossbar_settings{
    {},
    {"array.wires=exact", "array.access=resistor"},
    {"device.programming=write_verify", "device.unused=pristine", "adc.converter=linear", "adc.range=expected",
     "device.drift=power", "device.age=1e6", "device.drift_nu=0.1", "device.drift_nu_sd=0.05"},
    {"device.programming=write_verify", "device.unused=programmed", "adc.converter=linear", "adc.range=cells",
     "device.drift=logarithmic", "device.age=1e6", "device.relaxation=-0.1", "device.relaxation_sd=0.3"},
    {"device.programming=write_verify", "device.flicker=0.005", "device.age=1e3", "adc.converter=none"},
    {"device.programming=forming", "adc.converter=linear", "adc.range=cells", "device.stuck_on=0.1",
     "device.stuck_off=0.1"},
};
/// Of converters, and of how weights and values come to cells.
const std::vector<changes> periphery_settings{
    {"adc.converter=linear", "adc.model=circuit", "dac.bits=6", "device.programming=write_verify"},
    {"adc.model=walden"},
    {"adc.model=survey", "adc.converter=linear"},
    {"device.programming=write_verify", "array.slices=2", "device.bits_per_slice=3", "adc.converter=linear"},
};
const std::vector<changes> calibrated_settings{
    {"adc.converter=linear", "adc.range=data", "device.programming=write_verify"}};
const std::set<std::string> of_periphery{"adc.kind",     "adc.model",   "adc.node",   "adc.figure_of_merit",
                                         "array.slices", "array.signs", "dac.scheme", "device.bits_per_slice"};
const std::vector<changes> trapped_settings{
    {"device.telegraph_cells=0.5", "device.telegraph_amplitude=0.1", "adc.converter=none"}};
/// Exponents of drift that leave their bounds at both ends of the window.
const std::vector<changes> drift_settings{
    {"device.programming=write_verify", "device.drift=power", "device.compensation=none", "device.drift_start=1",
     "device.age=100", "device.drift_nu=0", "device.drift_nu_slope=-0.7", "device.drift_nu_sd=0",
     "device.drift_nu_sd_slope=-0.6", "device.drift_nu_least=0", "device.drift_nu_most=1", "device.drift_nu_sd_least=0",
     "device.drift_nu_sd_most=1"}};
/// Messages that wait for one another, with times of their own in every preset.
const std::vector<changes> queued_digital_settings{
    {"mesh.latency=event_queue", "capacity.core_neurons=5", "mesh.per_node=1", "mesh.buffer=1", "mesh.hop_x_time=5",
     "mesh.hop_y_time=5", "mesh.packet_time=1", "message.in_time=20", "neuron.active_time=10", "message.out_time=1",
     "sync.time=50", "sync.maximum=100"}};
const std::vector<changes> queued_crossbar_settings{{"mesh.latency=event_queue", "mesh.per_node=1", "mesh.buffer=1",
                                                     "mesh.hop_x_time=50", "mesh.hop_y_time=50", "mesh.packet_time=1"}};
/// Cores of several populations on few nodes.
const std::vector<changes> placed_digital_settings{
    {"capacity.core_neurons=7", "mesh.per_node=1", "mesh.hop_x_energy=1", "mesh.hop_y_energy=1"}};
const std::vector<changes> placed_crossbar_settings{{"mesh.per_node=1"}};
/// Of constants of pulses. A narrow tolerance makes pulses overshoot, so that they come from both sides.
const std::vector<changes> pulsed_settings{
    {"device.programming=pulses", "device.pulses=reram_soft_bounds"},
    {"device.programming=pulses", "device.pulses=exponential", "pulses.tolerance=0.001"},
};
/// Of learning: a few pulses fill a cell.
const std::vector<changes> update_settings{
    {"device.programming=pulses", "device.pulses=constant", "pulses.step=0.2", "update.scheme=mixed_precision"},
};
const std::vector<changes> digital_settings{
    {"capacity.chip_neurons=30", "capacity.chip_synapses=1000000"},
    {"capacity.chip_neurons=60", "capacity.chip_synapses=300", "sync.time=100", "sync.per_doubling=50",
     "sync.maximum=160", "neuron.active_time=5", "message.out_time=1"},
};
const std::vector<changes>& settings_of(const std::string& preset, const std::string& key) {
  if (key.starts_with("pulses.") || key == "device.pulses") return pulsed_settings;
  const bool crossbar = load_hardware(preset).kind == hardware_kind::crossbar;
  if (key.starts_with("device.telegraph")) return trapped_settings;
  if (key.starts_with("device.drift_")) return drift_settings;
  if (key == "adc.range_share") return calibrated_settings;
  if (of_periphery.contains(key)) return periphery_settings;
  if (key.starts_with("update.")) return update_settings;
  if (key == "mesh.latency" || key == "mesh.sync" || key == "mesh.buffer")
    return crossbar ? queued_crossbar_settings : queued_digital_settings;
  if (key == "mesh.placement") return crossbar ? placed_crossbar_settings : placed_digital_settings;
  return crossbar ? crossbar_settings : digital_settings;
}

/// Other values to try: larger, smaller, and something where there was nothing.
std::vector<double> others(double value) {
  if (value == 0) return {1, 0.2, 4, 2000};
  return {2 * value, value / 2, value + 1, value * 1.1, 1000 * value, 2, 3};
}

/// A setting and what comes of it.
struct usual_case {
  hardware hw;
  outcomes expected;
};

const usual_case& usual(const std::string& preset, const changes& more) {
  static std::map<std::pair<std::string, changes>, usual_case> known;
  const auto [at, fresh] = known.try_emplace({preset, more});
  if (fresh) {
    at->second.hw = setting(preset, more);
    at->second.expected = whole_outcome(at->second.hw);
  }
  return at->second;
}

bool changes_something(const std::string& preset, const named_constant& c) {
  for (const auto& more : settings_of(preset, c.key)) {
    const auto& [before, expected] = usual(preset, more);
    for (const double value : others(c.value.value)) {
      hardware hw = before;
      try {
        override_hardware(hw, fmt::format("{}={:.17g}", c.key, value));
        if (differs(hw, expected)) return true;
      } catch (const spinule_error&) {
        continue;  // refused, or too little room
      }
    }
  }
  return false;
}

TEST(preset_law, every_constant_of_every_preset_changes_some_outcome) {
  for (const auto& preset : hardware_names())
    for (const auto& c : constants_of(load_hardware(preset)))
      EXPECT_TRUE(changes_something(preset, c)) << preset << ": " << c.key << " changes nothing";
}

TEST(preset_law, every_choice_of_every_preset_changes_some_outcome) {
  for (const auto& preset : hardware_names()) {
    for (const auto& choice : choices_of(load_hardware(preset))) {
      std::set<outcomes> seen;
      for (const auto& more : settings_of(preset, choice.key))
        for (const auto& value : choice.allowed) {
          hardware hw = setting(preset, more);
          try {
            override_hardware(hw, choice.key + "=" + value);
          } catch (const spinule_error&) {
            continue;
          }
          seen.insert(whole_outcome(hw));
        }
      EXPECT_GT(seen.size(), settings_of(preset, choice.key).size())
          << preset << ": " << choice.key << " changes nothing";
    }
  }
}

}  // namespace spinule::preset_law_test

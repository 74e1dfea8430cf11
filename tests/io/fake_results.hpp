// Results as a replay would leave them, invented with care: for tests of the result file and of the report.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <spinule/io/result.hpp>
#include <spinule/random.hpp>

namespace spinule::fake {

// The pen stroke of a 3 in pixels of a 34 x 34 sensor.
inline std::array<double, 2> stroke(double s) {
  const double angle = 3.3 * (s < 0.5 ? 2 * s : 2 * s - 1) - 2.0;
  const double middle = s < 0.5 ? 11.5 : 21.0;
  return {15.0 + 5.5 * std::cos(angle), middle + 5.0 * std::sin(angle)};
}

// A 3 moved along the sides of a triangle: brighter where the stroke arrives, darker where it leaves.
inline std::vector<input_event> three_saccades(random_stream& random) {
  constexpr std::array<std::array<double, 2>, 3> step{{{0.5, 0.87}, {0.5, -0.87}, {-1.0, 0.0}}};
  std::vector<input_event> events;
  for (int ms = 0; ms < 315; ++ms) {
    const auto [dx, dy] = step[static_cast<std::size_t>(ms / 105)];
    const double phase = ms % 105 / 105.0;
    const auto arriving = random.poisson(28 * std::exp(-std::pow((phase - 0.35) / 0.25, 2)));
    for (std::uint64_t n = 0; n < arriving; ++n) {
      const auto [x, y] = stroke(random.uniform());
      const bool on = random.uniform() < 0.5;
      const double side = on ? 1.1 : -1.1;
      const double px = x + side * dx + 6 * (phase - 0.5) * dx + 0.5 * random.normal();
      const double py = y + side * dy + 6 * (phase - 0.5) * dy + 0.5 * random.normal();
      const auto clamp = [](double v) { return static_cast<std::uint16_t>(std::clamp(std::lround(v), 0l, 33l)); };
      input_event e{.time_us = ms * 1000 + static_cast<std::int64_t>(random.below(1000)),
                    .x = clamp(px),
                    .y = clamp(py),
                    .on = on};
      e.channel = e.x + 34u * e.y + (on ? 1156u : 0u);
      events.push_back(e);
    }
  }
  std::sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.time_us < b.time_us; });
  return events;
}

inline raster_layer firing(const std::string& name, std::uint32_t size, double rate, random_stream& random,
                           std::uint32_t ticks = 315) {
  raster_layer layer{.name = name, .size = size, .spikes = {}};
  for (std::uint32_t tick = 0; tick < ticks; ++tick) {
    const double drive = 0.15 + std::exp(-std::pow((tick % 105 - 45.0) / 28.0, 2));
    for (std::uint32_t neuron = 0; neuron < size; ++neuron) {
      const double liking = std::pow(std::abs(std::sin(neuron * 12.9898)), 6);
      if (random.uniform() < rate * drive * liking) layer.spikes.push_back({tick, neuron});
    }
  }
  return layer;
}

inline example_replay moving_three(random_stream random) {
  example_replay e{.sample = 18,
                   .label = 3,
                   .answer = 3,
                   .tick_us = 1000,
                   .length_us = 315'000,
                   .input = "pixels",
                   .channels = 2312,
                   .width = 34,
                   .height = 34,
                   .events = three_saccades(random),
                   .saccades_us = {0, 105'000, 210'000},
                   .layers = {}};
  e.layers = {firing("liquid", 1000, 0.12, random), firing("answer", 10, 0.5, random)};
  return e;
}

// Channels of a cochlea that sweep from low to high, as in the spoken digits of SHD.
inline example_replay rising_tone(random_stream random) {
  example_replay e{.sample = 7,
                   .label = 1,
                   .answer = 0,
                   .tick_us = 1000,
                   .length_us = 700'000,
                   .input = "cochlea",
                   .channels = 700,
                   .width = 0,
                   .height = 0,
                   .events = {},
                   .saccades_us = {},
                   .layers = {}};
  for (std::uint64_t n = 0; n < 9000; ++n) {
    const double t = random.uniform();
    const double channel = 120 + 380 * t + 60 * std::sin(9 * t) + 40 * random.normal();
    e.events.push_back({.time_us = static_cast<std::int64_t>(t * 690'000),
                        .channel = static_cast<std::uint32_t>(std::clamp(channel, 0.0, 699.0))});
  }
  std::sort(e.events.begin(), e.events.end(), [](const auto& a, const auto& b) { return a.time_us < b.time_us; });
  e.layers = {firing("cortex", 400, 0.2, random, 700)};
  return e;
}

inline void judge(replay_result& r, double accuracy, random_stream random) {
  constexpr std::array<std::uint64_t, 10> alike{6, 7, 1, 8, 9, 3, 0, 9, 3, 4};
  const auto classes = r.labels.size();
  r.confusion.assign(classes * classes, 0);
  r.correct = 0;
  r.sample_numbers.clear();
  r.truths.clear();
  r.answers.clear();
  for (std::uint64_t n = 0; n < r.samples; ++n) {
    const auto label = n % classes;
    auto answer = label;
    if (random.uniform() > accuracy)
      answer =
          random.uniform() < 0.5 && classes == 10 ? alike[label] : (label + 1 + random.below(classes - 1)) % classes;
    r.correct += answer == label;
    ++r.confusion[label * classes + answer];
    r.sample_numbers.push_back(n);
    r.truths.push_back(static_cast<std::uint32_t>(label));
    r.answers.push_back(static_cast<std::uint32_t>(answer));
  }
}

inline replay_result plain(const std::string& backend, double accuracy) {
  replay_result r;
  r.backend = backend;
  r.version = "0.1.0";
  r.from = {.model = "digits.spn",
            .network = "grid liquid of 1000 neurons, linear readout of 3000 counts",
            .trained_on = "nmnist",
            .command = "spinule replay digits.spn --dataset nmnist --data nmnist --part test --report report.html",
            .date = "2026-03-01T12:00:00Z",
            .processor = "a processor, 2 cores"};
  r.dataset = "N-MNIST, test part";
  r.threads = 2;
  r.seed = 1;
  r.samples = 1000;
  for (int c = 0; c < 10; ++c) r.labels.push_back(std::to_string(c));
  judge(r, accuracy, {1, purpose::user, 1});
  r.spikes = 7'412'903;
  r.synaptic_events = 391'027'114;
  r.weights = {{"input->liquid", 75000, 74210, 3, 1.5, 0.02, 0.4, 1.5, 1.9}};
  r.spike_digest = "5f2c9e0b7a4d18c3e6f1029384756afbcd01e2f3a4b5968778695a4b3c2d1e0f";
  r.layers = {{"pixels", 2312, 4172.4}, {"liquid", 1000, 3214.9}, {"answer", 10, 25.6}};
  r.duration_us = 340'000;
  r.wall_s = 2.87;
  r.example = moving_three({1, purpose::user, 2});
  return r;
}

/// In real time, the ranges of two prices and of both, a share of clipped conversions, and what writing took.
inline void complete(energy_account& e, double duration_us, const std::string& cheap, const std::string& dear) {
  for (auto& s : e.standing) s.real_time_pj = std::max(s.pj, s.power_uw * duration_us);
  for (auto& s : e.dynamic)
    if (s.component == "conversion") s.clipped = 0.002 * s.events;
  const double dynamic = e.dynamic_pj(), fast = e.static_pj(), real = e.real_time_pj();
  e.ranges = {{cheap, {0.9 * dynamic, fast, real}, {1.1 * dynamic, fast, real}},
              {dear, {0.7 * dynamic, fast, real}, {2.5 * dynamic, fast, real}},
              {"standing.array_power", {dynamic, 0, 0}, {dynamic, 10 * fast, 10 * real}},
              {"array.read_time", {dynamic, 0.9 * fast, real}, {dynamic, 3 * fast, real}},
              {"mesh.hop_x_energy", {0.99 * dynamic, fast, real}, {1.02 * dynamic, fast, real}},
              {"driver.energy", {0.999 * dynamic, fast, real}, {1.001 * dynamic, fast, real}}};
  e.together = {"", {0.6 * dynamic, 0, 0}, {2.6 * dynamic, 30 * fast, 10 * real}};
  e.areas = {{"cells", 1'048'576, 26'800, 15'100, 82'200}, {"converters", 1800, 788'400, 788'400, 10'080'000}};
  e.quantised = {.bits = 8,
                 .operations = 365'000,
                 .pj = 565'750,
                 .ticks = 340,
                 .rate = 0.0054,
                 .break_even = 0.0021,
                 .break_even_5 = 0.09};
  e.programming = {{"liquid->liquid", "programming pulses", 80'000, 27'200'000, 0}};
}

/// Short runs of 100 samples with other bits, noise and ticks.
inline sensitivity changes_of(const replay_result& r) {
  sensitivity s{.samples = {}, .unchanged = {}, .changed = {}};
  for (std::uint64_t n = 0; n < 100; ++n) s.samples.push_back(10 * n);
  const double dynamic = r.energy->dynamic_pj(), fast = r.energy->static_pj(), real = r.energy->real_time_pj();
  s.unchanged = {93, {dynamic, fast, real}, 46};
  s.changed = {{"adc.bits", 4, "bits", {61, {0.6 * dynamic, fast, real}, 46}, 1e-6},
               {"adc.bits", 10, "bits", {93, {1.4 * dynamic, fast, real}, 46}, 1},
               {"device.read_noise", 0, "1", {94, {dynamic, fast, real}, 46}, 1},
               {"device.read_noise", 0.1, "1", {88, {1.02 * dynamic, fast, real}, 46}, 0.06},
               {"tick", 0.5, "ms", {92, {1.7 * dynamic, 2 * fast, real}, 92}, 1}};
  return s;
}

inline void price(replay_result& r, double centre_us, double spread, random_stream random) {
  complete(*r.energy, r.duration_us, "mesh.packet_energy", "adc.energy");
  const double mean = r.energy->total_pj();
  for (std::uint64_t n = 0; n < r.samples; ++n) {
    const double busy = std::exp(spread * random.normal());
    r.sample_latencies_us.push_back(centre_us * busy);
    r.sample_energies_pj.push_back(mean * busy);
  }
}

inline replay_result ideal_crossbar() {
  auto r = plain("crossbar", 0.941);
  r.hardware = "ideal";
  r.chip = 0;
  r.wall_s = 9.4;
  r.energy = energy_account{{{"pixels->liquid", "row drive", 4172, 8600},
                             {"pixels->liquid", "cell read", 610'000, 91'000},
                             {"pixels->liquid", "conversion", 250'000, 416'750},
                             {"liquid->liquid", "row drive", 3215, 6700},
                             {"liquid->liquid", "cell read", 54'000, 8100},
                             {"liquid->liquid", "conversion", 250'000, 416'750},
                             {"liquid->liquid", "digital sum", 64'000, 1344},
                             {"pixels->liquid", "digital sum", 410'000, 8610},
                             {"liquid", "neuron update", 315'000, 151'000},
                             {"liquid", "routing", 3215, 66'700},
                             {"readout", "digital sum", 3215, 2900}},
                            {{"leakage", 412, 129'780}, {"clock", 95, 29'925}}};
  price(r, 31.5, 0.004, {1, purpose::user, 3});
  r.preset =
      hardware_description{"ideal",
                           "Ideal cells with the converters and wires of ISAAC: exact currents, no noise, 32 nm.",
                           {{"adc.energy_per_conversion", 1.667, "pJ", "32 nm", "Shafiee et al., ISCA 2016, Table 6",
                             "SPICE", "0.235 .. 1.71"},
                            {"adc.bits", 16, "bit", "", "enough for exact sums", "assumption", ""}}};
  return r;
}

/// A picture of 40 x 20 pixels with all levels.
inline array_picture stripes(double largest) {
  array_picture p{.rows = 40, .columns = 20, .largest = largest, .levels = {}};
  for (int i = 0; i < 800; ++i) p.levels.push_back(static_cast<std::int8_t>(i % 255 - 127));
  return p;
}

inline replay_result random_rram() {
  auto r = plain("crossbar", 0.925);
  judge(r, 0.925, {1, purpose::user, 4});
  r.hardware = "random_rram_40nm";
  r.chip = 0;
  r.spikes = 7'633'120;
  r.synaptic_events = 401'882'640;
  r.spike_digest = "b07d3e5a91c26f480d9be7a6f5431c2870e9d8c7b6a5948372615f4e3d2c1b0a";
  r.layers = {{"pixels", 2312, 4172.4}, {"liquid", 1000, 3434.2}, {"answer", 10, 26.5}};
  r.wall_s = 14.2;
  r.example = moving_three({1, purpose::user, 5});
  r.energy = energy_account{{{"pixels->liquid", "row drive", 4172, 1730},
                             {"pixels->liquid", "cell read", 626'000, 25'040},
                             {"pixels->liquid", "conversion", 250'000, 72'750},
                             {"pixels->liquid", "digital sum", 410'000, 5100},
                             {"liquid->liquid", "row drive", 3434, 1420},
                             {"liquid->liquid", "cell read", 57'400, 2300},
                             {"liquid->liquid", "conversion", 250'000, 72'750},
                             {"liquid->liquid", "digital sum", 64'000, 810},
                             {"liquid", "neuron update", 315'000, 66'150},
                             {"liquid", "routing", 3434, 9270},
                             {"readout", "digital sum", 3434, 720}},
                            {{"leakage", 173, 54'495}, {"clock", 61, 19'215}, {"sense amplifiers", 22, 6930}}};
  price(r, 46.2, 0.05, {1, purpose::user, 6});
  r.changes = changes_of(r);
  r.arrays = {{"pixels->liquid", 3, 12, 400, 200, 1.25, stripes(25), stripes(9.5), stripes(0.31)},
              {"liquid->liquid", 0, 1, 40, 20, 1.5, stripes(24), stripes(8), {}}};
  r.preset = hardware_description{
      "random_rram_40nm",
      "Frozen random conductances from the forming of 40 nm TaN/TaOx/Ta/TiN cells, 1T1R, as used for liquid state "
      "machines.",
      {{"cell.conductance_min", 0.5, "uS", "40 nm", "Wang et al., Nature Comput. Sci. 2023, Fig. 2", "measured",
        "0 .. 2"},
       {"cell.conductance_max", 40, "uS", "40 nm", "Wang et al., Nature Comput. Sci. 2023, Fig. 2", "measured",
        "30 .. 60"},
       {"cell.read_noise", 0.02, "of G", "40 nm", "Wan et al., Nature 2022", "fit", "0.005 .. 0.03"},
       {"cell.read_voltage", 0.2, "V", "40 nm", "Wang et al., Nature Comput. Sci. 2023", "measured", "0.1 .. 0.3"},
       {"read.time", 10, "ns", "40 nm", "NeuroSim V2.1 default", "assumption", "5 .. 100"},
       {"adc.bits", 8, "bit", "", "design choice", "assumption", "4 .. 10"},
       {"adc.energy_per_conversion", 0.291, "pJ", "40 nm", "hwcomponents-library, 8 b SAR", "post-layout",
        "0.12 .. 1.7"},
       {"adder.energy_16b", 0.0125, "pJ", "40 nm", "Aladdin tables, 32 b adder scaled by width", "fit", ""},
       {"neuron.energy_update", 0.21, "pJ", "40 nm", "Aladdin tables", "fit", "0.1 .. 0.5"},
       {"router.energy_per_hop", 2.7, "pJ", "40 nm", "scaled from 65 nm by node x V^2", "assumption", "1 .. 6"},
       {"leakage.power", 173, "uW", "40 nm", "NeuroSim V2.1, LSTP", "SPICE", "90 .. 400"}}};
  return r;
}

inline replay_result loihi() {
  auto r = plain("digital", 0.941);
  r.hardware = "loihi_davies2018";
  r.wall_s = 3.4;
  r.energy = energy_account{{{"pixels->liquid", "synaptic event", 355'000, 8'378'000},
                             {"liquid->liquid", "synaptic event", 53'700, 1'267'320},
                             {"liquid", "neuron update", 315'000, 16'900'000},
                             {"liquid", "routing", 9800, 36'260},
                             {"pixels", "routing", 12'500, 46'250},
                             {"readout", "synaptic event", 32'150, 758'740}},
                            {{"chip static power", 104'000, 208'000'000}}};
  price(r, 1950, 0.11, {1, purpose::user, 7});
  const std::string davies = "Davies et al., IEEE Micro 38 (2018), Table 2";
  r.preset = hardware_description{
      "loihi_davies2018",
      "Loihi 1, 14 nm, per-event costs of the pre-silicon study.",
      {{"synapse.energy", 23.6, "pJ", "14 nm", davies, "SPICE", "23.6 .. 35.5"},
       {"neuron.energy_active", 81, "pJ", "14 nm", davies, "SPICE", ""},
       {"neuron.energy_inactive", 52, "pJ", "14 nm", davies, "SPICE", ""},
       {"hop.energy_east_west", 3, "pJ", "14 nm", davies, "SPICE", ""},
       {"hop.energy_north_south", 4, "pJ", "14 nm", davies, "SPICE", "4.0 .. 4.2"},
       {"chip.static_power", 104, "mW", "14 nm", "derived from Pohoiki Springs, Frady et al. 2020", "fit", ""}}};
  return r;
}

/// So many chips of one hardware; each answers a little differently.
inline std::vector<replay_result> chips_of_random_rram(std::uint32_t chips) {
  std::vector<replay_result> all;
  for (std::uint32_t chip = 0; chip < chips; ++chip) {
    auto& r = all.emplace_back(random_rram());
    r.chip = chip;
    judge(r, 0.925, {1, purpose::user, 100 + chip});
    for (auto& s : r.energy->dynamic) s.pj *= 1 + 0.001 * chip;
    if (chip > 0) r.example.reset(), r.changes.reset(), r.arrays.clear();
  }
  return all;
}

/// What is left of a result when it is ended after so many samples.
inline replay_result ended_after(replay_result r, std::uint64_t samples) {
  r.samples = samples;
  r.interrupted = true;
  r.sample_numbers.resize(samples);
  r.truths.resize(samples);
  r.answers.resize(samples);
  if (!r.sample_latencies_us.empty()) r.sample_latencies_us.resize(samples), r.sample_energies_pj.resize(samples);
  r.correct = 0;
  r.confusion.assign(r.labels.size() * r.labels.size(), 0);
  for (std::size_t i = 0; i < samples; ++i) {
    ++r.confusion[r.truths[i] * r.labels.size() + r.answers[i]];
    r.correct += r.truths[i] == r.answers[i];
  }
  return r;
}

/// cpu, ideal crossbar (the same spikes), random resistive memory, digital baseline.
inline std::vector<replay_result> four_back_ends() {
  return {plain("cpu", 0.941), ideal_crossbar(), random_rram(), loihi()};
}

/// A run on spoken digits: no image sensor, 20 classes, no emulated hardware.
inline replay_result spoken_digits() {
  auto r = plain("cpu", 0.88);
  r.dataset = "SHD, test part";
  r.labels.clear();
  for (const char* language : {"en", "de"})
    for (int digit = 0; digit < 10; ++digit) r.labels.push_back(std::string{language} + " " + std::to_string(digit));
  judge(r, 0.9, {2, purpose::user, 1});
  r.layers = {{"cochlea", 700, 8012.0}, {"cortex", 400, 2911.5}};
  r.example = rising_tone({2, purpose::user, 2});
  return r;
}

}  // namespace spinule::fake

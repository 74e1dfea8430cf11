// Every event of a run on a crossbar, and its time, counted again from the spikes alone.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

namespace spinule::recounted_events_test {

constexpr std::uint32_t rows = 8, pairs = 6;
constexpr int ticks = 200;

/// What is added up for one projection.
struct events {
  std::uint64_t rows = 0, cells = 0, conversions = 0, packets = 0, hops = 0;
  double conductance = 0;  ///< uS of all cells, as often as they were read
  double read_ns = 0;      ///< of all tiles, one after the other
};

struct wiring {
  index_t from, to;  ///< populations
  index_t sources, targets;
  std::vector<listed<millivolts>> synapses;
};

wiring wired(index_t from, index_t to, index_t sources, index_t targets, double share, std::uint64_t seed) {
  wiring w{from, to, sources, targets, {}};
  random_stream random{seed, purpose::user, 0};
  for (index_t s = 0; s < sources; ++s)
    for (index_t t = 0; t < targets; ++t) {
      if (random.uniform() > share) continue;
      const double weight = 1 + 2 * random.uniform();
      w.synapses.push_back({s, t, millivolts{random.below(4) == 0 ? -weight : weight},
                            milliseconds{static_cast<double>(1 + random.below(3))}});
    }
  return w;
}

using line = std::pair<index_t, int>;  // source, delay in ticks

/// Lines in order, cut into bands of `rows`, targets into groups of `pairs`; a tile is where a synapse is.
events recount(const wiring& w, std::span<const spike> spikes, const hardware& hw, std::uint32_t first_tile,
               std::uint32_t home, std::uint32_t width, std::uint32_t& tiles) {
  double largest = 0;
  std::map<line, std::map<index_t, double>> lines;
  for (const auto& s : w.synapses) {
    lines[{s.source, static_cast<int>(s.delay.value())}][s.target] = std::abs(s.weight.value());
    largest = std::max(largest, std::abs(s.weight.value()));
  }
  struct tile {
    std::uint32_t number, columns;
  };
  std::map<line, std::uint32_t> band_of;
  std::vector<std::set<index_t>> groups;
  for (const auto& [name, synapses] : lines) {
    const auto band = static_cast<std::uint32_t>(band_of.size()) / rows;
    band_of[name] = band;
    groups.resize(band + 1);
    for (const auto& [target, weight] : synapses) groups[band].insert(target / pairs);
  }
  std::vector<std::vector<tile>> placed(groups.size());
  tiles = first_tile;
  for (std::size_t b = 0; b < groups.size(); ++b)
    for (const index_t g : groups[b]) placed[b].push_back({tiles++, std::min(pairs, w.targets - g * pairs)});

  events sum;
  std::map<int, std::set<std::uint32_t>> read;  // bands of each tick
  std::map<int, std::map<line, int>> pulses;    // a source may fire twice in a tick
  const double rest = hw.device.g_min.value, span = hw.device.g_max.value - rest;
  const auto apart = [](std::uint32_t a, std::uint32_t b) { return a > b ? a - b : b - a; };
  for (const spike& s : spikes)
    for (int delay = 1; delay <= 3; ++delay) {
      const line name{s.neuron, delay};
      const int now = static_cast<int>(s.when) + delay;
      if (!lines.contains(name) || now >= ticks) continue;
      const std::uint32_t band = band_of.at(name);
      read[now].insert(band);
      ++pulses[now][name];
      for (const tile& t : placed[band]) {
        ++sum.rows;
        ++sum.packets;
        sum.cells += 2 * t.columns;
        sum.conductance += 2 * rest * t.columns;
        sum.hops += apart(t.number % width, home % width) + apart(t.number / width, home / width);
      }
      for (const auto& [target, weight] : lines.at(name)) sum.conductance += span * weight / largest;
    }
  for (const auto& [now, bands] : read) {
    std::uint32_t widest = 0, tiles_read = 0;
    int phases = 0;
    for (const auto& [name, times] : pulses.at(now)) phases = std::max(phases, times);
    for (const std::uint32_t b : bands)
      for (const tile& t : placed[b]) {
        sum.conversions += t.columns;
        widest = std::max(widest, t.columns);
        ++tiles_read;
      }
    const double pulse = hw.driver.time.value + std::max(hw.array.read_time.value, hw.array.settle_time.value);
    sum.read_ns += tiles_read * (phases * pulse + widest * hw.adc.time.value +
                                 static_cast<double>(bands.size()) * hw.accumulator.time.value);
  }
  return sum;
}

TEST(recounted_events, are_those_of_the_ledger_and_take_its_time) {
  hardware hw = load_hardware("isaac_32nm");
  override_hardware(hw, std::vector<std::string>{"array.rows=8", "array.columns=12", "mesh.per_node=1",
                                                 "device.levels=0", "neuron.inactive_energy=5.1", "mesh.latency=sum",
                                                 "tick.minimum=0", "adc.columns_per_adc=6"});
  network net{5};
  const auto in = net.add("in", poisson{.rate = 60_Hz}, 30);
  const auto liquid = net.add("liquid", lif{.tau = 10_ms, .threshold = 5_mV}, 20);
  const auto out = net.add("out", lif{.tau = 10_ms, .threshold = 5_mV}, 7);
  const std::vector<wiring> wirings{wired(0, 1, 30, 20, 0.3, 1), wired(1, 1, 20, 20, 0.2, 2),
                                    wired(1, 2, 20, 7, 0.5, 3)};
  net.connect(in, liquid, wirings[0].synapses);
  net.connect(liquid, liquid, wirings[1].synapses);
  net.connect(liquid, out, wirings[2].synapses);
  simulation sim{net, crossbar{.tick = 1_ms, .hardware = hw}};
  for (index_t p = 0; p < 3; ++p) sim.observe(sim.population_at(p));
  sim.run(milliseconds{double{ticks}});
  const cost_report r = *sim.costs();

  // One tile to a node, numbered in order; the first projection starts at 0, where inputs enter and the liquid lives.
  std::uint32_t tiles = 0, width = 1;
  std::vector<std::uint32_t> first;
  for (const auto& w : wirings) {
    first.push_back(tiles);
    recount(w, {}, hw, tiles, 0, 1, tiles);
  }
  while (width * width < tiles) ++width;
  std::map<std::string, std::map<std::string, cost>> ledger;
  std::uint64_t entries = 0;
  for (const cost& c : r.dynamic) ledger[c.layer][c.component] = c, ++entries;
  std::uint64_t named = 0;
  for (const auto& [layer, parts] : ledger) named += parts.size();
  EXPECT_EQ(named, entries) << "nothing is there twice";

  double recounted_pj = 0, recounted_ns = 0;
  const std::vector<std::string> names{"in->liquid", "liquid->liquid", "liquid->out"};
  for (std::size_t j = 0; j < wirings.size(); ++j) {
    const auto spikes = sim.spikes(sim.population_at(wirings[j].from));
    ASSERT_GT(spikes.size(), 50u) << names[j];
    const events e = recount(wirings[j], spikes, hw, first[j], 0, width, tiles);
    const auto& did = ledger.at(names[j]);
    const auto expect = [&](const std::string& component, std::uint64_t count, double pj) {
      EXPECT_EQ(did.at(component).count, count) << names[j] << " " << component;
      EXPECT_NEAR(did.at(component).energy_pj, pj, 1e-6 * pj) << names[j] << " " << component;
      recounted_pj += pj;
    };
    expect("row drive", e.rows, static_cast<double>(e.rows) * hw.driver.energy.value);
    expect("cell read", e.cells,
           e.conductance * std::pow(hw.array.read_voltage.value, 2) * hw.array.read_time.value * 1e-3);
    expect("conversion", e.conversions,
           static_cast<double>(e.conversions) * hw.adc.energy.value *
               std::pow(hw.adc.energy_growth.value, hw.adc.bits.value - hw.adc.reference_bits.value));
    expect("accumulation", e.conversions, static_cast<double>(e.conversions) * hw.accumulator.energy.value);
    ASSERT_EQ(hw.mesh.hop_x_energy.value, hw.mesh.hop_y_energy.value);
    recounted_ns += e.read_ns + static_cast<double>(e.packets) * hw.mesh.packet_time.value +
                    static_cast<double>(e.hops) * hw.mesh.hop_x_time.value;
    ASSERT_EQ(hw.mesh.hop_x_time.value, hw.mesh.hop_y_time.value);
    expect("routing", e.packets,
           static_cast<double>(e.packets) * hw.mesh.packet_energy.value +
               static_cast<double>(e.hops) * hw.mesh.hop_x_energy.value);
  }
  for (index_t p = 1; p < 3; ++p) {
    const auto& did = ledger.at(p == 1 ? "liquid" : "out");
    const double n = (p == 1 ? 20.0 : 7.0) * ticks,
                 fired = static_cast<double>(sim.spikes(sim.population_at(p)).size());
    EXPECT_EQ(did.at("neuron update").count, static_cast<std::uint64_t>(n));
    EXPECT_EQ(did.at("spike").count, static_cast<std::uint64_t>(fired));
    recounted_pj += n * hw.neuron.active_energy.value + fired * hw.neuron.spike_energy.value;
    std::set<moment> firing;  // one circuit works through all neurons, and sends spikes at once
    for (const spike& k : sim.spikes(sim.population_at(p))) firing.insert(k.when);
    recounted_ns += n * hw.neuron.active_time.value + static_cast<double>(firing.size()) * hw.neuron.spike_time.value;
  }
  EXPECT_NEAR(r.dynamic_pj(), recounted_pj, 1e-6 * recounted_pj) << "and nothing else is there";
  EXPECT_NEAR(r.latency_us, 1e-3 * recounted_ns, 1e-9 * recounted_ns) << "reads, ways and neurons, one after the other";
  for (const standing_cost& c : r.standing) EXPECT_DOUBLE_EQ(c.energy_pj, c.power_uw * r.latency_us) << c.component;
}

}  // namespace spinule::recounted_events_test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/simulation.hpp>

#include "core/statistics.hpp"
#include "networks.hpp"

namespace spinule::state_test {

using testing::HasSubstr;

std::vector<simulation> every_way(const network& net, milliseconds tick) {
  std::vector<simulation> all{{net, reference{tick}}};
  for (const auto s : {stepping::sweep, stepping::visit, stepping::automatic})
    for (const int threads : {1, 3})
      all.push_back({net, cpu{.tick = tick, .threads = threads, .stepping = s, .precision = precision::full}});
  return all;
}

TEST(state, that_is_read_whole_is_that_of_each_neuron) {
  const network net = balanced(600);
  for (simulation sim : every_way(net, 0.5_ms)) {
    const auto cells = sim.population_at(1);
    sim.run(25_ms);
    const auto v = sim.state(cells, "v");
    ASSERT_EQ(v.size(), net.populations()[1].size);
    for (index_t i = 0; i < v.size(); ++i) ASSERT_EQ(v[i], sim.read(cells, "v", i));
  }
}

TEST(state, that_is_written_counts_from_the_next_tick_on_in_every_way_of_stepping) {
  const network net = balanced(600);
  std::vector<std::vector<spike>> seen;
  for (simulation sim : every_way(net, 0.5_ms)) {
    const auto cells = sim.population_at(1), others = sim.population_at(2);
    sim.observe(cells);
    sim.observe(others);
    for (int round = 0; round < 3; ++round) {
      sim.run(15_ms);
      auto v = sim.state(cells, "v");
      for (double& x : v) x = 0.75 * x;
      sim.write(cells, "v", v);
      sim.write(others, "v", 7, 30.0);  // above threshold: it fires by itself in the next tick
      EXPECT_EQ(sim.read(others, "v", 7), 30);
      EXPECT_EQ(sim.state(cells, "v"), v);
    }
    sim.run(15_ms);
    auto& spikes = seen.emplace_back(sim.spikes(cells).begin(), sim.spikes(cells).end());
    spikes.insert(spikes.end(), sim.spikes(others).begin(), sim.spikes(others).end());
    ASSERT_NE(std::find(spikes.begin(), spikes.end(), spike{30, 7}), spikes.end());
    EXPECT_EQ(spikes, seen.front());
  }
}

TEST(state, that_was_written_is_gone_after_a_reset) {
  const network net = balanced(400);
  for (simulation sim : every_way(net, 0.5_ms)) {
    const auto cells = sim.population_at(1);
    const auto start = sim.state(cells, "v");
    sim.write(cells, "v", std::vector<double>(start.size(), 1.0));
    sim.reset();
    EXPECT_EQ(sim.state(cells, "v"), start);
  }
}

TEST(state, refuses_what_no_neuron_can_have) {
  const network net = balanced(400);
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  const auto cells = sim.population_at(1);
  const auto n = net.populations()[1].size;
  const auto before = sim.state(cells, "v");
  EXPECT_THAT(error_of([&] { sim.write(cells, "v", std::vector<double>(n - 1, 0.0)); }), HasSubstr("give one each"));
  EXPECT_THAT(error_of([&] { sim.write(cells, "u", std::vector<double>(n, 0.0)); }), HasSubstr("no state field \"u\""));
  EXPECT_THAT(error_of([&] { sim.state(cells, "u"); }), HasSubstr("no state field \"u\""));
  EXPECT_THAT(error_of([&] { sim.write(cells, "v", n, 0.0); }), HasSubstr("has no neuron"));
  for (const double wrong : {static_cast<double>(NAN), static_cast<double>(INFINITY), -1e300}) {
    EXPECT_THAT(error_of([&] { sim.write(cells, "v", 3, wrong); }), HasSubstr("v = "));
    std::vector<double> v(n, 0.0);
    v[9] = wrong;
    EXPECT_THAT(error_of([&] { sim.write(cells, "v", v); }), HasSubstr("neuron 9: v = "));
  }
  EXPECT_EQ(sim.state(cells, "v"), before) << "nothing is written of what is refused";
}

/// Spikes of all populations and the trace of a probe, or none.
std::pair<std::vector<std::vector<spike>>, std::vector<double>> probed(simulation sim, bool probe, ticks piece) {
  probe_id id;
  if (probe) id = sim.probe(sim.population_at(1), "v", {350, 0, 7, 399});
  for (index_t p = 0; p < 3; ++p) sim.observe(sim.population_at(p));
  for (ticks left = 120; left > 0; left -= piece) sim.run_ticks(std::min(left, piece));
  std::vector<std::vector<spike>> spikes;
  for (index_t p = 0; p < 3; ++p)
    spikes.emplace_back(sim.spikes(sim.population_at(p)).begin(), sim.spikes(sim.population_at(p)).end());
  return {spikes, probe ? sim.traced(id).values : std::vector<double>{}};
}

TEST(state, that_is_probed_changes_no_bit_and_is_the_same_in_every_way) {
  const network net = balanced(400);
  const auto expected = probed({net, reference{0.5_ms}}, true, 120);
  ASSERT_EQ(expected.second.size(), 480u);
  for (const auto& sim : every_way(net, 0.5_ms)) {
    for (const ticks piece : {120, 7}) {
      const auto seen = probed(sim, true, piece);
      EXPECT_EQ(seen.first, probed(sim, false, 120).first);
      EXPECT_EQ(seen.first, expected.first);
      for (std::size_t i = 0; i < 480; ++i) ASSERT_NEAR(seen.second[i], expected.second[i], 1e-9);
    }
  }
}

TEST(state, that_is_probed_is_what_one_reads_after_every_tick) {
  const network net = balanced(400);
  for (simulation sim : every_way(net, 0.5_ms)) {
    simulation read = sim;
    const auto whole = sim.probe(sim.population_at(1), "v");
    sim.run_ticks(50);
    const auto n = net.populations()[1].size;
    for (std::size_t t = 0; t < 50; ++t) {
      read.run_ticks(1);
      const auto v = read.state(read.population_at(1), "v");
      for (index_t i = 0; i < n; ++i) ASSERT_NEAR(sim.traced(whole).values[t * n + i], v[i], 1e-12);
    }
  }
}

TEST(spikes, are_told_by_callback_as_they_are_kept) {
  const network net = balanced(400);
  for (simulation sim : every_way(net, 0.5_ms)) {
    std::vector<spike> told, copied;
    const auto cells = sim.population_at(1);
    sim.observe(cells);
    sim.on_spikes(cells, [&](moment when, std::span<const index_t> neurons) {
      for (const index_t i : neurons) told.push_back({when, i});
    });
    simulation copy = sim;
    sim.run(40_ms);
    EXPECT_GT(told.size(), 100u);
    EXPECT_EQ(told, std::vector<spike>(sim.spikes(cells).begin(), sim.spikes(cells).end()));
    const std::size_t before = told.size();
    copy.run(40_ms);
    EXPECT_EQ(told.size(), before) << "a copy tells nobody";
  }
}

}  // namespace spinule::state_test

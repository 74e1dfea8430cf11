// What separates "wrong" from "analogue": ideal arrays give the spikes of the cpu, bit for bit.
#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/parallel.hpp>

#include "networks.hpp"

namespace spinule::crossbar_test {

hardware tiles_of(int rows, int columns) {
  hardware hw = load_hardware("ideal");
  override_hardware(
      hw, std::vector<std::string>{"array.rows=" + std::to_string(rows), "array.columns=" + std::to_string(columns)});
  return hw;
}

TEST(crossbar, with_ideal_devices_gives_exactly_the_spikes_of_cpu_for_any_cut_into_tiles) {
  const network net = balanced();
  const auto expected = spikes_of({net, cpu{.tick = 1_ms, .threads = 1}}, 3, {300_ms});
  ASSERT_GT(expected[1].size(), 1000u);
  for (const auto& [rows, columns] : {std::pair{32, 64}, std::pair{128, 128}, std::pair{1024, 2048}})
    EXPECT_EQ(expected, spikes_of({net, crossbar{.tick = 1_ms, .hardware = tiles_of(rows, columns)}}, 3, {300_ms}));
}

TEST(crossbar, equals_cpu_in_each_drive_and_precision) {
  const network net = balanced();
  for (const auto d : {stepping::sweep, stepping::visit, stepping::automatic})
    for (const auto p : {precision::single, precision::full})
      EXPECT_EQ(spikes_of({net, cpu{.tick = 1_ms, .threads = 1, .stepping = d, .precision = p}}, 3, {150_ms}),
                spikes_of({net, crossbar{.tick = 1_ms, .hardware = tiles_of(64, 64), .stepping = d, .precision = p}}, 3,
                          {150_ms}));
}

TEST(crossbar, gives_one_chip_per_number_and_the_same_one_again) {
  const network net = balanced();
  const auto on = [&](std::uint32_t chip) {
    return spikes_of({net, crossbar{.tick = 1_ms, .hardware = load_hardware("random_rram_40nm"), .chip = chip}}, 3,
                     {150_ms});
  };
  const auto first = on(0);
  EXPECT_EQ(first, on(0));
  EXPECT_NE(first, on(1));
  EXPECT_NE(first, spikes_of({net, cpu{.tick = 1_ms, .threads = 1}}, 3, {150_ms}));
}

TEST(crossbar, copies_read_with_the_same_noise) {
  const network net = balanced();
  simulation sim{net, crossbar{.tick = 1_ms, .hardware = load_hardware("random_rram_40nm")}};
  simulation copy = sim;
  EXPECT_EQ(spikes_of(sim, 3, {100_ms}), spikes_of(copy, 3, {100_ms}));
}

TEST(crossbar, counts_energy_and_time_since_the_last_reset) {
  const network net = balanced();
  simulation sim{net, crossbar{.tick = 1_ms, .hardware = load_hardware("isaac_32nm")}};
  EXPECT_EQ(sim.costs()->dynamic_pj(), 0);
  sim.run(100_ms);
  const auto once = *sim.costs();
  EXPECT_GT(once.dynamic_pj(), 0);
  EXPECT_GT(once.static_pj(), 0);
  EXPECT_GT(once.latency_us, 0);
  EXPECT_FALSE(once.programming.empty());
  sim.reset();
  sim.run(100_ms);
  EXPECT_EQ(sim.costs()->dynamic_pj(), once.dynamic_pj());
  EXPECT_EQ(sim.costs()->latency_us, once.latency_us);
}

TEST(crossbar, frozen_projections_take_their_weights_from_forming) {
  network net;
  const auto in = net.add("in", poisson{.rate = 100_Hz}, 50);
  const auto out = net.add("out", lif{}, 30);
  net.connect(in, out, all_to_all{}, {.weight = 0_mV});
  simulation silent{net, crossbar{.tick = 1_ms}};
  silent.run(200_ms);
  EXPECT_TRUE(std::ranges::all_of(silent.counts(out), [](auto n) { return n == 0; }));
  simulation formed{
      net, crossbar{.tick = 1_ms, .hardware = load_hardware("random_rram_40nm"), .frozen = {{"in->out", 0.3}}}};
  formed.run(200_ms);
  EXPECT_TRUE(std::ranges::any_of(formed.counts(out), [](auto n) { return n > 0; }));
  EXPECT_THROW((simulation{net, crossbar{.frozen = {{"in->nowhere", 1}}}}), spinule_error);
}

TEST(crossbar, takes_projections_from_other_hardware) {
  const network net = balanced();
  const auto exact = spikes_of({net, cpu{.tick = 1_ms, .threads = 1}}, 3, {150_ms});
  crossbar chip{.tick = 1_ms, .hardware = load_hardware("random_rram_40nm")};
  const auto formed = spikes_of({net, chip}, 3, {150_ms});
  chip.exceptions = {{net.projections()[0].name, load_hardware("ideal")}};
  const auto mixed = spikes_of({net, chip}, 3, {150_ms});
  EXPECT_NE(mixed, formed);
  EXPECT_NE(mixed, exact);
  chip.exceptions.clear();
  for (const auto& p : net.projections()) chip.exceptions.push_back({p.name, load_hardware("ideal")});
  EXPECT_EQ(spikes_of({net, chip}, 3, {150_ms}), exact);
  chip.exceptions = {{"nowhere->nobody", load_hardware("ideal")}};
  EXPECT_THROW((simulation{net, chip}), spinule_error);
}

TEST(digital, gives_the_spikes_of_cpu_and_their_price) {
  const network net = balanced();
  const auto expected = spikes_of({net, cpu{.tick = 1_ms, .threads = 1}}, 3, {150_ms});
  for (const char* preset : {"loihi_davies2018", "loihi_sanafe", "truenorth", "odin"}) {
    simulation sim{net, digital{.tick = 1_ms, .hardware = load_hardware(preset)}};
    EXPECT_EQ(expected, spikes_of(sim, 3, {150_ms}));
    sim.run(150_ms);
    EXPECT_GT(sim.costs()->total_pj(), 0) << preset;
    EXPECT_GT(sim.costs()->latency_us, 0) << preset;
  }
}

TEST(digital, counts_every_synaptic_event_that_arrived) {
  network net;
  const auto in = net.add("in", spike_list{{{1_ms, 0}, {2_ms, 1}}}, 2);
  const auto out = net.add("out", lif{}, 7);
  net.connect(in, out, all_to_all{}, {.weight = 1_mV});
  simulation sim{net, digital{.tick = 1_ms}};
  sim.run(5_ms);
  const auto report = *sim.costs();
  std::uint64_t operations = 0;
  for (const auto& c : report.dynamic)
    if (c.layer == "in->out" && c.energy_pj > 0 && c.component.find("synap") != std::string::npos)
      operations += c.count;
  EXPECT_EQ(operations, 14u);
  EXPECT_EQ(sim.synaptic_events(), 14u);
}

TEST(emulated_hardware, is_refused_on_the_wrong_back_end) {
  const network net = balanced();
  EXPECT_THROW((simulation{net, crossbar{.tick = 1_ms, .hardware = load_hardware("odin")}}), spinule_error);
  EXPECT_THROW((simulation{net, digital{.tick = 1_ms, .hardware = load_hardware("isaac_32nm")}}), spinule_error);
}

TEST(parallel, gives_each_sample_to_a_copy_and_keeps_the_order) {
  const network net = balanced();
  const simulation prototype{net, cpu{.tick = 1_ms, .threads = 1}};
  std::vector<std::uint64_t> one(20), many(20);
  const auto replay_into = [&](std::vector<std::uint64_t>& counts) {
    return [&](simulation& sim, std::size_t i) {
      sim.reset(i);
      sim.run(20_ms);
      counts[i] = sim.spike_count();
    };
  };
  for_each_sample(prototype, 20, 1, replay_into(one));
  for_each_sample(prototype, 20, 3, replay_into(many));
  EXPECT_EQ(one, many);
  EXPECT_THROW(for_each_sample(prototype, 20, 3,
                               [](simulation&, std::size_t i) {
                                 if (i == 7) throw spinule_error{"sample", "bad"};
                               }),
               spinule_error);
}

}  // namespace spinule::crossbar_test

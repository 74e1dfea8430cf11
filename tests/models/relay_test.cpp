// A relay repeats spikes one for one, so that a source can teach.
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/relay.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::relay_test {

TEST(relay, repeats_a_recording_in_the_same_tick) {
  network net;
  const auto recording = net.add("recording", replay{}, 5);
  const auto cells = net.add("cells", relay{}, 5);
  const auto other = net.add("other", poisson{.rate = 200_Hz}, 10);
  net.connect(recording, cells, one_to_one{}, {.weight = 1});
  net.connect(other, cells[relay::learning], all_to_all{}, {.weight = 5, .delay = 1_ms});
  std::vector<event> events;
  for (int i = 0; i < 50; ++i) events.push_back({i * 977, static_cast<std::uint32_t>(i * 3 % 5)});
  for (simulation sim : {simulation{net, reference{}}, simulation{net, cpu{.stepping = stepping::sweep}},
                         simulation{net, cpu{.stepping = stepping::visit}}}) {
    sim.observe(recording);
    sim.observe(cells);
    sim.play(recording, events);
    sim.run(60_ms);
    const auto sent = sim.spikes(recording), repeated = sim.spikes(cells);
    EXPECT_EQ(sent.size(), 50u);
    EXPECT_EQ(std::vector(sent.begin(), sent.end()), std::vector(repeated.begin(), repeated.end()));
  }
}

TEST(relay, ignores_sums_that_are_not_positive_and_repeats_several_events_once) {
  network net;
  const auto in = net.add("in", spike_list{{{1_ms, 0}, {1_ms, 0}, {3_ms, 0}, {3_ms, 1}}}, 2);
  const auto cell = net.add("cell", relay{}, 1);
  net.connect(in, cell, std::vector<listed<number>>{{0, 0, number{1}}, {1, 0, number{-1}}});
  simulation sim{net, reference{1_ms}};
  sim.observe(cell);
  sim.run(5_ms);
  ASSERT_EQ(sim.spikes(cell).size(), 1u);
  EXPECT_EQ(sim.spikes(cell)[0].when, 1);
}

TEST(relay, is_the_postsynaptic_side_of_plasticity) {
  network net;
  const auto in = net.add("in", spike_list{{{10_ms, 0}}}, 1);
  const auto recording = net.add("recording", spike_list{{{15_ms, 0}}}, 1);
  const auto teacher = net.add("teacher", relay{}, 1);
  net.connect(recording, teacher, one_to_one{}, {.weight = 1});
  const auto learned = net.connect(in, teacher[relay::learning], one_to_one{}, {.weight = 0.5},
                                   pair_stdp<number>{.lambda = 0.01, .w_max = number{1}});
  const double expected = 0.5 + 0.01 * (1 - 0.5) * std::exp(-5 / 20.0);
  for (simulation sim : {simulation{net, reference{}}, simulation{net, cpu{}}}) {
    sim.run(20_ms);
    EXPECT_NEAR(sim.weights(learned).at(0), expected, 1e-7);
  }
}

}  // namespace spinule::relay_test

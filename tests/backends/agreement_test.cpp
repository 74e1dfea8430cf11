// One suite for all back ends: the same network gives the same spikes on each.
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>

#include "networks.hpp"

namespace spinule::agreement_test {

constexpr milliseconds fine = 0.5_ms;

TEST(backends, cpu_in_double_gives_the_spikes_of_the_reference) {
  const network net = balanced();
  const auto expected = spikes_of({net, reference{fine}}, 3, {600_ms});
  ASSERT_GT(expected[1].size(), 1000u);
  ASSERT_GT(expected[2].size(), 200u);
  for (const auto d : {stepping::sweep, stepping::visit, stepping::automatic})
    EXPECT_EQ(expected, spikes_of({net, cpu{.tick = fine, .threads = 1, .stepping = d, .precision = precision::full}},
                                  3, {600_ms}));
}

TEST(backends, spikes_do_not_depend_on_the_number_of_threads) {
  const network net = balanced(20000);  // several blocks
  for (const auto d : {stepping::sweep, stepping::visit, stepping::automatic}) {
    const auto one = spikes_of({net, cpu{.tick = 1_ms, .threads = 1, .stepping = d}}, 3, {30_ms});
    ASSERT_GT(one[1].size(), 1000u);
    for (const int threads : {0, 2, 3, 8})
      EXPECT_EQ(one, spikes_of({net, cpu{.tick = 1_ms, .threads = threads, .stepping = d}}, 3, {30_ms}))
          << threads << " threads";
  }
}

TEST(backends, a_run_in_pieces_is_the_whole_run) {
  const network net = balanced();
  for (const auto d : {stepping::sweep, stepping::visit, stepping::automatic}) {
    const cpu engine{.tick = fine, .threads = 1, .stepping = d};
    EXPECT_EQ(spikes_of({net, engine}, 3, {300_ms}),
              spikes_of({net, engine}, 3, {0_ms, 1_ms, 149.5_ms, 0.5_ms, 149_ms}));
  }
  EXPECT_EQ(spikes_of({net, reference{fine}}, 3, {100_ms}), spikes_of({net, reference{fine}}, 3, {33_ms, 67_ms}));
}

TEST(backends, reset_repeats_the_run_and_another_episode_does_not) {
  const network net = balanced();
  simulation sim{net, cpu{.tick = fine, .threads = 1}};
  const auto first = spikes_of(sim, 3, {100_ms});
  sim.run(40_ms);
  sim.reset();
  EXPECT_EQ(first, spikes_of(sim, 3, {100_ms}));
  sim.reset(1);
  EXPECT_NE(first, spikes_of(sim, 3, {100_ms}));
}

TEST(backends, copies_are_independent) {
  const network net = balanced();
  simulation sim{net, cpu{.tick = fine, .threads = 1}};
  sim.run(50_ms);
  simulation copy = sim;
  const auto a = spikes_of(copy, 3, {100_ms});
  const auto b = spikes_of(sim, 3, {100_ms});
  EXPECT_EQ(a, b);
}

TEST(backends, reading_a_state_does_not_disturb_a_visited_network) {
  const network net = balanced();
  const cpu engine{.tick = fine, .threads = 1, .stepping = stepping::visit, .precision = precision::full};
  simulation plain{net, engine}, probed{net, engine},
      swept{net, cpu{.tick = fine, .threads = 1, .stepping = stepping::sweep, .precision = precision::full}};
  const auto id = probed.probe(probed.population_at(1), "v", {0, 7, 399});
  const auto other = swept.probe(swept.population_at(1), "v", {0, 7, 399});
  plain.run(50_ms);
  probed.run(50_ms);
  swept.run(50_ms);
  EXPECT_EQ(plain.spike_count(), probed.spike_count());
  ASSERT_EQ(probed.traced(id).values.size(), 300u);
  for (std::size_t i = 0; i < 300; ++i) EXPECT_NEAR(probed.traced(id).values[i], swept.traced(other).values[i], 1e-9);
}

TEST(backends, float_states_move_few_spikes) {
  const network net = balanced();
  const auto swept = spikes_of({net, cpu{.tick = fine, .threads = 1, .stepping = stepping::sweep}}, 3, {200_ms});
  const auto visited = spikes_of({net, cpu{.tick = fine, .threads = 1, .stepping = stepping::visit}}, 3, {200_ms});
  EXPECT_NEAR(static_cast<double>(total(swept)), static_cast<double>(total(visited)),
              0.02 * static_cast<double>(total(swept)));
}

TEST(backends, spikes_without_delay_pass_through_within_the_tick) {
  for (int way = 0; way < 2; ++way) {
    network net;
    const auto in = net.add("in", spike_list{{{3_ms, 0}}}, 1);
    const auto c = net.add("c", lif{}, 1);  // added before b: order of adding does not matter
    const auto b = net.add("b", lif{}, 1);
    net.connect(in, b, one_to_one{}, {.weight = 20_mV});
    net.connect(b, c, one_to_one{}, {.weight = 20_mV});
    const auto all =
        way == 0 ? spikes_of({net, reference{1_ms}}, 3, {10_ms}) : spikes_of({net, cpu{.tick = 1_ms}}, 3, {10_ms});
    EXPECT_EQ(all[1], (std::vector<spike>{{3, 0}}));
    EXPECT_EQ(all[2], (std::vector<spike>{{3, 0}}));
  }
}

TEST(backends, a_delay_is_the_time_from_spike_to_arrival) {
  network net;
  const auto in = net.add("in", spike_list{{{2_ms, 0}, {2_ms, 1}}}, 2);
  const auto b = net.add("b", lif{}, 3);
  net.connect(in, b,
              {{.source = 0, .target = 0, .weight = 20_mV, .delay = 5_ms},
               {.source = 1, .target = 1, .weight = 20_mV, .delay = 1_ms},
               {.source = 1, .target = 2, .weight = 20_mV, .delay = 7_ms}});
  const auto all = spikes_of({net, cpu{.tick = 1_ms}}, 2, {20_ms});
  EXPECT_EQ(all[1], (std::vector<spike>{{3, 1}, {7, 0}, {9, 2}}));
}

TEST(backends, a_cycle_without_delay_is_refused) {
  network net;
  const auto a = net.add("a", lif{}, 1);
  const auto b = net.add("b", lif{}, 1);
  net.connect(a, b, one_to_one{}, {.weight = 1_mV});
  net.connect(b, a, one_to_one{}, {.weight = 1_mV});
  EXPECT_THROW((simulation{net, cpu{}}), spinule_error);
  EXPECT_THROW((simulation{net, reference{}}), spinule_error);
}

TEST(backends, a_constant_current_drives_as_the_closed_form_says) {
  network net;
  const auto dc = net.add("dc", direct_current{.amplitude = 2, .start = 5_ms}, 1);
  const auto cells = net.add("cells", current_lif{}, 1);
  net.connect(dc, cells[current_lif::current], one_to_one{}, {.weight = 250_pA});
  simulation sim{net, cpu{.tick = 0.1_ms, .precision = precision::full}};
  sim.observe(cells);
  sim.run(60_ms);
  ASSERT_GE(sim.spikes(cells).size(), 2u);
  EXPECT_EQ(sim.spikes(cells)[0].when, 50 + 138);  // 13.86 ms after 5 ms, in ticks of 0.1 ms
  EXPECT_EQ(sim.spikes(cells)[1].when - sim.spikes(cells)[0].when, 159);
}

TEST(backends, a_replayed_recording_fires_its_channels) {
  network net;
  const auto in = net.add("in", replay{}, 4);
  const auto out = net.add("out", lif{}, 4);
  net.connect(in, out, one_to_one{}, {.weight = 20_mV});
  simulation sim{net, cpu{.tick = 1_ms}};
  sim.observe(in);
  sim.observe(out);
  sim.play(in, recording{{{0, 1}, {999, 2}, {1000, 0}, {1000, 0}, {2500, 3}}, 5_ms});
  sim.run(5_ms);
  EXPECT_EQ(std::vector(sim.spikes(in).begin(), sim.spikes(in).end()),
            (std::vector<spike>{{0, 1}, {0, 2}, {1, 0}, {1, 0}, {2, 3}}));
  EXPECT_EQ(std::vector(sim.spikes(out).begin(), sim.spikes(out).end()),
            (std::vector<spike>{{0, 1}, {0, 2}, {1, 0}, {2, 3}}));
  EXPECT_THROW(sim.play(in, recording{{{0, 4}}, 1_ms}), spinule_error);
  EXPECT_THROW(sim.play(out, recording{{{0, 0}}, 1_ms}), spinule_error);
  std::vector<event> storm(40, event{0, 1});
  sim.play(in, storm);
  EXPECT_THROW(sim.run(1_ms), spinule_error) << "40 events of one channel in one tick";
}

}  // namespace spinule::agreement_test

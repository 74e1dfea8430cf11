// Every statement of docs/conventions.md, on the reference and on the cpu.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::conventions_test {

using moments = std::vector<moment>;

/// The ticks in which neuron 0 of each population fires, after `n` ticks of 0.1 ms; the same on both back ends.
std::vector<moments> fired(const network& net, ticks n) {
  std::vector<moments> first;
  for (auto sim : {simulation{net, reference{0.1_ms}}, simulation{net, cpu{.tick = 0.1_ms, .threads = 1}}}) {
    std::vector<moments> all;
    for (const auto& p : net.populations()) sim.observe(net.find(p.name));
    sim.run_ticks(n);
    for (const auto& p : net.populations()) {
      all.emplace_back();
      for (const spike& s : sim.spikes(net.find(p.name)))
        if (s.neuron == 0) all.back().push_back(s.when);
    }
    EXPECT_TRUE(first.empty() || first == all) << "cpu against reference";
    first = std::move(all);
  }
  return first;
}

spike_list at(const moments& when) {
  spike_list list;
  for (const moment t : when) list.spikes.push_back({static_cast<double>(t) * 0.1_ms, 0});
  return list;
}

/// A field of one neuron at the end of every tick.
std::vector<double> followed(const network& net, population cells, const std::string& field, ticks n) {
  simulation sim{net, reference{0.1_ms}};
  const auto id = sim.probe(cells, field);
  sim.run_ticks(n);
  EXPECT_EQ(sim.traced(id).first, 0);
  return sim.traced(id).values;
}

TEST(conventions, a_spike_is_stamped_with_the_tick_whose_step_fired_it) {
  network net;
  const auto in = net.add("in", at({0, 10}), 1);
  const auto out = net.add("out", lif{}, 1);
  net.connect(in, out, one_to_one{}, {.weight = 20_mV});
  EXPECT_EQ(fired(net, 30), (std::vector<moments>{{0, 10}, {0}})) << "the second meets a refractory neuron";
}

TEST(conventions, a_spike_of_tick_s_lands_in_tick_s_plus_d) {
  for (const ticks d : {0, 1, 5, 200}) {
    network net;
    const auto in = net.add("in", at({10}), 1);
    const auto out = net.add("out", lif{}, 1);
    net.connect(in, out, one_to_one{}, {.weight = 20_mV, .delay = d * 0.1_ms});
    EXPECT_EQ(fired(net, 300)[1], (moments{10 + d}));
  }
}

TEST(conventions, a_delay_drawn_between_ticks_is_taken_to_the_nearest) {
  network net;
  const auto in = net.add("in", at({10}), 1);
  const auto out = net.add("out", lif{}, 50);
  net.connect(in, out, all_to_all{}, {.weight = 20_mV, .delay = uniform{0.46_ms, 0.54_ms}});
  simulation sim{net, reference{0.1_ms}};
  sim.observe(out);
  sim.run_ticks(20);
  ASSERT_EQ(sim.spikes(out).size(), 50u);
  for (const spike& s : sim.spikes(out)) EXPECT_EQ(s.when, 15);
}

TEST(conventions, spikes_pass_a_chain_without_delay_in_one_tick) {
  network net;
  const auto in = net.add("in", at({10}), 1);
  const auto last = net.add("last", lif{}, 1), middle = net.add("middle", lif{}, 1);
  net.connect(in, middle, one_to_one{}, {.weight = 20_mV});
  net.connect(middle, last, one_to_one{}, {.weight = 20_mV});
  EXPECT_EQ(fired(net, 30), (std::vector<moments>{{10}, {10}, {10}}));
}

TEST(conventions, a_jump_of_v_is_tested_in_the_tick_in_which_it_lands) {
  network net;
  const auto in = net.add("in", at({10}), 1);
  const auto out = net.add("out", lif{.threshold = 30_mV}, 1);
  net.connect(in, out, one_to_one{}, {.weight = 20_mV});
  const auto v = followed(net, out, "v", 13);
  EXPECT_EQ(v[9], 0);
  EXPECT_EQ(v[10], 20) << "v at the end of its tick, not decayed yet";
  EXPECT_NEAR(v[11], 20 * std::exp(-0.1 / 20), 1e-12);
}

TEST(conventions, a_current_or_a_conductance_lands_at_the_end_of_its_tick_and_moves_v_from_the_next) {
  network net;
  const auto in = net.add("in", at({10}), 1);
  const auto a = net.add("a", current_lif{}, 1);
  const auto b = net.add("b", conductance_lif{}, 1);
  net.initialise(b, "v", -60_mV);
  net.connect(in, a[current_lif::excitatory], one_to_one{}, {.weight = 100_pA});
  net.connect(in, b[conductance_lif::excitatory], one_to_one{}, {.weight = 10_nS});
  const auto i = followed(net, a, "i_ex", 13), v = followed(net, a, "v", 13), g = followed(net, b, "g_ex", 13),
             u = followed(net, b, "v", 13);
  EXPECT_EQ(i[9], 0);
  EXPECT_EQ(i[10], 100);
  EXPECT_EQ(v[10], 0);
  EXPECT_GT(v[11], 0);
  EXPECT_EQ(g[10], 10);
  EXPECT_NEAR(u[10], u[9], 1e-12);
  EXPECT_GT(u[11], u[10] + 1e-3);
}

TEST(conventions, a_probe_reads_the_end_of_a_tick_and_a_run_of_n_ticks_ends_at_n) {
  network net;
  const auto cells = net.add("cells", lif{}, 1);
  net.initialise(cells, "v", 10_mV);
  const auto v = followed(net, cells, "v", 3);
  ASSERT_EQ(v.size(), 3u);
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(v[k], 10 * std::exp(-0.1 * (static_cast<double>(k) + 1) / 20), 1e-12);
  simulation sim{net, reference{0.1_ms}};
  EXPECT_EQ(sim.read(cells, "v", 0), 10) << "the start value is that of time 0";
  sim.run_ticks(3);
  EXPECT_EQ(sim.now(), 3);
  EXPECT_EQ(sim.read(cells, "v", 0), v[2]);
}

TEST(conventions, input_is_lost_for_t_ref_after_a_spike) {
  for (const ticks r : {0, 1, 20}) {
    for (ticks later = 1; later <= r + 2; ++later) {
      network net;
      const auto in = net.add("in", at({10, 10 + later}), 1);
      const auto out = net.add("out", lif{.refractory = r * 0.1_ms}, 1);
      net.connect(in, out, one_to_one{}, {.weight = 20_mV});
      EXPECT_EQ(fired(net, 60)[1], later <= r ? moments{10} : (moments{10, 10 + later})) << r << " ticks, " << later;
    }
  }
}

TEST(conventions, v_is_held_at_reset_while_currents_go_on) {
  network net;
  const auto in = net.add("in", at({10, 20}), 1);
  const auto out = net.add("out", current_lif{.reset = -3_mV, .refractory = 2_ms}, 1);
  net.connect(in, out[current_lif::excitatory], one_to_one{}, {.weight = 80_nA});
  const auto v = followed(net, out, "v", 40), i = followed(net, out, "i_ex", 40);
  EXPECT_EQ(fired(net, 40)[1], (moments{11, 32}));
  for (std::size_t t = 11; t <= 31; ++t) EXPECT_EQ(v[t], -3) << t;
  EXPECT_NEAR(i[19], i[10] * std::exp(-0.9 / 2), 1e-6);
  EXPECT_NEAR(i[20], i[19] * std::exp(-0.1 / 2) + 80e3, 1e-6) << "what arrives meanwhile is kept by the current";
}

TEST(conventions, the_saturated_rate_is_one_over_t_ref_and_a_tick) {
  for (const ticks r : {0, 1, 20}) {
    network net;
    net.add("leaky", lif{.refractory = r * 0.1_ms, .bias = 1e6_mV}, 1);
    net.add("current", current_lif{.refractory = r * 0.1_ms, .bias = 1e9_pA}, 1);
    net.add("conductance", conductance_lif{.refractory = r * 0.1_ms, .bias = 1e9_pA}, 1);
    for (const auto& times : fired(net, 100))
      for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(times[k], static_cast<moment>(k) * (r + 1));
  }
}

TEST(conventions, a_constant_drive_fires_at_the_first_tick_whose_end_reaches_the_threshold) {
  // 20 mV * (1 - exp(-t / tau)) = 15 mV at t = tau ln 4 = 277.26 ticks: tick 277 ends at 278.
  network net;
  net.add("cells", lif{.refractory = 0_ms, .bias = 20_mV}, 1);
  EXPECT_EQ(fired(net, 600)[0], (moments{277, 555}));
}

TEST(conventions, what_arrives_in_one_tick_is_summed_before_the_threshold_is_tested) {
  network net;
  const auto in = net.add("in", at({10}), 1), also = net.add("also", at({10, 20, 20}), 1);
  const auto out = net.add("out", lif{}, 1);
  net.connect(in, out, one_to_one{}, {.weight = 20_mV});
  net.connect(also, out, one_to_one{}, {.weight = -10_mV});
  EXPECT_EQ(fired(net, 30)[2], (moments{})) << "excitation first would have fired";
  const auto v = followed(net, out, "v", 21);
  EXPECT_NEAR(v[20], v[19] * std::exp(-0.1 / 20) - 20, 1e-12) << "two events of a channel in a tick count twice";
}

TEST(conventions, windows_hold_the_ticks_from_start_to_before_stop) {
  network net;
  net.add("current", direct_current{.start = 2_ms, .stop = 3_ms}, 1);
  net.add("noise", poisson{.rate = 200_kHz, .start = 2_ms, .stop = 3_ms}, 1);
  const auto all = fired(net, 100);
  EXPECT_EQ(all[0], (moments{20, 21, 22, 23, 24, 25, 26, 27, 28, 29}));
  ASSERT_FALSE(all[1].empty());
  EXPECT_EQ(all[1].front(), 20);
  EXPECT_EQ(all[1].back(), 29);
}

TEST(conventions, a_current_source_without_delay_acts_from_its_start) {
  network net;
  const auto dc = net.add("dc", direct_current{.start = 1_ms, .stop = 2_ms}, 1);
  const auto out = net.add("out", lif{}, 1);
  net.connect(dc, out[lif::drive], one_to_one{}, {.weight = 10_mV});
  const auto v = followed(net, out, "v", 30);
  EXPECT_EQ(v[9], 0);
  EXPECT_NEAR(v[10], 10 * (1 - std::exp(-0.1 / 20)), 1e-12);
  EXPECT_NEAR(v[19], 10 * (1 - std::exp(-1.0 / 20)), 1e-12);
  EXPECT_NEAR(v[20], v[19] * std::exp(-0.1 / 20), 1e-12);
}

TEST(conventions, a_replayed_event_fires_in_the_tick_that_contains_it) {
  for (const bool nearest : {false, true}) {
    network net;
    const auto in = net.add("in", replay{.nearest = nearest}, 1);
    simulation sim{net, cpu{.tick = 0.1_ms, .threads = 1}};
    sim.observe(in);
    sim.run_ticks(7);
    sim.play(in, std::vector<event>{{0, 0}, {149, 0}, {151, 0}, {199, 0}, {200, 0}});
    sim.run_ticks(10);
    moments when;
    for (const spike& s : sim.spikes(in)) when.push_back(s.when - 7);  // times count from the tick of `play`
    EXPECT_EQ(when, nearest ? (moments{0, 1, 2, 2, 2}) : (moments{0, 1, 1, 1, 2}));
  }
}

TEST(conventions, a_listed_spike_fires_in_the_tick_that_contains_it) {
  network net;
  net.add("in", spike_list{{{0_ms, 0}, {0.149_ms, 0}, {0.199_ms, 0}, {0.3_ms, 0}, {3 * 0.1_ms, 0}}}, 1);
  EXPECT_EQ(fired(net, 10)[0], (moments{0, 1, 1, 3, 3}));
}

TEST(conventions, a_pair_of_spikes_in_one_tick_does_not_change_a_weight_and_arrivals_come_first) {
  const pair_stdp rule{.lambda = 0.1, .w_max = 100_mV, .dependence = weight_dependence::additive{}};
  const auto learned = [&](const moments& pre, const moments& post) {
    network net;
    const auto in = net.add("in", at(pre), 1), teacher = net.add("teacher", at(post), 1);
    const auto cell = net.add("cell", lif{.tau = 1_ms, .threshold = 1e4_mV, .refractory = 0_ms}, 1);
    net.connect(teacher, cell, one_to_one{}, {.weight = 3e4_mV});
    const auto p = net.connect(in, cell, one_to_one{}, {.weight = 50_mV}, rule);
    simulation sim{net, reference{0.1_ms}};
    sim.run_ticks(60);
    return sim.weights(p)[0] - 50;
  };
  EXPECT_NEAR(learned({20}, {20}), 0, 1e-12);
  EXPECT_NEAR(learned({20}, {30}), 10 * std::exp(-1.0 / 20), 1e-12);
  EXPECT_NEAR(learned({30}, {20}), -10 * std::exp(-1.0 / 20), 1e-12);
}

TEST(conventions, an_arrival_is_delivered_with_the_weight_that_it_leaves) {
  const pair_stdp rule{.lambda = 0.5, .w_max = 100_mV, .dependence = weight_dependence::additive{}};
  network net;
  const auto teacher = net.add("teacher", at({20}), 1), in = net.add("in", at({21}), 1);
  const auto cell = net.add("cell", lif{.tau = 1_ms, .threshold = 1e3_mV, .refractory = 0_ms}, 1);
  net.connect(teacher, cell, one_to_one{}, {.weight = 1100_mV});
  net.connect(in, cell, one_to_one{}, {.weight = 80_mV}, rule);
  EXPECT_NEAR(followed(net, cell, "v", 22)[21], 80 - 50 * std::exp(-0.1 / 20), 1e-3);
}

TEST(conventions, reset_goes_back_to_before_tick_0) {
  network net;
  const auto in = net.add("in", at({0}), 1);
  simulation sim{net, cpu{.tick = 0.1_ms, .threads = 1}};
  sim.observe(in);
  for (int episode = 0; episode < 2; ++episode) {
    EXPECT_EQ(sim.now(), 0);
    sim.run_ticks(5);
    ASSERT_EQ(sim.spikes(in).size(), 1u);
    EXPECT_EQ(sim.spikes(in)[0].when, 0);
    sim.reset();
  }
}

}  // namespace spinule::conventions_test

// The three estimates of the branching factor: on activity whose factor is known.
#include <spinule/learning/branching.hpp>

#include <cmath>

#include <gmock/gmock.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/error.hpp>
#include <spinule/io/nmnist.hpp>
#include <spinule/models/dendritic_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/liquid.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>

#include "io/real_data.hpp"

namespace spinule::learning::branching_test {

using testing::ElementsAre;
using testing::HasSubstr;

template <class F>
std::string refusal(F f) {
  try {
    f();
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "accepted";
}

std::vector<listed_synapse> arrows(std::vector<std::pair<index_t, index_t>> pairs) {
  std::vector<listed_synapse> all;
  for (const auto& [from, to] : pairs) all.push_back({from, to, 1, 1_ms});
  return all;
}

TEST(local_branching, counts_descendants_over_ancestors) {
  // 0 sets off 1, 2 and 3: three descendants and no ancestor; each of those has one ancestor and no descendant.
  const joint_activity star{4, {{100, 0}, {101, 1}, {102, 2}, {104, 3}}, arrows({{0, 1}, {0, 2}, {0, 2}, {0, 3}})};
  EXPECT_DOUBLE_EQ(local_branching(star, 200), (3 + 0 + 0 + 0) / 4.0) << "a second synapse between a pair counts not";
  // A chain: the first has one descendant, those within one of each, the last none.
  const joint_activity chain{4, {{50, 0}, {51, 1}, {52, 2}, {53, 3}}, arrows({{0, 1}, {1, 2}, {2, 3}})};
  EXPECT_DOUBLE_EQ(local_branching(chain, 200), 3 / 4.0);
}

TEST(local_branching, sees_its_window_alone) {
  const auto of_pair = [](moment apart, local_window w = {}) {
    return local_branching({2, {{100, 0}, {100 + apart, 1}}, arrows({{0, 1}})}, 200, w);
  };
  EXPECT_DOUBLE_EQ(of_pair(0), 0);
  EXPECT_DOUBLE_EQ(of_pair(1), 0.5);
  EXPECT_DOUBLE_EQ(of_pair(4), 0.5);
  EXPECT_DOUBLE_EQ(of_pair(5), 0);
  EXPECT_DOUBLE_EQ(of_pair(5, {.window = 5}), 0.5);
  EXPECT_DOUBLE_EQ(of_pair(4, {.trim = 98}), 1) << "the second one is too near the end to be asked";
  EXPECT_TRUE(std::isnan(of_pair(4, {.trim = 100})));
  EXPECT_THAT(refusal([&] { of_pair(4, {.window = 0}); }), HasSubstr("window = 0"));
  EXPECT_THAT(refusal([] { local_branching({1, {{1, 1}}, {}}, 10); }), HasSubstr("beyond the 1 there are"));
}

TEST(joined, numbers_neurons_through_and_takes_synapses_within) {
  network net;
  const auto input = net.add("input", spike_list{{{1_ms, 0}, {2_ms, 1}}}, 2);
  const auto a = net.add("a", lif{}, 2), b = net.add("b", lif{}, 3);
  net.connect(input, a, one_to_one{}, {.weight = 20_mV, .delay = 1_ms});
  net.connect(a, b, {{1, 2, 20_mV, 1_ms}});
  net.connect(b, a, {{2, 0, 1_mV, 1_ms}});
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  for (const population& p : {population{a}, population{b}}) sim.observe(p);
  sim.run(10_ms);
  const std::vector<population> layers{b, a};
  const joint_activity all = joined(net, sim, layers);
  EXPECT_EQ(all.neurons, 5u);
  EXPECT_THAT(all.spikes, ElementsAre(spike{2, 3}, spike{3, 4}, spike{4, 2}));
  ASSERT_EQ(all.synapses.size(), 2u);
  EXPECT_EQ(std::pair(all.synapses[0].source, all.synapses[0].target), std::pair(index_t{4}, index_t{2}));
  EXPECT_EQ(std::pair(all.synapses[1].source, all.synapses[1].target), std::pair(index_t{2}, index_t{3}));
  EXPECT_THAT(refusal([&] { joined(net, sim, std::vector<population>{input}); }), HasSubstr("input"));
}

/// A(t + 1) = the children of A(t), Poisson of mean m each, and of `input` strangers.
std::vector<double> branching_process(double m, double input, std::size_t steps, std::uint64_t seed) {
  random_stream random{seed, purpose::user, 0};
  std::vector<double> counts{std::round(input / (1 - m))};
  while (counts.size() < steps)
    counts.push_back(static_cast<double>(random.poisson(m * counts.back()) + random.poisson(input)));
  return counts;
}

/// Of each count, the share that a glance at some of the units sees.
std::vector<double> seen(std::vector<double> counts, double share) {
  random_stream random{99, purpose::user, 1};
  for (double& n : counts) n = static_cast<double>(random.binomial(static_cast<std::uint64_t>(n), share));
  return counts;
}

TEST(multistep_branching, finds_the_factor_when_one_unit_in_a_hundred_is_seen) {
  const auto all = branching_process(0.98, 20, 200'000, 1);
  const auto whole = multistep_branching(all), part = multistep_branching(seen(all, 0.01));
  EXPECT_NEAR(whole.m, 0.98, 0.01);
  EXPECT_NEAR(whole.b, 1, 0.05);
  EXPECT_NEAR(part.m, 0.98, 0.01);
  EXPECT_LT(part.slopes[0], 0.6) << "what a plain regression would take for the factor";
  EXPECT_NEAR(whole.tau(2_ms).value(), -2 / std::log(whole.m), 1e-9);
}

TEST(multistep_branching, fits_an_exponential_exactly) {
  // Deterministic decay: A(t + k) = 0.9^k A(t) after the mean, up to a constant that regression ignores.
  std::vector<double> decay;
  for (int t = 0; t < 60; ++t) decay.push_back(3 + std::pow(0.9, t));
  const auto found = multistep_branching(decay, 20);
  EXPECT_NEAR(found.m, 0.9, 1e-6);
  EXPECT_NEAR(found.b, 1, 1e-6);
  for (std::size_t k = 1; k <= 20; ++k) EXPECT_NEAR(found.slopes[k - 1], std::pow(0.9, k), 1e-9);
}

TEST(multistep_branching, says_what_it_cannot_tell) {
  const std::vector<double> flat(50, 2.0);
  EXPECT_THAT(refusal([&] { multistep_branching(flat, 5); }), HasSubstr("never change"));
  EXPECT_THAT(refusal([&] { multistep_branching(flat, 100); }), HasSubstr("give 103 or more"));
  EXPECT_THAT(refusal([&] { multistep_branching(flat, 1); }), HasSubstr("at least 2"));
}

TEST(avalanche_branching, is_the_mean_of_ratios) {
  EXPECT_DOUBLE_EQ(avalanche_branching(std::vector<double>{1, 2, 4, 0, 0, 3, 6, 0}), (2 + 2 + 0 + 2 + 0) / 5.0);
  EXPECT_TRUE(std::isnan(avalanche_branching(std::vector<double>{0, 0, 5})));
}

TEST(avalanche_branching, finds_the_factor_of_avalanches_that_are_apart) {
  random_stream random{5, purpose::user, 2};
  std::vector<double> counts;
  for (int avalanche = 0; avalanche < 20'000; ++avalanche) {
    for (double n = 1; n > 0; n = static_cast<double>(random.poisson(0.8 * n))) counts.push_back(n);
    counts.push_back(0);
  }
  EXPECT_NEAR(avalanche_branching(counts), 0.8, 0.01);
}

TEST(binned_counts, hold_every_spike_of_a_whole_bin) {
  const std::vector<spike> spikes{{0, 1}, {2, 0}, {2, 1}, {5, 0}, {8, 0}};
  EXPECT_THAT(binned_counts(spikes, 9, 3), ElementsAre(3, 1, 1));
  EXPECT_THAT(binned_counts(spikes, 9, 4), ElementsAre(3, 1)) << "the last bin is not whole";
  EXPECT_EQ(mean_interval(spikes), 2);
  EXPECT_EQ(mean_interval({}), 1);
  EXPECT_THAT(refusal([&] { binned_counts(spikes, 8); }), HasSubstr("do not lie within"));
  EXPECT_THAT(refusal([&] { binned_counts(spikes, 9, 0); }), HasSubstr("bin = 0"));
}

TEST(nalsm, is_critical_at_the_published_weight) {
  SPINULE_REAL_DATA(folder, "nmnist");
  const nmnist digits{folder};
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const liquid l = nalsm_liquid(1000, seed).build({.channels = 2312, .width = 34, .height = 34});
    simulation sim{l.net, cpu{.tick = 1_ms, .threads = 1}};
    for (const auto& layer : l.layers) sim.observe(layer);
    for (std::size_t i = 0; i < 20; ++i) {
      sim.reset();
      sim.play(l.input, digits.read(37 * i).events);
      sim.run(250_ms);
      sum += local_branching(joined(l.net, sim, l.layers), sim.now());
    }
  }
  EXPECT_NEAR(sum / 60, 1.05, 0.05);
}

TEST(joined, takes_lanes_for_their_neurons_and_each_layer_once) {
  network net;
  const auto cells = net.add("cells", dendritic_lif{.segments = 6}, 5);
  net.connect(cells, cells[dendritic_lif::segment],
              {{1, net.lane(cells[dendritic_lif::segment], 4, 5), number{1}, 1_ms}});
  simulation sim{net, cpu{.tick = 1_ms}};
  sim.observe(cells);
  sim.run(1_ms);
  const population layers[] = {cells, cells};
  const joint_activity a = joined(net, sim, std::span{layers, 1});
  ASSERT_EQ(a.synapses.size(), 1u);
  EXPECT_EQ(a.synapses[0].target, 4u);
  EXPECT_THAT(refusal([&] { joined(net, sim, layers); }), HasSubstr("\"cells\" is named twice"));
}

}  // namespace spinule::learning::branching_test

// Active dendrites: coincidences, plateaus, and that segments mistake patterns as often as the closed forms say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/dendritic_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/segment_statistics.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::dendritic_lif_test {

using testing::ElementsAre;

/// Spikes of the soma, after volleys of `sizes[k]` synapses of weight 1 on segment 0 at `at[k]`.
std::vector<moment> spikes_after(const dendritic_lif& model,
                                 const std::vector<std::pair<milliseconds, index_t>>& volleys,
                                 milliseconds length = 60_ms, millivolts soma = 0_mV, milliseconds soma_at = 1_ms) {
  network net;
  std::vector<spike_list::entry> spikes{{soma_at, 30}};
  for (const auto& [when, size] : volleys)
    for (index_t i = 0; i < size; ++i) spikes.push_back({when, i});
  const auto in = net.add("in", spike_list{spikes}, 31);
  const auto cells = net.add("cells", model, 1);
  std::vector<listed<number>> onto;
  for (index_t i = 0; i < 30; ++i) onto.push_back({i, net.lane(cells[dendritic_lif::segment], 0, 0), number{1}, 0_ms});
  net.connect(in, cells[dendritic_lif::segment], onto);
  if (soma != 0_mV) net.connect(in, cells[dendritic_lif::jump], {{30, 0, soma, 0_ms}});
  std::vector<moment> fired;
  for (simulation sim : {simulation{net, reference{1_ms}}, simulation{net, cpu{.tick = 1_ms}}}) {
    sim.observe(cells);
    sim.run(length);
    std::vector<moment> now;
    for (const spike& s : sim.spikes(cells)) now.push_back(s.when);
    EXPECT_TRUE(fired.empty() || fired == now);
    fired = now;
  }
  return fired;
}

/// Fires in every tick in which a segment is active, and only then.
constexpr dendritic_lif detector{
    .tau = 1_ms, .refractory = 0_ms, .segments = 3, .coincidence = 12, .plateau = 5_ms, .depolarisation = 100_mV};

TEST(dendritic_lif, has_a_plateau_of_its_length_when_enough_synapses_are_active_together) {
  EXPECT_THAT(spikes_after(detector, {{10_ms, 11}}), ElementsAre());
  EXPECT_THAT(spikes_after(detector, {{10_ms, 12}}), ElementsAre(10, 11, 12, 13, 14));
  EXPECT_THAT(spikes_after(detector, {{10_ms, 12}, {12_ms, 15}, {40_ms, 12}}),
              ElementsAre(10, 11, 12, 13, 14, 40, 41, 42, 43, 44))
      << "no second spike within a plateau";
  EXPECT_EQ(spikes_after(detector, {{10_ms, 12}, {12_ms, 30}}).size(), 10u) << "but after it, of what is left";
}

TEST(dendritic_lif, adds_up_what_arrives_within_its_window) {
  // 7 synapses twice, d ms apart: 7 (1 + exp(-d / 3 ms)) reaches 12 for d up to 3 ms * log(7 / 5) = 1.009 ms.
  EXPECT_EQ(spikes_after(detector, {{10_ms, 7}, {11_ms, 7}}).size(), 5u);
  EXPECT_THAT(spikes_after(detector, {{10_ms, 7}, {12_ms, 7}}), ElementsAre());
  auto slower = detector;
  slower.window = 6_ms;  // 2.019 ms
  EXPECT_EQ(spikes_after(slower, {{10_ms, 7}, {12_ms, 7}}).size(), 5u);
  EXPECT_THAT(spikes_after(slower, {{10_ms, 7}, {13_ms, 7}}), ElementsAre());
}

TEST(dendritic_lif, is_brought_closer_to_its_threshold_by_a_plateau) {
  const dendritic_lif cell{.segments = 2, .coincidence = 12, .plateau = 50_ms, .depolarisation = 10_mV};
  EXPECT_THAT(spikes_after(cell, {{10_ms, 12}}), ElementsAre()) << "a prediction, not a spike";
  EXPECT_THAT(spikes_after(cell, {}, 60_ms, 8_mV, 40_ms), ElementsAre());
  EXPECT_THAT(spikes_after(cell, {{10_ms, 12}}, 60_ms, 8_mV, 40_ms), ElementsAre(40)) << "7.9 mV of depolarisation";
  EXPECT_THAT(spikes_after(cell, {{10_ms, 12}}, 120_ms, 8_mV, 100_ms), ElementsAre()) << "40 ms after the plateau";
}

TEST(dendritic_lif, fires_only_while_a_segment_is_active_where_it_is_gated) {
  const dendritic_lif cell{.segments = 2, .coincidence = 12, .plateau = 20_ms, .depolarisation = 0_mV, .gated = true};
  EXPECT_THAT(spikes_after(cell, {}, 60_ms, 20_mV, 20_ms), ElementsAre());
  EXPECT_THAT(spikes_after(cell, {{10_ms, 12}}, 60_ms, 20_mV, 20_ms), ElementsAre(20));
  EXPECT_THAT(spikes_after(cell, {{23_ms, 12}}, 60_ms, 20_mV, 20_ms), ElementsAre(23)) << "20 mV exp(-3/20) are 17.2";
  EXPECT_THAT(spikes_after(cell, {{28_ms, 12}}, 60_ms, 20_mV, 20_ms), ElementsAre()) << "and exp(-8/20) 13.4";
}

TEST(dendritic_lif, is_a_lif_without_active_segments) {
  network net{3};
  const auto noise = net.add("noise", poisson{.rate = 200_Hz}, 50);
  const auto cells = net.add("cells", dendritic_lif{.bias = 2_mV}, 30);
  const auto plain = net.add("plain", lif{.bias = 2_mV}, 30);
  std::vector<listed<millivolts>> list;
  for (index_t i = 0; i < 50; ++i)
    for (index_t k = 0; k < 6; ++k) list.push_back({i, (7 * i + 5 * k) % 30, 1.5_mV, 1_ms});
  net.connect(noise, cells[dendritic_lif::jump], list);
  net.connect(noise, plain[lif::jump], list);
  simulation sim{net, reference{0.1_ms}};
  for (const auto& p : {population{cells}, population{plain}}) sim.observe(p);
  sim.run(500_ms);
  ASSERT_GT(sim.spikes(plain).size(), 100u);
  EXPECT_TRUE(std::ranges::equal(sim.spikes(cells), sim.spikes(plain)));
}

/// `k` different numbers below n, at random.
std::vector<index_t> subset(index_t k, index_t n, random_stream& random) {
  std::vector<index_t> all(n);
  std::iota(all.begin(), all.end(), 0);
  for (index_t i = 0; i < k; ++i) std::swap(all[i], all[i + random.below(std::uint64_t{n - i})]);
  all.resize(k);
  return all;
}

/// [neurons][segments][synapses] from which inputs.
using dendrites = std::vector<std::vector<std::vector<index_t>>>;

/// In how many of all pairs of a neuron and a volley the neuron responds: a segment of it is active. One volley a tick.
template <class Volley>
double responses(index_t n, const dendrites& to, double theta, std::int64_t volleys, Volley volley) {
  network net;
  const auto in = net.add("in", replay{}, n);
  auto model = detector;
  model.segments = static_cast<index_t>(to[0].size());
  model.coincidence = theta;
  model.window = 0.05_ms;  // nothing is left of the last volley
  model.plateau = 1_ms;
  const auto cells = net.add("cells", model, static_cast<std::int64_t>(to.size()));
  std::vector<listed<number>> list;
  for (index_t i = 0; i < to.size(); ++i)
    for (index_t k = 0; k < to[i].size(); ++k)
      for (const index_t from : to[i][k])
        list.push_back({from, net.lane(cells[dendritic_lif::segment], i, k), number{1}, 0_ms});
  net.connect(in, cells[dendritic_lif::segment], std::move(list));
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  std::vector<event> events;
  for (std::int64_t t = 0; t < volleys; ++t)
    for (const index_t i : volley()) events.push_back({1000 * t, i});
  sim.play(in, events);
  sim.run(static_cast<double>(volleys) * 1_ms);
  const auto counts = sim.counts(cells);
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

/// Overlaps of different segments and of different volleys are independent in pairs, so the count has the variance of
/// a binomial law.
void expect_binomial(double count, double trials, double p) {
  EXPECT_NEAR(count, trials * p, 4 * std::sqrt(trials * p * (1 - p))) << "p = " << p;
}

TEST(dendritic_lif, mistakes_random_volleys_as_often_as_the_hypergeometric_law_says) {
  random_stream random{1, purpose::user, 0};
  for (const index_t n : {500u, 700u}) {
    dendrites to(1000, {{}});
    for (auto& cell : to) cell[0] = subset(24, n, random);
    expect_binomial(responses(n, to, 12, 1000, [&] { return subset(128, n, random); }), 1e6,
                    false_positive(n, 128, 24, 12));
  }
}

TEST(dendritic_lif, misses_a_pattern_of_which_some_is_replaced_as_often_as_the_closed_form_says) {
  random_stream random{2, purpose::user, 0};
  dendrites to(500, {{}});
  for (auto& cell : to) cell[0] = subset(30, 128, random);  // the pattern: the first 128 of 1000 inputs
  for (const index_t v : {64u, 90u}) {
    const auto volley = [&] {
      std::vector<bool> replaced(128, false);
      for (const index_t i : subset(v, 128, random)) replaced[i] = true;
      std::vector<index_t> active;
      for (index_t i = 0; i < 128; ++i) active.push_back(replaced[i] ? 128 + i : i);
      return active;
    };
    expect_binomial(500 * 200 - responses(1000, to, 10, 200, volley), 500 * 200, false_negative(128, 30, 10, v));
  }
}

TEST(dendritic_lif, of_several_segments_responds_where_any_of_them_does) {
  random_stream random{3, purpose::user, 0};
  dendrites to(100, std::vector<std::vector<index_t>>(20));
  for (auto& cell : to)
    for (auto& segment : cell) segment = subset(24, 500, random);
  expect_binomial(responses(500, to, 12, 500, [&] { return subset(128, 500, random); }), 100 * 500,
                  any_of(20, false_positive(500, 128, 24, 12)));
}

TEST(dendritic_lif, of_500_segments_takes_one_pattern_for_another_as_often_as_published) {
  random_stream random{4, purpose::user, 0};
  dendrites to(60, std::vector<std::vector<index_t>>(500));
  for (auto& cell : to)
    for (auto& segment : cell) segment = subset(7, 100, random);
  expect_binomial(responses(100, to, 4, 500, [&] { return subset(7, 100, random); }), 60 * 500,
                  any_of(500, false_positive(100, 7, 7, 4)));
}

TEST(dendritic_lif, with_a_union_of_patterns_on_a_segment_is_fooled_as_often_as_its_size_says) {
  random_stream random{5, purpose::user, 0};
  for (const index_t m : {1u, 3u, 5u}) {
    dendrites to(200, {{}});
    double size = 0, expected = 0;
    for (auto& cell : to) {
      for (index_t k = 0; k < m; ++k)
        for (const index_t i : subset(25, 1000, random))
          if (std::ranges::find(cell[0], i) == cell[0].end()) cell[0].push_back(i);
      size += static_cast<double>(cell[0].size()) / 200;
      expected += false_positive(1000, 200, static_cast<std::int64_t>(cell[0].size()), 15) / 200;
    }
    EXPECT_NEAR(size, union_size(1000, 25, m), 0.5);
    EXPECT_NEAR(expected, union_false_positive(1000, 200, 25, 15, m), 0.02) << "of the mean size, and not the mean";
    expect_binomial(responses(1000, to, 15, 300, [&] { return subset(200, 1000, random); }), 200 * 300, expected);
  }
}

TEST(dendritic_lif, has_a_flag_that_is_0_or_1) {
  network net;
  const auto cells = net.add("cells", dendritic_lif{}, 2);
  simulation sim{net, cpu{.tick = 1_ms}};
  EXPECT_THROW(sim.set(cells, "gated", 0.5), spinule_error);
  EXPECT_NO_THROW(sim.set(cells, "gated", 1.0));
}

}  // namespace spinule::dendritic_lif_test

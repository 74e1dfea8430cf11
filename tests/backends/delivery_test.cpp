// Every form in which rows are stored delivers what the reference delivers, to neurons visited or swept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>

#include "networks.hpp"

namespace spinule::delivery_test {

using testing::HasSubstr;

struct storage {
  std::string name;
  wiring rule;
  value<millivolts> weight;
  value<milliseconds> delay;
  int bits = 32;
  bool procedural = false;
};
void PrintTo(const storage& s, std::ostream* out) { *out << s.name; }

/// Two populations driven by noise and wired in one way with each other.
network wired(const storage& s, index_t n = 700) {
  network net{5};
  const auto noise = net.add("noise", poisson{.rate = 40_Hz}, 200);
  const auto a = net.add("a", lif{.tau = 20_ms, .threshold = 12_mV}, n);
  const auto b = net.add("b", lif{.tau = 10_ms, .threshold = 9_mV}, n / 3);
  net.connect(noise, a, fixed_outdegree{.k = 60}, {.weight = 3_mV});
  net.connect(noise, b, fixed_outdegree{.k = 20}, {.weight = 3_mV});
  for (const auto& to : {a, b})
    net.connect(a, to, s.rule,
                {.weight = s.weight, .delay = s.delay, .weight_bits = s.bits, .procedural = s.procedural});
  net.connect(b, a, fixed_probability{0.1}, {.weight = -0.4_mV, .delay = 2_ms});
  net.connect(b, a, fixed_probability{0.1}, {.weight = 0.4_mV, .delay = 3_ms});
  return net;
}

class delivery : public testing::TestWithParam<storage> {};

TEST_P(delivery, is_that_of_the_reference_in_every_drive_and_number_of_threads) {
  const network net = wired(GetParam(), 1500);  // enough neurons to be shared
  const auto expected = spikes_of({net, reference{1_ms}}, 3, {120_ms});
  ASSERT_GT(expected[1].size(), 300u);
  for (const auto d : {stepping::sweep, stepping::visit, stepping::automatic})
    for (const int threads : {1, 2, 3})
      EXPECT_EQ(expected,
                spikes_of({net, cpu{.tick = 1_ms, .threads = threads, .stepping = d, .precision = precision::full}}, 3,
                          {120_ms}))
          << threads << " threads";
}

INSTANTIATE_TEST_SUITE_P(
    forms, delivery,
    testing::Values(storage{"bits", fixed_probability{0.1}, 0.2_mV, 1_ms},
                    storage{"bits_with_several_delays", fixed_probability{0.4}, 0.05_mV, uniform{1_ms, 4_ms}},
                    storage{"bits_with_second_synapses", fixed_total_number{150000}, 0.1_mV, 1_ms},
                    storage{"grouped", fixed_outdegree{.k = 4}, 0.5_mV, uniform{1_ms, 20_ms}},
                    storage{"wide", fixed_probability{0.05}, normal{0.2_mV, 0.5_mV}, uniform{1_ms, 9_ms}},
                    storage{"packed", fixed_total_number{60000}, normal{0.2_mV, 0.1_mV}, uniform{2_ms, 9_ms}, 16},
                    storage{"gaps_between_delays", fixed_total_number{150}, 3_mV, uniform{1_ms, 60_ms}},
                    storage{"dense", all_to_all{true}, normal{0_mV, 0.1_mV}, 1_ms},
                    storage{"dense_16", all_to_all{true}, normal{0_mV, 0.1_mV}, 1_ms, 16},
                    storage{"dense_8", all_to_all{true}, normal{0_mV, 0.1_mV}, 1_ms, 8},
                    storage{"dense_constant", all_to_all{true}, 0.005_mV, 1_ms},
                    storage{"procedural", fixed_outdegree{.k = 30}, normal{0.5_mV, 0.1_mV}, 1_ms, 32, true},
                    storage{"procedural_with_several_delays", fixed_total_number{60000}, 0.2_mV, uniform{2_ms, 9_ms},
                            32, true}),
    [](const auto& p) { return p.param.name; });

/// Of more ticks between two delays than 16 bits hold.
TEST(delivery, crosses_long_gaps_between_delays) {
  network net{1};
  const auto in = net.add("in", replay{}, 2);
  const auto a = net.add("a", lif{.threshold = 1_mV}, 4);
  using synapse = listed<millivolts>;
  net.connect(in, a,
              std::vector<synapse>{{0, 0, 2_mV, 1_ms}, {0, 1, 2_mV, 70_s}, {0, 2, 3_mV, 140_s}, {1, 3, 2_mV, 140_s}});
  const auto run = [&](auto back_end) {
    simulation sim{net, back_end};
    sim.observe(a);
    sim.play(in, std::vector<event>{{0, 0}, {2000, 1}, {3000, 0}});
    sim.run(100_s);
    sim.run(41_s);
    const auto s = sim.spikes(a);
    return std::vector<spike>{s.begin(), s.end()};
  };
  const auto expected = run(reference{1_ms});
  EXPECT_EQ(expected.size(), 7u);
  for (const auto d : {stepping::sweep, stepping::visit})
    EXPECT_EQ(expected, run(cpu{.tick = 1_ms, .threads = 1, .stepping = d}));
}

/// Of more synapses of one delay than a header has bits for.
TEST(delivery, takes_long_rows) {
  network net{1};
  const auto in = net.add("in", replay{}, 2);
  const auto a = net.add("a", lif{}, 30000);
  net.connect(in, a, fixed_probability{0.9}, {.weight = normal{0.5_mV, 0.1_mV}, .delay = 1_ms});
  simulation plain{net, reference{1_ms}}, fast{net, cpu{.tick = 1_ms, .threads = 1, .precision = precision::full}};
  for (simulation* sim : {&plain, &fast}) {
    sim->play(in, std::vector<event>{{0, 0}, {1000, 1}, {1000, 0}});
    sim->run(4_ms);
  }
  for (index_t i = 0; i < 30000; ++i) ASSERT_EQ(plain.read(a, "v", i), fast.read(a, "v", i)) << "neuron " << i;
}

TEST(procedural, keeps_no_synapses_and_is_cleared_between_runs) {
  const auto spikes_and_bytes = [](bool procedural) {
    const network net = wired({"", fixed_probability{0.1}, 0.2_mV, uniform{1_ms, 5_ms}, 32, procedural});
    simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
    sim.run(33_ms);
    simulation copy{sim};
    sim.reset();
    sim.run(80_ms);
    copy.run(47_ms);
    EXPECT_EQ(sim.spike_count(), copy.spike_count());
    return std::pair{sim.spike_count(), sim.synapse_bytes()};
  };
  const auto [stored, large] = spikes_and_bytes(false);
  const auto [drawn, small] = spikes_and_bytes(true);
  EXPECT_EQ(stored, drawn);
  EXPECT_LT(small, large);
}

TEST(procedural, is_refused_where_rows_cannot_be_drawn_by_source) {
  network net{1};
  const auto a = net.add("a", lif{}, 10);
  EXPECT_THROW(net.connect(a, a, fixed_indegree{.k = 2}, {.weight = 1_mV, .delay = 1_ms, .procedural = true}),
               spinule_error);
  EXPECT_TRUE(net.projections().empty());
}

TEST(poisson_drive, is_the_same_for_every_back_end_and_has_the_law) {
  network net{3};
  const auto a = net.add("a", lif{.tau = 20_ms, .threshold = 1000_mV}, 1100);
  net.drive(a, {.rate = 1500_Hz, .weight = 0.5_mV});
  net.connect(a, a, fixed_probability{0.1}, {.weight = 1_mV, .delay = 1_ms});
  simulation plain{net, reference{1_ms}}, fast{net, cpu{.tick = 1_ms, .threads = 3, .precision = precision::full}};
  plain.run(200_ms);
  fast.run(200_ms);
  double sum = 0, squares = 0;
  for (index_t i = 0; i < 1100; ++i) {
    const double v = plain.read(a, "v", i);
    ASSERT_EQ(v, fast.read(a, "v", i)) << "neuron " << i;
    sum += v;
    squares += v * v;
  }
  // Shot noise on the grid: mean w r / (1 - d), variance w^2 r / (1 - d^2) with r spikes a tick and decay d.
  const double d = portable_exp(-1.0 / 20), mean = 0.5 * 1.5 / (1 - d), variance = 0.25 * 1.5 / (1 - d * d);
  EXPECT_NEAR(sum / 1100, mean, 5 * std::sqrt(variance / 1100));
  EXPECT_NEAR(squares / 1100 - (sum / 1100) * (sum / 1100), variance, 0.25 * variance);
}

TEST(poisson_drive, draws_afresh_in_another_episode_and_refuses_nonsense) {
  network net{3};
  const auto a = net.add("a", lif{}, 50);
  net.drive(a, {.rate = 20_kHz, .weight = 0.1_mV});
  simulation sim{net, cpu{.tick = 0.1_ms, .threads = 1}};
  const auto after = [&](std::uint64_t episode) {
    sim.reset(episode);
    sim.run(5_ms);
    return sim.read(a, "v", 7);
  };
  const double first = after(0);
  EXPECT_NE(first, after(1));
  EXPECT_EQ(first, after(0));
  EXPECT_THROW(net.drive(a, {.rate = -1_Hz, .weight = 0.1_mV}), spinule_error);
  net.drive(a, {.rate = 1000_kHz, .weight = 0.1_mV});
  EXPECT_THROW((simulation{net, cpu{.tick = 1_ms}}), spinule_error);
}

TEST(backends, automatic_decides_alike_whatever_carries_the_synapses) {
  network net{9};
  const auto noise = net.add("noise", poisson{.rate = 2_Hz}, 300);
  const auto a = net.add("a", lif{.threshold = 3_mV}, 2000);
  net.connect(noise, a, fixed_outdegree{.k = 3}, {.weight = 2_mV, .delay = 1_ms});
  net.connect(noise, a, fixed_outdegree{.k = 40}, {.weight = 1_mV, .delay = uniform{1_ms, 40_ms}});
  simulation on_cpu{net, cpu{.tick = 1_ms, .threads = 1}};
  simulation on_tiles{net, crossbar{.tick = 1_ms, .hardware = load_hardware("ideal")}};
  simulation on_core{net, digital{.tick = 1_ms, .hardware = load_hardware("loihi_sanafe")}};
  for (simulation* sim : {&on_cpu, &on_tiles, &on_core}) sim->run(300_ms);
  for (index_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(on_cpu.read(a, "v", i), on_tiles.read(a, "v", i)) << "neuron " << i;
    ASSERT_EQ(on_cpu.read(a, "v", i), on_core.read(a, "v", i)) << "neuron " << i;
  }
}

TEST(backends, a_neuron_that_starts_above_threshold_fires_when_visited_too) {
  network net{1};
  const auto a = net.add("a", lif{}, 2);
  net.initialise(a, "v", std::vector<double>{20, 16});
  for (const auto d : {stepping::sweep, stepping::visit}) {
    simulation sim{net, cpu{.tick = 1_ms, .threads = 1, .stepping = d}};
    sim.run(5_ms);
    EXPECT_EQ(sim.spike_count(), 2u);
  }
}

TEST(backends, a_negative_hold_is_none_in_every_drive) {
  network net{1};
  net.initialise(net.add("a", lif{.bias = 20_mV}, 2), "hold", -100);
  const auto fired = [&](stepping d) {
    simulation sim{net, cpu{.tick = 0.1_ms, .threads = 1, .stepping = d, .precision = precision::full}};
    sim.run(40_ms);
    return std::vector<double>{static_cast<double>(sim.spike_count()), sim.read(sim.population_at(0), "v", 1)};
  };
  EXPECT_EQ(fired(stepping::visit)[0], fired(stepping::sweep)[0]);
  EXPECT_NEAR(fired(stepping::visit)[1], fired(stepping::sweep)[1], 1e-9);
}

TEST(backends, an_error_in_the_middle_of_a_run_is_remembered_until_reset) {
  network net{1};
  const auto in = net.add("in", replay{}, 1);
  net.connect(in, net.add("out", lif{}, 1), one_to_one{}, {.weight = 1_mV, .delay = 1_ms});
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  sim.play(in, std::vector<event>(40, event{5000, 0}));
  EXPECT_THROW(sim.run(20_ms), spinule_error);
  EXPECT_THROW(sim.run(1_ms), spinule_error);
  sim.reset();
  sim.run(1_ms);
  EXPECT_EQ(sim.now(), 1);
}

struct out_of_range {
  static constexpr bool by_source = true;
  void check(const endpoints&, const std::string&) const {}
  void row(spinule::index_t, const endpoints& ends, random_stream&, std::vector<spinule::index_t>& targets) const {
    targets.push_back(ends.targets);
  }
};

TEST(backends, a_wiring_rule_that_leaves_the_population_is_refused) {
  network net{1};
  const auto a = net.add("a", lif{}, 4);
  net.connect(a, a, out_of_range{}, {.weight = 1_mV, .delay = 1_ms});
  try {
    simulation{net, cpu{.tick = 1_ms}};
    FAIL();
  } catch (const spinule_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("projection \"a->a\""));
    EXPECT_THAT(e.what(), HasSubstr("there are 4"));
  }
}

TEST(backends, weights_in_fewer_bits_are_rounded_to_the_largest) {
  network net{2};
  const auto a = net.add("a", lif{}, 60);
  const auto wide = net.connect(a, a, fixed_probability{0.5}, {.weight = normal{0_mV, 1_mV}, .delay = 1_ms});
  const auto narrow =
      net.connect(a, a, fixed_probability{0.5}, {.weight = normal{0_mV, 1_mV}, .delay = 1_ms, .weight_bits = 8});
  simulation sim{net, cpu{.tick = 1_ms}};
  const auto w = sim.weights(narrow);
  const double largest =
      std::abs(*std::max_element(w.begin(), w.end(), [](double x, double y) { return std::abs(x) < std::abs(y); }));
  double step = 0x1p-40;
  while (largest / step >= 128) step *= 2;
  for (const double x : w) ASSERT_EQ(std::fmod(x, step), 0);
  EXPECT_GT(sim.synapses(wide).size(), 1000u);
  EXPECT_THROW(net.connect(a, a, all_to_all{}, {.weight = 1_mV, .delay = 1_ms, .weight_bits = 12}), spinule_error);
}

}  // namespace spinule::delivery_test

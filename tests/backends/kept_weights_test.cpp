// What a back end keeps of the weights that a network asks for.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::kept_weights_test {

/// A small weight beside one that is a hundred times as large, onto neurons that never fire.
struct two_weights {
  network net{3};
  population in = net.add("in", spike_list{{{1_ms, 0}, {1_ms, 1}}}, 2);
  population_of<lif> out = net.add("out", lif{.tau = 1000_s, .threshold = 1_V}, 2);
  projection wires = net.connect(in, out, {{1, 1, 10_mV, 1_ms}, {0, 0, 0.1_mV, 1_ms}});
};

hardware without_read_noise(const char* preset) {
  hardware hw = load_hardware(preset);
  override_hardware(hw, std::vector<std::string>{"device.read_noise=0", "adc.bits=16"});
  return hw;
}

TEST(kept_weights, weights_are_what_the_cells_of_a_crossbar_bring) {
  two_weights n;
  simulation sim{n.net, crossbar{.tick = 1_ms, .hardware = without_read_noise("random_rram_40nm")}};
  const auto written = sim.weights(n.wires);
  sim.run(3_ms);
  const auto v = sim.state(n.out, "v");
  EXPECT_NEAR(v[1], written[0], 0.02);
  EXPECT_NEAR(v[0], written[1], 0.02);
  EXPECT_GT(written[1], 3) << "forming keeps no size";
  EXPECT_EQ(sim.synapses(n.wires)[1].weight, written[1]);
}

TEST(kept_weights, asked_weights_are_those_of_the_network_in_its_order) {
  two_weights n;
  simulation sim{n.net, crossbar{.tick = 1_ms, .hardware = load_hardware("random_rram_40nm")}};
  EXPECT_EQ(sim.asked_weights(n.wires), (std::vector<double>{10, 0.1}));
  EXPECT_EQ(sim.asked_weights(n.wires, 0), (std::vector<double>{0.1}));
  EXPECT_EQ(simulation(n.net, cpu{}).asked_weights(n.wires), sim.asked_weights(n.wires));
}

TEST(kept_weights, say_how_far_what_is_written_is_from_what_was_asked) {
  two_weights n;
  simulation sim{n.net, crossbar{.tick = 1_ms, .hardware = load_hardware("random_rram_40nm")}};
  const auto written = sim.weights(n.wires);
  const auto kept = sim.kept_weights();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].projection, "in->out");
  EXPECT_EQ(kept[0].synapses, 2u);
  EXPECT_EQ(kept[0].lost, 0u);
  EXPECT_FALSE(kept[0].faithful());
  EXPECT_DOUBLE_EQ(kept[0].mean_weight, 5.05);
  EXPECT_DOUBLE_EQ(kept[0].mean_error, (std::fabs(written[0] - 10) + std::fabs(written[1] - 0.1)) / 2);
  EXPECT_DOUBLE_EQ(kept[0].largest_error, std::max(std::fabs(written[0] - 10), std::fabs(written[1] - 0.1)));
  EXPECT_DOUBLE_EQ(std::fabs(kept[0].worst_kept - kept[0].worst_asked), kept[0].largest_error);
}

TEST(kept_weights, are_faithful_where_only_rounding_to_quanta_changes_them) {
  network net{4};
  const auto in = net.add("in", poisson{.rate = 10_Hz}, 60);
  const auto out = net.add("out", lif{}, 50);
  net.connect(in, out, fixed_probability{0.3}, {.weight = normal{1_mV, 0.3_mV}, .delay = uniform{1_ms, 5_ms}});
  const auto check = [&](const simulation& sim) {
    for (const auto& k : sim.kept_weights()) {
      EXPECT_TRUE(k.faithful());
      EXPECT_EQ(k.close, k.synapses);
      EXPECT_EQ(k.synapses, sim.synapse_count());
    }
  };
  check({net, cpu{.tick = 1_ms}});
  check({net, reference{.tick = 1_ms}});
  check({net, crossbar{.tick = 1_ms}});
}

TEST(kept_weights, count_those_that_few_bits_round_to_nothing) {
  network net{5};
  const auto in = net.add("in", poisson{.rate = 10_Hz}, 1);
  const auto out = net.add("out", lif{}, 3);
  const std::vector<listed<millivolts>> list{{0, 0, 100_mV}, {0, 1, 0.01_mV}, {0, 2, 50_mV}};
  net.connect(in, out, list, {.weight_bits = 8});
  const auto kept = simulation{net, cpu{.tick = 1_ms}}.kept_weights();
  EXPECT_EQ(kept.at(0).lost, 1u);
  EXPECT_EQ(kept.at(0).close, 2u);
}

TEST(kept_weights, synapses_that_share_a_pair_of_cells_share_what_it_holds) {
  network net{6};
  const auto in = net.add("in", poisson{.rate = 10_Hz}, 1);
  const auto out = net.add("out", lif{}, 2);
  const std::vector<listed<millivolts>> list{{0, 0, 1_mV}, {0, 0, 3_mV}, {0, 1, 2_mV}};
  const auto wires = net.connect(in, out, list);
  const auto w = simulation{net, crossbar{.tick = 1_ms, .hardware = load_hardware("isaac_32nm")}}.weights(wires);
  EXPECT_NEAR(w[1], 3 * w[0], 1e-12);
  EXPECT_NEAR(w[0] + w[1], 4, 0.5);
}

}  // namespace spinule::kept_weights_test

// A threshold unit remembers nothing but what is still under way to it.
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/simulation.hpp>

namespace spinule::threshold_unit_test {

std::vector<moment> times(const simulation& sim, const population& cells, index_t neuron) {
  std::vector<moment> result;
  for (const spike& s : sim.spikes(cells))
    if (s.neuron == neuron) result.push_back(s.when);
  return result;
}

const std::vector<stepping> ways{stepping::sweep, stepping::visit, stepping::automatic};

/// Grimaldi & Perrinet, Biol. Cybern. 117 (2023): three inputs, two units, each with delays of its own. A volley fires
/// the one whose delays make up for its order, however often the other receives as many spikes.
TEST(threshold_unit, hears_a_volley_in_one_order_and_no_other) {
  const auto volley = [](std::vector<milliseconds> when) {
    network net;
    const auto in = net.add("in", spike_list{{{when[0], 0}, {when[1], 1}, {when[2], 2}}}, 3);
    const auto out = net.add("out", threshold_unit{.threshold = 3}, 2);
    const number w{1};
    net.connect(in, out,
                {{0, 0, w, 1_ms}, {1, 0, w, 5_ms}, {2, 0, w, 9_ms}, {0, 1, w, 8_ms}, {1, 1, w, 5_ms}, {2, 1, w, 1_ms}});
    simulation sim{net, cpu{.tick = 1_ms}};
    sim.observe(out);
    sim.run(60_ms);
    return std::pair{times(sim, out, 0), times(sim, out, 1)};
  };
  const std::vector<moment> none;
  EXPECT_EQ(volley({20_ms, 20_ms, 20_ms}), std::pair(none, none));
  EXPECT_EQ(volley({28_ms, 24_ms, 20_ms}), std::pair(std::vector<moment>{29}, none));
  EXPECT_EQ(volley({20_ms, 23_ms, 27_ms}), std::pair(none, std::vector<moment>{28}));
}

TEST(threshold_unit, fires_at_its_threshold_and_not_below) {
  network net;
  const auto in = net.add("in", spike_list{{{2_ms, 0}, {4_ms, 1}, {6_ms, 0}, {6_ms, 1}}}, 2);
  const auto out = net.add("out", threshold_unit{.bias = -0.25, .threshold = 0.5}, 1);
  net.connect(in, out, {{0, 0, number{0.75}}, {1, 0, number{0.75 - 0x1p-20}}});
  simulation sim{net, cpu{.tick = 1_ms}};
  sim.observe(out);
  sim.run(7_ms);
  EXPECT_EQ(times(sim, out, 0), (std::vector<moment>{2, 6}));
  EXPECT_EQ(sim.read(out, "sum", 0), 1.25 - 0x1p-20);
  sim.run(1_ms);
  EXPECT_EQ(sim.read(out, "sum", 0), -0.25);
}

TEST(threshold_unit, fires_without_input_where_its_bias_is_enough) {
  network net;
  const auto in = net.add("in", spike_list{{{3_ms, 0}, {5_ms, 0}}}, 1);
  const auto out = net.add("out", threshold_unit{.bias = 1, .threshold = 1}, 1);
  net.connect(in, out, {{0, 0, number{-1}}});
  for (const stepping how : ways) {
    simulation sim{net, cpu{.tick = 1_ms, .stepping = how}};
    sim.observe(out);
    sim.run(7_ms);
    EXPECT_EQ(times(sim, out, 0), (std::vector<moment>{0, 1, 2, 4, 6}));
  }
}

}  // namespace spinule::threshold_unit_test

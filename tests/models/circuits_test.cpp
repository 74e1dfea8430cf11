// Golden numbers of the small circuits that the examples show.
#include <cmath>

#include <gmock/gmock.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/rectified_unit.hpp>
#include <spinule/models/sigmoid_unit.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>
#include <spinule/simulation.hpp>

namespace spinule::circuits_test {

TEST(temporal_wise_spiking, decodes_four_steps_with_falling_weights) {
  network net;
  const auto input = net.add("input", replay{}, 4);
  const auto cells = net.add("cells", soft_reset_lif{.tau = 1e9_ms, .threshold = 1_mV}, 4);
  const auto decoder = net.add("decoder", leaky_integrator{.tau = -1 / std::log(0.8) * 1_ms}, 4);
  net.connect(input, cells, one_to_one{}, {.weight = 1_mV});
  net.connect(cells, decoder, one_to_one{}, {.weight = 1});
  simulation sim{net, reference{1_ms}};
  sim.play(input, std::vector<event>{{0, 0}, {1000, 1}, {2000, 2}, {3000, 3}});  // cell t at step t
  sim.run_ticks(4);
  const auto decoded = sim.state(decoder, "m");
  const double expected[] = {0.512, 0.64, 0.8, 1};
  for (std::size_t t = 0; t < 4; ++t) EXPECT_NEAR(decoded[t] / 0.2, expected[t], 1e-7) << t;
}

/// Two units that excite and, through terminals, inhibit each other.
network pair_of_rates(double gain) {
  network net;
  const auto units = net.add("units", sigmoid_unit{.gain = gain, .threshold = 0.1}, 2);
  const auto terminals = net.add("terminals", depleting_terminal{}, 2);
  net.connect(units, units, {{0, 1, number{0.5}, 1_ms}, {1, 0, number{0.3}, 1_ms}});
  net.connect(units, terminals, one_to_one{}, {.weight = 1});
  net.connect(terminals, units, {{0, 1, number{-1}, 1_ms}, {1, 0, number{-1}, 2_ms}});
  net.initialise(units, "x", std::vector{0.3, -0.1});
  return net;
}

TEST(rectified_unit, is_a_network_of_rectifiers_within_a_tick) {
  network net;
  const auto signal = net.add("signal", value_list{{{0_ms, 0, 0.75}, {1_ms, 0, -2}, {2_ms, 0, 9}}}, 1);
  const auto first = net.add("first", rectified_unit{.bias = 0.25, .largest = 4}, 2);
  const auto second = net.add("second", rectified_unit{}, 1);
  net.connect(signal, first, {{0, 0, number{1}}, {0, 1, number{-1}}});
  net.connect(first, second, {{0, 0, number{0.5}}, {1, 0, number{0.125}}});
  simulation sim{net, reference{1_ms}};
  const double expected[][3] = {{1, 0, 0.5}, {0, 2.25, 0.28125}, {4, 0, 1}};
  for (const auto& y : expected) {
    sim.run_ticks(1);
    EXPECT_EQ(sim.read(first, "y", 0), y[0]);
    EXPECT_EQ(sim.read(first, "y", 1), y[1]);
    EXPECT_EQ(sim.read(second, "y", 0), y[2]);
  }
}

TEST(depleting_terminal, is_empty_after_a_rate_of_one_that_lasts) {
  network net;
  const auto rate = net.add("rate", value_list{{{0_ms, 0, 1}}}, 1);
  const auto terminal = net.add("terminal", depleting_terminal{}, 1);
  net.connect(rate, terminal, one_to_one{}, {.weight = 1});
  simulation sim{net, reference{0.5_ms}};
  sim.run(100_ms);
  EXPECT_GT(sim.read(terminal, "u", 0) * sim.read(terminal, "phi", 0), 0.5) << "it releases more at first";
  sim.run(2_s);
  EXPECT_NEAR(sim.read(terminal, "u", 0), 4, 1e-6);
  EXPECT_NEAR(sim.read(terminal, "phi", 0), 0, 1e-6);
}

TEST(sigmoid_unit, moves_by_the_equations_of_its_authors) {
  const network net = pair_of_rates(5);
  simulation sim{net, reference{1_ms}};
  const auto units = sim.population_at(0), terminals = sim.population_at(1);
  double x[2] = {0.3, -0.1}, u[2] = {1, 1}, phi[2] = {1, 1}, y[2] = {}, sent[2] = {}, sent_before[2] = {};
  for (int t = 0; t < 300; ++t) {
    const double in[2] = {0.3 * y[1] - sent_before[1], 0.5 * y[0] - sent[0]};
    for (int i = 0; i < 2; ++i) {
      sent_before[i] = sent[i];
      x[i] += (in[i] - x[i]) / 20;
      y[i] = 1 / (1 + std::exp(-5 * (x[i] - 0.1)));
      sent[i] = u[i] * phi[i] * y[i];
      const double left = 1 - u[i] * y[i] / 4;
      u[i] += (1 + 3 * y[i] - u[i]) / 30;
      phi[i] += (left - phi[i]) / 60;
    }
    sim.run_ticks(1);
    for (index_t i = 0; i < 2; ++i) {
      ASSERT_NEAR(sim.read(units, "x", i), x[i], 1e-5) << t;
      ASSERT_NEAR(sim.read(terminals, "phi", i), phi[i], 1e-5) << t;
    }
  }
}

TEST(sigmoid_unit, is_the_same_on_every_back_end) {
  const network net = pair_of_rates(8);
  simulation slow{net, reference{1_ms}}, fast{net, cpu{.tick = 1_ms, .threads = 1, .precision = precision::full}};
  for (int t = 0; t < 200; ++t) {
    slow.run_ticks(1);
    fast.run_ticks(1);
    for (index_t p = 0; p < 2; ++p)
      for (index_t i = 0; i < 2; ++i) {
        const char* field = p == 0 ? "x" : "phi";
        ASSERT_EQ(slow.read(slow.population_at(p), field, i), fast.read(fast.population_at(p), field, i)) << t;
      }
  }
}

}  // namespace spinule::circuits_test

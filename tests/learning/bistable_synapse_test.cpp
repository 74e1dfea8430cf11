// Bistable synapses against their equations step by step, and what they are for: two states that last.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/bistable_synapse.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/simulation.hpp>

#include "learning/pair_of_neurons.hpp"
#include "learning/synapse_history.hpp"

namespace spinule::bistable_synapse_test {
namespace {

using testing::HasSubstr;

/// Steps and drifts that no sum of whole numbers of them brings back to theta_x, and windows that 40 Hz come into.
bistable_synapse<millivolts> lively(millivolts w_min, millivolts w_max) {
  return {.tau_c = 40_ms,
          .theta_v = 4_mV,
          .up = {0.6, 3},
          .down = {0.2, 1.9},
          .a = 0.171,
          .b = 0.13,
          .alpha = 4.7_Hz,
          .beta = 3.1_Hz,
          .theta_x = 0.45,
          .w_min = w_min,
          .w_max = w_max};
}

/// X as the equations have it, in ticks of 1 ms; v and fired are what the target showed.
double by_hand(const bistable_synapse<millivolts>& r, double x, const std::vector<moment>& arrivals,
               const std::vector<double>& v, const std::vector<bool>& fired) {
  double calcium = 0;
  std::size_t in = 0;
  for (moment now = 0; now < static_cast<moment>(v.size()); ++now) {
    calcium *= std::exp(-1 / r.tau_c.value());
    x += x > r.theta_x ? r.alpha.value() : -r.beta.value();
    x = std::clamp(x, 0.0, 1.0);
    for (; in < arrivals.size() && arrivals[in] == now; ++in) {
      const bool high = now > 0 && v[now - 1] > r.theta_v.value();
      if (high && r.up.low < calcium && calcium < r.up.high) x += r.a;
      if (!high && r.down.low < calcium && calcium < r.down.high) x -= r.b;
      x = std::clamp(x, 0.0, 1.0);
    }
    if (fired[now]) calcium += 1;
  }
  return x;
}

class in_steps : public testing::TestWithParam<std::pair<double, double>> {};

TEST_P(in_steps, is_what_its_equations_say) {
  const auto [w_min, w_max] = GetParam();
  const auto rule = lively(millivolts{w_min}, millivolts{w_max});
  network net{5};
  const auto from = net.add("from", poisson{.rate = 40_Hz}, 30);
  const auto to = net.add("to", lif{.tau = 15_ms, .threshold = 10_mV}, 20);
  net.drive(to, {.rate = 800_Hz, .weight = 1.2_mV});
  const millivolts lowest = rule.lowest(), highest = rule.highest();
  const auto learned =
      net.connect(from, to, all_to_all{}, {.weight = uniform{lowest, highest}, .delay = uniform{1_ms, 5_ms}}, rule);
  const auto check = [&](auto backend, double tolerance) {
    simulation sim{net, backend};
    sim.observe(from);
    sim.observe(to);
    const auto v = sim.probe(to, "v");
    const auto start = sim.weights(learned);
    sim.run(300_ms);
    const auto midway = sim.weights(learned);  // reading changes nothing
    sim.run(400_ms);
    EXPECT_GT(sim.spikes(to).size(), 100u);
    const auto weights = sim.weights(learned);
    const auto synapses = sim.synapses(learned);
    std::size_t switched = 0;
    for (std::size_t s = 0; s < weights.size(); ++s) {
      const auto seen = history_of(sim, synapses[s], from, to, v, 20, 700);
      const auto expected = [&](std::size_t ticks) {
        const double x =
            by_hand(rule, (start[s] - w_min) / (w_max - w_min), seen.arrivals,
                    {seen.voltage.begin(), seen.voltage.begin() + static_cast<std::ptrdiff_t>(ticks)}, seen.fired);
        return w_min + x * (w_max - w_min);
      };
      ASSERT_NEAR(midway[s], expected(300), tolerance);
      ASSERT_NEAR(weights[s], expected(700), tolerance);
      switched += rule.sent(millivolts{start[s]}) != rule.sent(millivolts{weights[s]});
    }
    EXPECT_GT(switched, 20u);
  };
  check(reference{1_ms}, 1e-12);
  for (const int threads : {1, 2, 3, 8}) {
    check(cpu{.tick = 1_ms, .threads = threads, .precision = precision::full}, 1e-12);
    check(cpu{.tick = 1_ms, .threads = threads}, 1e-6);
  }
}
INSTANTIATE_TEST_SUITE_P(bistable_synapse, in_steps,
                         testing::Values(std::pair{0.0, 1.0}, std::pair{0.2, 0.7}, std::pair{0.0, -0.8}));

/// Onto a neuron that fires regularly and rests at 0 or `v` between its spikes, which is told when to fire.
struct told {
  network net{1};
  population to;
  projection learned;

  told(const std::vector<double>& arrivals, const std::vector<double>& fires, millivolts v, millivolts start,
       const bistable_synapse<millivolts>& rule, milliseconds tau = 1e9_ms) {
    const auto cell = net.add("to", lif{.tau = tau, .threshold = 1e3_mV, .reset = v, .refractory = 0_ms}, 1);
    to = cell;
    net.initialise(cell, "v", v);
    net.connect(net.add("teacher", spike_list{at(0, fires)}, 1), cell, all_to_all{}, {.weight = 3e3_mV});
    learned = net.connect(net.add("from", spike_list{at(0, arrivals)}, 1), cell, all_to_all{}, {.weight = start}, rule);
  }
};

TEST(bistable_synapse, moves_as_published) {
  // Five spikes leave calcium between 3 and 4 for some ten ms, in which arrivals count in either direction.
  const std::vector<double> fires{1, 2, 3, 4, 5};
  const auto x_after = [&](const std::vector<double>& arrivals, millivolts v, double x, milliseconds span) {
    const told t{arrivals, fires, v, millivolts{1e-9 * x}, {.w_max = 1e-9_mV}};
    simulation sim{t.net, cpu{.tick = 1_ms, .precision = precision::full}};
    sim.run(span);
    return sim.weights(t.learned)[0] / 1e-9;
  };
  const double drift = 0.0035;                                                          // a ms
  EXPECT_NEAR(x_after({25}, 13_mV, 0.5, 51_ms), 0.6 - 26 * drift + 25 * drift, 1e-12);  // up, and now it rises
  EXPECT_NEAR(x_after({25}, 12_mV, 0.95, 51_ms), 0.9 + 25 * drift, 1e-12);              // was at 1 for long
  EXPECT_NEAR(x_after({25}, 12_mV, 0.52, 51_ms), 0.52 + 26 * drift - 0.1 + 25 * drift, 1e-12);
  EXPECT_NEAR(x_after({2, 200}, 13_mV, 0.45, 20_ms), 0.45 - 20 * drift, 1e-12);  // calcium of one spike is too little
  EXPECT_EQ(x_after({200}, 13_mV, 0.45, 300_ms), 0);                             // and of long ago
  EXPECT_EQ(x_after({}, 13_mV, 0.51, 500_ms), 1);
}

TEST(bistable_synapse, delivers_one_of_two_weights) {
  for (const double x : {0.1, 0.49, 0.51, 0.9}) {
    const bistable_synapse<millivolts> rule{.alpha = 0_Hz, .beta = 0_Hz, .w_min = 0.25_mV, .w_max = 2_mV};
    const told t{{5}, {}, 0_mV, 0.25_mV + x * 1.75_mV, rule};
    const double expected = x > 0.5 ? 2 : 0.25;
    EXPECT_EQ(rule.sent(0.25_mV + x * 1.75_mV).value(), expected);
    for (simulation sim : {simulation{t.net, reference{1_ms}}, simulation{t.net, cpu{.tick = 1_ms}}}) {
      sim.run(10_ms);
      EXPECT_NEAR(sim.read(t.to, "v", 0), expected, 1e-6);
      EXPECT_NEAR(sim.weights(t.learned)[0], 0.25 + x * 1.75, 1e-6);
    }
  }
}

TEST(bistable_synapse, stops_learning_where_the_target_fires_too_much_or_too_little) {
  std::vector<double> arrivals;
  for (double t = 300; t < 600; t += 7) arrivals.push_back(t);
  const auto moved = [&](double interval, millivolts v, double x) {
    std::vector<double> fires;
    for (double t = interval; t < 600; t += interval) fires.push_back(t);
    const bistable_synapse<millivolts> rule{.alpha = 0_Hz, .beta = 0_Hz, .w_max = 1e-9_mV};
    const told t{arrivals, fires, v, millivolts{1e-9 * x}, rule};
    simulation sim{t.net, cpu{.tick = 1_ms, .precision = precision::full}};
    sim.run(600_ms);
    return sim.weights(t.learned)[0] / 1e-9 - x;
  };
  EXPECT_NEAR(moved(10, 13_mV, 0.25), 0.75, 1e-12);   // calcium of 6: up
  EXPECT_NEAR(moved(10, 11_mV, 0.25), 0, 1e-12);      // and down no more
  EXPECT_NEAR(moved(17, 11_mV, 0.75), -0.75, 1e-12);  // some 3.5
  EXPECT_NEAR(moved(40, 13_mV, 0.25), 0, 1e-12);      // 1.5
  EXPECT_NEAR(moved(4, 13_mV, 0.25), 0, 1e-12);       // 15
}

TEST(bistable_synapse, refuses_what_is_no_rule) {
  const auto said = [](const bistable_synapse<millivolts>& rule, auto on) -> std::string {
    try {
      network net{1};
      net.connect(net.add("from", poisson{.rate = 5_Hz}, 10), net.add("to", lif{}, 10), all_to_all{},
                  {.weight = 1_mV, .delay = 1_ms}, rule);
      simulation{net, on};
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "not refused";
  };
  const cpu fast{.tick = 1_ms};
  EXPECT_THAT(said({}, fast), HasSubstr("w_max"));
  EXPECT_THAT(said({.tau_c = 0_ms, .w_max = 1_mV}, fast), HasSubstr("tau_c = 0 ms"));
  EXPECT_THAT(said({.up = {4, 3}, .w_max = 1_mV}, fast), HasSubstr("calcium from 4 to 3"));
  EXPECT_THAT(said({.b = -1, .w_max = 1_mV}, fast), HasSubstr("b = -1"));
  EXPECT_THAT(said({.theta_x = 1, .w_max = 1_mV}, fast), HasSubstr("theta_x = 1"));
  EXPECT_THAT(said({.w_min = 1_mV, .w_max = 1_mV}, fast), HasSubstr("w_min = 1"));
  EXPECT_THAT(said({.w_min = 1.5_mV, .w_max = 2_mV}, fast), HasSubstr("1.5"));
  crossbar array{.tick = 1_ms, .hardware = load_hardware("ideal")};
  override_hardware(array.hardware, std::vector<std::string>{"device.programming=pulses"});
  EXPECT_THAT(said({.w_max = 1_mV}, array), HasSubstr("one of two states"));
}

}  // namespace
}  // namespace spinule::bistable_synapse_test

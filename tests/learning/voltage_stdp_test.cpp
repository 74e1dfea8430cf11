// Plasticity by voltage in general, against its equations step by step; Clopath's rule as one of them.
#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/clopath.hpp>
#include <spinule/learning/voltage_stdp.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "learning/synapse_history.hpp"

namespace spinule::voltage_stdp_test {
namespace {

using testing::HasSubstr;

/// A gate in every tick of 1 ms, from all voltages before it.
std::vector<double> gate_by_hand(const voltage_gate& g, const std::vector<double>& u) {
  std::vector<double> filtered{u[0]}, gates;
  for (std::size_t now = 1; now < u.size(); ++now) {
    const double left = g.tau == 0_ms ? 0 : std::exp(-1 / g.tau.value());
    filtered.push_back(left * filtered.back() + (1 - left) * u[now]);
  }
  for (std::size_t now = 0; now < u.size(); ++now) {
    const auto back = std::min(now, static_cast<std::size_t>(g.delay.value()));
    const double above = filtered[now - back] - g.theta.value();
    gates.push_back(g.power == 0 ? 1 : above > 0 ? std::pow(above, g.power) : 0);
  }
  return gates;
}

double by_hand(const voltage_stdp<millivolts>& r, double w, const std::vector<moment>& arrivals,
               const std::vector<double>& v, const std::vector<bool>& fired) {
  std::vector<double> u = v;
  for (std::size_t now = 0; now < u.size(); ++now)
    for (std::size_t back = 0; back < static_cast<std::size_t>(r.spike_width.value()) && back <= now; ++back)
      if (fired[now - back]) u[now] = r.spike_height.value();
  const auto d = gate_by_hand(r.depression, u), p = gate_by_hand(r.potentiation, u), q = gate_by_hand(r.coincidence, u);
  double x = 0, mean = u[0] - r.rest.value();
  std::size_t in = 0;
  for (moment now = 0; now < static_cast<moment>(u.size()); ++now) {
    double came = 0;
    x *= std::exp(-1 / r.tau_x.value());
    for (; in < arrivals.size() && arrivals[in] == now; ++in, ++came) {
      const double adapted = r.target == 0_mV ? 1 : std::pow(mean / r.target.value(), 2);
      w = std::max(0.0, w - r.w_max.value() * r.a_ltd * adapted * (now > 0 ? d[now - 1] : 0));
    }
    mean += now == 0 ? 0 : (1 - std::exp(-1 / r.tau_long.value())) * (u[now] - r.rest.value() - mean);
    w = std::min(r.w_max.value(), w + r.w_max.value() * r.a_ltp * x / r.tau_x.value() * p[now] * q[now]);
    x += came;
  }
  return w;
}

const voltage_stdp<millivolts> members[]{{.a_ltp = 1e-3,
                                          .a_ltd = 1.5e-2,
                                          .depression = {.tau = 12_ms, .delay = 3_ms, .theta = 1_mV, .power = 0.5},
                                          .potentiation = {.tau = 2_ms, .delay = 1_ms, .theta = 4_mV, .power = 1.5},
                                          .coincidence = {.tau = 9_ms, .delay = 7_ms, .theta = 2_mV, .power = 0.3},
                                          .target = 6_mV,
                                          .rest = 0_mV,
                                          .spike_height = 30_mV,
                                          .w_max = 3_mV},
                                         {.a_ltp = 8e-5,
                                          .a_ltd = 3e-3,
                                          .depression = {.theta = 3_mV},
                                          .potentiation = {.theta = 6_mV, .power = 2},
                                          .coincidence = {.power = 0},
                                          .spike_height = 40_mV,
                                          .spike_width = 3_ms,
                                          .w_max = 3_mV}};

TEST(voltage_stdp, is_what_its_equations_say) {
  for (const auto& rule : members) {
    network net{5};
    const auto from = net.add("from", poisson{.rate = 40_Hz}, 15);
    const auto to = net.add("to", lif{.tau = 15_ms, .threshold = 10_mV}, 8);
    net.drive(to, {.rate = 800_Hz, .weight = 1.2_mV});
    const auto learned = net.connect(from, to, all_to_all{}, {.weight = 1.5_mV, .delay = uniform{1_ms, 5_ms}}, rule);
    const auto check = [&](auto backend, double tolerance) {
      simulation sim{net, backend};
      sim.observe(from);
      sim.observe(to);
      const auto v = sim.probe(to, "v");
      sim.run(500_ms);
      const auto weights = sim.weights(learned);
      const auto synapses = sim.synapses(learned);
      double up = 0, down = 0;
      for (std::size_t s = 0; s < weights.size(); ++s) {
        const auto seen = history_of(sim, synapses[s], from, to, v, 8, 500);
        ASSERT_NEAR(weights[s], by_hand(rule, 1.5, seen.arrivals, seen.voltage, seen.fired), tolerance);
        up = std::max(up, weights[s] - 1.5);
        down = std::max(down, 1.5 - weights[s]);
      }
      EXPECT_GT(up, 0.1);
      EXPECT_GT(down, 0.1);
    };
    check(reference{1_ms}, 1e-12);
    for (const int threads : {1, 2, 3, 8}) {
      check(cpu{.tick = 1_ms, .threads = threads, .precision = precision::full}, 1e-12);
      check(cpu{.tick = 1_ms, .threads = threads}, 1e-4);  // a power of 0.3 makes much of rounding
    }
  }
}

TEST(voltage_stdp, of_long_spikes_in_fine_ticks_is_that_of_the_reference) {
  // Spikes of 30 ticks, in which often something arrives; and sources so slow that their targets fire ten times
  // between.
  clopath<millivolts> rule{.theta_plus = 6_mV,
                           .theta_minus = 2_mV,
                           .a_ltp = 2e-5,
                           .a_ltd = 1e-4,
                           .rest = 0_mV,
                           .spike_height = 30_mV,
                           .spike_width = 3_ms,
                           .w_max = 3_mV};
  network net{5};
  const auto to = net.add("to", lif{.tau = 15_ms, .threshold = 10_mV}, 20);
  net.drive(to, {.rate = 900_Hz, .weight = 1.2_mV});
  std::vector<projection> learned;
  for (const kilohertz rate : {150_Hz, 4_Hz})
    learned.push_back(net.connect(net.add(rate > 100_Hz ? "fast" : "slow", poisson{.rate = rate}, 4), to, all_to_all{},
                                  {.weight = uniform{0.5_mV, 2.5_mV}, .delay = uniform{0.5_ms, 3_ms}}, rule));
  const auto after = [&](auto backend) {
    simulation sim{net, backend};
    sim.run(1000_ms);  // beyond a catching up
    std::vector<double> all = sim.weights(learned[0]);
    for (const double w : sim.weights(learned[1])) all.push_back(w);
    return all;
  };
  const auto expected = after(reference{0.1_ms});
  EXPECT_GT(std::ranges::count_if(expected, [](double w) { return w > 0.01 && w < 2.99; }), 40);
  for (const int threads : {1, 3}) {
    const auto given = after(cpu{.tick = 0.1_ms, .threads = threads, .precision = precision::full});
    for (std::size_t s = 0; s < expected.size(); ++s) ASSERT_NEAR(given[s], expected[s], 1e-11);
  }
}

/// The weight that a synapse in use gains while its target is held at a voltage.
double gained(const auto& rule, millivolts v) {
  network net{1};
  const auto to = net.add("to", lif{.tau = 1e9_ms, .threshold = 100_mV}, 1);
  net.initialise(to, "v", v);
  const auto learned = net.connect(net.add("from", spike_list{{{10_ms, 0}, {30_ms, 0}}}, 1), to, all_to_all{},
                                   {.weight = 0.5e-6_mV}, rule);
  simulation sim{net, cpu{.tick = 1_ms, .precision = precision::full}};
  sim.run(200_ms);
  return sim.weights(learned)[0] / 1e-6 - 0.5;
}

TEST(voltage_stdp, of_two_thresholds_turns_from_depression_to_potentiation) {
  auto rule = two_thresholds(5_mV, 8_mV, 1e-6_mV);
  rule.a_ltd = 1e-3;
  rule.a_ltp = 4e-3;
  EXPECT_EQ(gained(rule, 4_mV), 0);
  EXPECT_NEAR(gained(rule, 7_mV), -2 * 1e-3 * 2, 1e-8);
  // Sums over ticks of both traces: arrivals count from the tick after them.
  const double left = std::exp(-1 / 15.0);
  const auto sum = [&](int ticks) { return left * (1 - std::pow(left, ticks)) / (1 - left) / 15; };
  EXPECT_NEAR(gained(rule, 12_mV), 4e-3 * 4 * (sum(189) + sum(169)) - 2 * 1e-3 * 7, 1e-8);
  EXPECT_LT(gained(rule, 8.5_mV), 0);
  EXPECT_GT(gained(rule, 12_mV), 0);
}

TEST(voltage_stdp, has_clopath_among_its_members) {
  const clopath<millivolts> rule{.theta_plus = 6_mV,
                                 .theta_minus = 2_mV,
                                 .a_ltp = 4e-4,
                                 .a_ltd = 3e-3,
                                 .target = 4_mV,
                                 .rest = 0_mV,
                                 .w_max = 1e-6_mV};
  for (const millivolts v : {1_mV, 4_mV, 9_mV}) EXPECT_EQ(gained(rule, v), gained(rule.general(), v));
  EXPECT_NE(gained(rule, 9_mV), 0);
}

TEST(voltage_stdp, refuses_what_is_no_rule) {
  const auto said = [](const voltage_stdp<millivolts>& rule) -> std::string {
    try {
      gained(rule, 1_mV);
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "not refused";
  };
  EXPECT_THAT(said({}), HasSubstr("w_max"));
  EXPECT_THAT(said({.depression = {.power = -1}, .w_max = 1_mV}), HasSubstr("depression: power = -1"));
  EXPECT_THAT(said({.potentiation = {.tau = -1_ms}, .w_max = 1_mV}), HasSubstr("potentiation: a time constant of -1"));
  EXPECT_THAT(said({.coincidence = {.delay = 0.5_ms}, .w_max = 1_mV}), HasSubstr("delay of voltages"));
  EXPECT_THAT(said({.a_ltp = -1, .w_max = 1_mV}), HasSubstr("a_ltp = -1"));
}

}  // namespace
}  // namespace spinule::voltage_stdp_test

// Voltage-based plasticity against its closed form at a constant voltage, and against its equations step by step.
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/clopath.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/simulation.hpp>

#include "learning/pair_of_neurons.hpp"
#include "learning/synapse_history.hpp"

namespace spinule::clopath_test {

using testing::HasSubstr;

/// Of a membrane that rests at 0 and fires at some ten mV.
clopath<millivolts> around_zero() {
  return {.delay = 4_ms,
          .theta_plus = 6_mV,
          .theta_minus = 2_mV,
          .a_ltp = 4e-4,
          .a_ltd = 3e-3,
          .rest = 0_mV,
          .spike_height = 30_mV,
          .w_max = 3_mV};
}

TEST(clopath, of_a_constant_voltage_is_a_closed_form) {
  network net{1};
  const auto from = net.add("from", spike_list{{{10_ms, 0}, {17_ms, 0}}}, 1);
  const auto to = net.add("to", lif{.tau = milliseconds{1e12}, .threshold = 100_mV}, 1);
  net.initialise(to, "v", 9_mV);
  const auto rule = around_zero();
  const auto learned = net.connect(from, to, all_to_all{}, {.weight = 1e-6_mV, .delay = 0_ms}, rule);
  // Each arrival takes a_ltd (u - theta_minus) w_max; the trace of one then adds, tick by tick, a geometric series.
  const double left = std::exp(-1 / 15.0), gain = 3 * 4e-4 * (9 - 6) * (9 - 2) / 15, loss = 3 * 3e-3 * (9 - 2);
  const auto series = [&](int n) { return left * (1 - std::pow(left, n)) / (1 - left); };
  const double before_second = gain * series(6);  // ticks 11 to 16
  const double expected = before_second - loss < 0 ? 0.0 : before_second - loss;
  // In tick 17 the target's voltage still meets the trace of the first arrival alone.
  const double end = expected + gain * series(6 + 33) - gain * series(6) + gain * series(32);
  for (simulation sim :
       {simulation{net, reference{1_ms}}, simulation{net, cpu{.tick = 1_ms, .precision = precision::full}}}) {
    sim.run(50_ms);
    EXPECT_NEAR(sim.weights(learned)[0], end, 1e-8);
  }
}

/// The equations as they stand, tick by tick, for one synapse; v and fired are what the target showed.
double by_hand(const clopath<millivolts>& r, double w, const std::vector<moment>& arrivals,
               const std::vector<double>& v, const std::vector<bool>& fired) {
  const auto decay = [](milliseconds tau) { return std::exp(-1 / tau.value()); };
  std::vector<double> plus, minus;
  double mean = 0, x = 0, depressing = 0;
  moment until = -1;
  std::size_t in = 0;
  for (moment now = 0; now < static_cast<moment>(v.size()); ++now) {
    double came = 0;
    x *= decay(r.tau_x);
    for (; in < arrivals.size() && arrivals[in] == now; ++in, ++came)
      w = std::fmax(0, w - r.w_max.value() * r.a_ltd * depressing);
    if (fired[now]) until = now + static_cast<moment>(r.spike_width.value());
    const double u = now < until ? r.spike_height.value() : v[now];
    plus.push_back(now == 0 ? u : u + decay(r.tau_plus) * (plus.back() - u));
    minus.push_back(now == 0 ? u : u + decay(r.tau_minus) * (minus.back() - u));
    mean = now == 0 ? u - r.rest.value() : u - r.rest.value() + decay(r.tau_long) * (mean - u + r.rest.value());
    const auto then = static_cast<std::size_t>(std::max<moment>(0, now - static_cast<moment>(r.delay.value())));
    depressing = std::fmax(0, minus[then] - r.theta_minus.value());
    if (r.target != 0_mV) depressing *= std::pow(mean / r.target.value(), 2);
    w += r.w_max.value() * r.a_ltp * x / r.tau_x.value() * std::fmax(0, u - r.theta_plus.value()) *
         std::fmax(0, plus[then] - r.theta_minus.value());
    w = std::fmin(w, r.w_max.value());
    x += came;
  }
  return w;
}

TEST(clopath, follows_the_voltage_of_every_target) {
  for (const millivolts target : {0_mV, 5_mV}) {
    auto rule = around_zero();
    rule.target = target;
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
      sim.run(700_ms);
      EXPECT_GT(sim.spikes(to).size(), 40u);
      const auto weights = sim.weights(learned);
      const auto synapses = sim.synapses(learned);
      double moved = 0;
      for (std::size_t s = 0; s < weights.size(); ++s) {
        const auto seen = history_of(sim, synapses[s], from, to, v, 8, 700);
        ASSERT_NEAR(weights[s], by_hand(rule, 1.5, seen.arrivals, seen.voltage, seen.fired), tolerance);
        moved = std::fmax(moved, std::fabs(weights[s] - 1.5));
      }
      EXPECT_GT(moved, 0.3);
    };
    check(reference{1_ms}, 1e-11);
    for (const int threads : {1, 2}) check(cpu{.tick = 1_ms, .threads = threads, .precision = precision::full}, 1e-11);
    check(cpu{.tick = 1_ms}, 2e-5);
  }
}

/// tests/learning/rules_brian2.py: Brian2 2.5.1 on the same trains, in steps of 0.01 ms.
TEST(clopath, is_what_brian2_gives) {
  const std::vector<double> drive{3,   6,   9,   30,  31,  60,  62,  64,  66,  68, 100,
                                  103, 104, 150, 151, 152, 153, 200, 230, 231, 232},
      arrivals{5, 8, 20, 33, 61, 65, 90, 104, 120, 151, 155, 201, 233, 240};
  const auto check = [&](millivolts target, const std::vector<double>& expected) {
    auto rule = around_zero();
    rule.a_ltp = 2e-3;
    rule.a_ltd = 1e-2;
    rule.target = target;
    rule.w_max = 1e-6_mV;  // so that what is learned moves no voltage
    network net{1};
    const auto to = net.add("to", lif{.tau = 10_ms, .threshold = 8_mV, .refractory = 2_ms}, 1);
    net.connect(net.add("drive", spike_list{at(0, drive)}, 1), to, all_to_all{}, {.weight = 5_mV});
    const auto learned =
        net.connect(net.add("from", spike_list{at(0, arrivals)}, 1), to, all_to_all{}, {.weight = 0.5e-6_mV}, rule);
    simulation sim{net, cpu{.tick = 0.01_ms, .precision = precision::full}};
    sim.observe(to);
    for (std::size_t k = 0; const double end : {95.0, 180.0, 300.0}) {
      sim.run(milliseconds{end} - sim.now() * sim.tick());
      EXPECT_NEAR(sim.weights(learned)[0] / 1e-6, expected[k++], 6e-4) << end;
    }
    EXPECT_EQ(sim.spikes(to).size(), 7u);
  };
  check(0_mV, {0.523996, 0.521975, 0.494855});
  check(5_mV, {0.551056, 0.551018, 0.550210});
}

TEST(clopath, refuses_what_it_cannot_follow) {
  const auto said = [](auto call) -> std::string {
    try {
      network net{1};
      call(net, net.add("from", poisson{.rate = 5_Hz}, 10));
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "not refused";
  };
  const auto onto_lif = [](clopath<millivolts> rule, double dendritic = 0) {
    return [=](network& net, const population& from) {
      const auto to = net.add("to", lif{}, 10);
      net.connect(from, to, all_to_all{}, {.weight = 1_mV, .delay = 1_ms, .dendritic = dendritic}, rule);
      simulation{net, cpu{.tick = 1_ms}};
    };
  };
  EXPECT_THAT(said(onto_lif({})), HasSubstr("w_max"));
  EXPECT_THAT(said(onto_lif({.tau_plus = 0_ms, .w_max = 1_mV})), HasSubstr("time constant of 0 ms"));
  EXPECT_THAT(said(onto_lif({.delay = -1_ms, .w_max = 1_mV})), HasSubstr("delay = -1 ms"));
  EXPECT_THAT(said(onto_lif({.a_ltd = -1, .w_max = 1_mV})), HasSubstr("a_ltd = -1"));
  EXPECT_THAT(said(onto_lif({.w_max = 1_mV}, 0.5)), HasSubstr("no dendritic delay"));
  EXPECT_THAT(said(onto_lif({.delay = 0.5_ms, .w_max = 1_mV})), HasSubstr("delay of voltages"));
  EXPECT_THAT(said([](network& net, const population& from) {
                net.connect(from, net.add("to", threshold_unit{}, 10), all_to_all{}, {.weight = 1, .delay = 1_ms},
                            clopath<number>{.w_max = number{1}});
              }),
              HasSubstr("\"v\""));
}

}  // namespace spinule::clopath_test

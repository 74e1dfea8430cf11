// Bounds of synapses beside those of a rule, and Dale's law.
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/astrocyte_stdp.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>
#include <spinule/simulation.hpp>

#include "io/message.hpp"

namespace spinule::weight_sign_test {

using testing::HasSubstr;

/// Sources of either sign and of none, of 40 spikes a second, and cells that fire.
struct signed_sources {
  network net{3};
  population excites = net.add("excites", poisson{.rate = 40_Hz}, 20, {.sign = weight_sign::excitatory});
  population inhibits = net.add("inhibits", poisson{.rate = 40_Hz}, 20, {.sign = weight_sign::inhibitory});
  population free = net.add("free", poisson{.rate = 40_Hz}, 20);
  population_of<lif> cells = net.add("cells", lif{.tau = 10_ms, .threshold = 5_mV}, 10);

  signed_sources() { net.drive(cells, {.rate = 1_kHz, .weight = 1.5_mV}); }
  std::string connecting(const population& from, edges<millivolts> pairs, const synapse<millivolts>& s,
                         const auto&... rule) {
    return message_of<spinule_error>([&] { net.connect(from, cells, std::move(pairs), s, rule...); });
  }
};

TEST(weight_sign, of_static_weights_is_that_of_their_source) {
  signed_sources w;
  EXPECT_THAT(
      w.connecting(w.excites, all_to_all{}, {.weight = -1_mV}),
      HasSubstr("projection \"excites->cells\" weight: can be -1, and \"excites\" was said to have weights of 0 "
                "or more"));
  EXPECT_THAT(w.connecting(w.inhibits, all_to_all{}, {.weight = 1_mV}), HasSubstr("weights up to 0"));
  EXPECT_THAT(w.connecting(w.excites, all_to_all{}, {.weight = normal{1_mV, 0.5_mV}}), HasSubstr("`clipped`"));
  const std::vector<listed<millivolts>> both{{0, 0, 1_mV, 1_ms}, {1, 0, -0.5_mV, 1_ms}};
  EXPECT_THAT(w.connecting(w.excites, both, {}), HasSubstr("can be -0.5"));
  EXPECT_THAT(w.connecting(w.inhibits, both, {}), HasSubstr("can be 1"));
  EXPECT_TRUE(w.net.projections().empty());
  EXPECT_EQ(w.connecting(w.free, both, {}), "");
  EXPECT_EQ(w.connecting(w.excites, all_to_all{}, {.weight = 0_mV}), "");
  EXPECT_EQ(w.connecting(w.inhibits, all_to_all{}, {.weight = uniform{-1_mV, 0_mV}}), "");
}

TEST(weight_sign, is_said_by_a_port_that_takes_no_negative_weights) {
  signed_sources w;
  const auto cells = w.net.add("conducting", current_lif{}, 10);
  const auto both = by_sign{cells[current_lif::excitatory], cells[current_lif::inhibitory]};
  EXPECT_THAT(message_of<spinule_error>([&] {
                w.net.connect(w.excites, both, all_to_all{}, {.weight = uniform{-1_pA, 1_pA}});
              }),
              HasSubstr("weights of 0 or more"));
  EXPECT_THAT(message_of<spinule_error>([&] {
                w.net.connect(w.inhibits, both, all_to_all{}, {.weight = uniform{-1_pA, 1_pA}});
              }),
              HasSubstr("weights up to 0"));
  EXPECT_TRUE(w.net.projections().empty());
  w.net.connect(w.inhibits, both, all_to_all{}, {.weight = -1_pA});
}

/// A rule that would carry weights to either side of 0, from both sources.
TEST(weight_sign, holds_while_a_rule_learns) {
  signed_sources w;
  const astrocyte_stdp rule{.eta = 0.5, .w_step = 2_mV, .w_max = 3_mV, .both_signs = true};
  const auto up = w.net.connect(w.excites, w.cells, all_to_all{}, {.weight = 0.5_mV, .delay = 1_ms}, rule);
  const auto down = w.net.connect(w.inhibits, w.cells, all_to_all{}, {.weight = -0.5_mV, .delay = 1_ms}, rule);
  const auto either = w.net.connect(w.free, w.cells, all_to_all{}, {.weight = 0_mV, .delay = 1_ms}, rule);
  const auto astrocyte = w.net.add("astrocyte", value_list{{{0_ms, 0, 0.5}}}, 1);
  for (const auto& p : {up, down, either}) w.net.modulate(astrocyte, p, factor::learning, 1_ms);
  for (simulation sim : {simulation{w.net, reference{1_ms}}, simulation{w.net, cpu{.tick = 1_ms, .threads = 2}}}) {
    double lowest = 0, highest = 0;
    for (int part = 0; part < 20; ++part) {
      sim.run(25_ms);
      for (const double x : sim.weights(up)) ASSERT_TRUE(x >= 0 && x <= 3) << x;
      for (const double x : sim.weights(down)) ASSERT_TRUE(x <= 0 && x >= -3) << x;
      for (const double x : sim.weights(either)) lowest = std::min(lowest, x), highest = std::max(highest, x);
    }
    EXPECT_LT(lowest, -0.5);
    EXPECT_GT(highest, 0.5);
    EXPECT_THAT(message_of<spinule_error>([&] { sim.assign(up, std::vector<double>(200, -1)); }),
                HasSubstr("outside the bounds 0 to 3"));
  }
}

TEST(weight_sign, holds_where_weights_are_assigned) {
  signed_sources w;
  const auto p = w.net.connect(w.inhibits, w.cells, all_to_all{}, {.weight = 0_mV, .lowest = -2_mV, .highest = 2_mV});
  simulation sim{w.net, cpu{.tick = 1_ms}};
  EXPECT_THAT(message_of<spinule_error>([&] { sim.assign(p, std::vector<double>(200, 1)); }),
              HasSubstr("outside the bounds -2 to 0"));
  sim.assign(p, std::vector<double>(200, -2));
}

/// In float a bound of 0.1 is more than 0.1.
TEST(weight_sign, and_bounds_let_weights_that_were_read_be_assigned) {
  signed_sources w;
  const auto p = w.net.connect(w.excites, w.cells, all_to_all{}, {.weight = 0.1_mV, .delay = 1_ms},
                               pair_stdp{.lambda = 0.2, .w_max = 0.1_mV});
  const auto q = w.net.connect(w.free, w.cells, all_to_all{}, {.weight = 0.3_mV, .delay = 1_ms, .highest = 0.3_mV},
                               pair_stdp{.lambda = 0.2, .w_max = 0.5_mV});
  simulation sim{w.net, cpu{.tick = 1_ms}};
  for (const auto& each : {p, q}) {
    const auto read = sim.weights(each);
    EXPECT_EQ(message_of<spinule_error>([&] { sim.assign(each, read); }), "");
    EXPECT_EQ(sim.weights(each), read);
  }
}

TEST(weight_sign, and_bounds_that_leave_nothing_are_refused) {
  signed_sources w;
  const pair_stdp rule{.w_max = 1_mV};
  EXPECT_THAT(w.connecting(w.inhibits, all_to_all{}, {.weight = 0_mV}, rule),
              HasSubstr("the rule keeps weights between 0 and 1, which leaves no weights up to 0"));
  EXPECT_THAT(w.connecting(w.free, all_to_all{}, {.weight = 2_mV, .lowest = 2_mV, .highest = 3_mV}, rule),
              HasSubstr("which leaves no weights between 2 and 3"));
  EXPECT_THAT(w.connecting(w.free, all_to_all{}, {.weight = 0.1_mV, .lowest = 0.2_mV}, rule),
              HasSubstr("can be 0.1 where the bounds are 0.2 to 1"));
  EXPECT_THAT(w.connecting(w.free, all_to_all{}, {.weight = 0.5_mV, .highest = 0.4_mV}, rule),
              HasSubstr("can be 0.5 where the bounds are 0 to 0.4"));
  EXPECT_THAT(w.connecting(w.free, all_to_all{}, {.weight = 0.1_mV, .highest = 0.4_mV}),
              HasSubstr("give both `lowest` and `highest`"));
  const millivolts none{std::numeric_limits<double>::quiet_NaN()};
  EXPECT_THAT(w.connecting(w.free, all_to_all{}, {.weight = 0.1_mV, .lowest = none}, rule), HasSubstr("not a number"));
  EXPECT_TRUE(w.net.projections().empty());
  EXPECT_EQ(w.connecting(w.free, all_to_all{}, {.weight = 0.3_mV, .lowest = 0.2_mV}, rule), "");
}

/// Without types nothing else compares units.
TEST(weight_sign, of_a_rule_in_other_units_is_refused) {
  signed_sources w;
  connection c{.from = w.free, .to = w.cells, .pairs = wiring{all_to_all{}}, .weight = {law::shape::constant, 0.5}};
  c.rule = std::make_shared<rule_holder<pair_stdp<picoamperes>>>(pair_stdp{.w_max = 1_pA});
  EXPECT_THAT(message_of<spinule_error>([&] { w.net.add(c); }),
              HasSubstr("takes weights in mV, and the rule changes weights in pA"));
}

}  // namespace spinule::weight_sign_test

// Rules with a third factor: how they are wired, what they cost a user who forgets it, and short-term plasticity beside
// them.
#include <algorithm>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/dopamine_stdp.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/rectified_unit.hpp>
#include <spinule/models/relay.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>
#include <spinule/simulation.hpp>

namespace spinule::third_factor_test {

using testing::HasSubstr;

template <class Call>
std::string refused(Call call) {
  try {
    call();
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "not refused";
}

struct wired {
  network net{1};
  population from = net.add("from", poisson{.rate = 50_Hz}, 20);
  population_of<lif> to = net.add("to", lif{}, 10);
  population counter = net.add("counter", rectified_unit{}, 1);
  projection learns(const auto& rule) {
    return net.connect(from, to, all_to_all{}, {.weight = 1_mV, .delay = 1_ms}, rule);
  }
};

TEST(third_factor, is_missed_when_nothing_drives_it) {
  wired w;
  w.learns(dopamine_stdp{.w_max = 2_mV});
  for (const auto& text : {refused([&] {
                             simulation{w.net, reference{1_ms}};
                           }),
                           refused([&] {
                             simulation{w.net, cpu{.tick = 1_ms}};
                           })}) {
    EXPECT_THAT(text, HasSubstr("projection \"from->to\""));
    EXPECT_THAT(text, HasSubstr("third factor that nothing drives"));
  }
}

TEST(third_factor, is_refused_where_it_cannot_be) {
  wired w;
  const auto pairs = w.learns(pair_stdp{.w_max = 2_mV}), dopamine = w.learns(dopamine_stdp{.w_max = 2_mV}),
             fixed = w.net.connect(w.from, w.to, all_to_all{}, {.weight = 1_mV});
  const auto several = w.net.add("several", rectified_unit{}, 3);
  const auto said = [&](const population& by, const projection& p, milliseconds after = 1_ms) {
    return refused([&] { w.net.modulate(by, p, factor::learning, after); });
  };
  EXPECT_THAT(said(w.counter, pairs), HasSubstr("has no third factor"));
  EXPECT_THAT(said(w.counter, fixed), HasSubstr("has no third factor"));
  EXPECT_THAT(said(several, dopamine), HasSubstr("\"several\" has 3 neurons"));
  EXPECT_THAT(said(w.from, dopamine), HasSubstr("a modulator is a graded model"));
  EXPECT_THAT(said(w.counter, dopamine, 0_ms), HasSubstr("give one tick or more"));
  EXPECT_EQ(said(w.counter, dopamine), "not refused");
  EXPECT_THAT(said(w.counter, dopamine), HasSubstr("already"));
}

TEST(third_factor, of_dopamine_refuses_what_is_no_number) {
  const auto said = [](const dopamine_stdp<millivolts>& rule) {
    wired w;
    return refused([&] { w.learns(rule); });
  };
  EXPECT_THAT(said({}), HasSubstr("w_max"));
  EXPECT_THAT(said({.a_plus = -1, .w_max = 1_mV}), HasSubstr("a_plus = -1"));
  EXPECT_THAT(said({.tau_c = 0_ms, .w_max = 1_mV}), HasSubstr("tau = 0 ms"));
  EXPECT_THAT(said({.tau_n = milliseconds{std::numeric_limits<double>::infinity()}, .w_max = 1_mV}),
              HasSubstr("tau_n"));
  EXPECT_THAT(said({.baseline = kilohertz{-std::numeric_limits<double>::infinity()}, .w_max = 1_mV}),
              HasSubstr("baseline"));
}

/// Depressing terminals in front of synapses that learn: spikes teach, and are delivered as weight times amplitude.
TEST(short_term_plasticity, goes_together_with_a_rule) {
  network net{3};
  const auto noise = net.add("noise", poisson{.rate = 80_Hz}, 30);
  const auto terminals = net.add("terminals", tsodyks_markram_terminal{.tau_recovery = 150_ms}, 30);
  const auto cells = net.add("cells", lif{}, 20);
  net.connect(noise, terminals, one_to_one{}, {.weight = 1});
  const auto learned = net.connect(terminals, cells, fixed_probability{0.5},
                                   {.weight = 8_mV, .delay = uniform{1_ms, 4_ms}}, pair_stdp{.w_max = 16_mV});
  simulation plain{net, reference{1_ms}};
  plain.observe(cells);
  plain.run(600_ms);
  EXPECT_GT(plain.spikes(cells).size(), 200u);
  for (const auto by : {stepping::sweep, stepping::visit})
    for (const int threads : {1, 2}) {
      simulation fast{net, cpu{.tick = 1_ms, .threads = threads, .stepping = by, .precision = precision::full}};
      fast.observe(cells);
      fast.run(600_ms);
      EXPECT_TRUE(std::ranges::equal(plain.spikes(cells), fast.spikes(cells)));
      const auto a = plain.weights(learned), b = fast.weights(learned);
      for (std::size_t s = 0; s < a.size(); ++s) ASSERT_NEAR(a[s], b[s], 1e-11);
    }
  // The same spikes over terminals that release everything teach the same as spikes without them.
  const auto weights = [](auto connect) {
    network one{4};
    const auto noise_of = one.add("noise", poisson{.rate = 40_Hz}, 10);
    const auto from = one.add("from", relay{}, 10);  // one spike in a tick, as a terminal sends
    const auto to = one.add("to", lif{}, 10);
    one.connect(noise_of, from[relay::repeated], one_to_one{}, {.weight = 1});
    const projection p = connect(one, from, to);
    simulation sim{one, cpu{.tick = 1_ms, .precision = precision::full}};
    sim.run(500_ms);
    return sim.weights(p);
  };
  const pair_stdp rule{.w_max = 8_mV};
  const synapse<millivolts> all{.weight = 5_mV, .delay = 1_ms};
  const auto direct = weights(
      [&](network& one, const auto& from, const auto& to) { return one.connect(from, to, all_to_all{}, all, rule); });
  const auto through = weights([&](network& one, const auto& from, const auto& to) {
    const auto full = one.add("full", tsodyks_markram_terminal{1, 0_ms, 0_ms}, 10);
    one.connect(from, full, one_to_one{}, {.weight = 1});
    return one.connect(full, to, all_to_all{}, all, rule);
  });
  EXPECT_EQ(direct, through);
}

}  // namespace spinule::third_factor_test

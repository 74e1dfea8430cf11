// What every back end promises, whatever it emulates.
#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/rate_unit.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/value_list.hpp>

#include "laws/all_backends.hpp"
#include "laws/linear_block.hpp"

namespace spinule::laws {
namespace {

/// Every source into models that can and that cannot be skipped, values and spikes, a modulator, loops, chains without
/// delay, a silent population.
world mixed_world(index_t n = 60) {
  world w{.net = network{11}, .tick = 0.5_ms, .length = 200};
  network& net = w.net;
  const auto noise = net.add("noise", poisson{.rate = 40_Hz, .start = 3_ms}, 50);
  const auto played = net.add("played", replay{}, 20);
  const auto told = net.add("told", spike_list{{{1_ms, 0}, {20.5_ms, 3}, {20.5_ms, 1}, {90_ms, 2}}}, 4);
  const auto dc = net.add("current", direct_current{.amplitude = 2, .start = 20_ms, .stop = 60_ms}, 1);
  std::vector<lif> units;
  for (index_t i = 0; i < n; ++i) units.push_back({.tau = milliseconds{5.0 + i}, .refractory = 2_ms});
  const auto e = net.add("excitatory", std::move(units));
  const auto i = net.add("inhibitory", current_lif{.tau_inhibitory = 4_ms}, n / 4);
  const auto g = net.add("of conductances", conductance_lif{.refractory = 2_ms}, n / 4);
  const auto b = net.add("of lanes", spiral(6), n / 4);
  const auto silent = net.add("silent", lif{.threshold = 1e6_mV}, 10);
  net.connect(noise, e, fixed_probability{0.2}, {.weight = normal{5_mV, 0.5_mV}, .delay = 0_ms});
  net.connect(played, e, fixed_indegree{.k = 5}, {.weight = 4_mV, .delay = uniform{0.5_ms, 8_ms}});
  net.connect(told, i[current_lif::excitatory], all_to_all{}, {.weight = 900_pA, .delay = 1_ms});
  net.connect(dc, i[current_lif::current], all_to_all{}, {.weight = 150_pA, .delay = 0_ms});
  net.connect(noise, i[current_lif::excitatory], fixed_indegree{.k = 15}, {.weight = 600_pA, .delay = 1_ms});
  net.connect(noise, g[conductance_lif::excitatory], fixed_indegree{.k = 20}, {.weight = 8_nS, .delay = 1_ms});
  net.connect(e, e, fixed_outdegree{.k = 10}, {.weight = normal{1_mV, 0.3_mV}, .delay = uniform{1_ms, 12_ms}});
  const auto gated =
      net.connect(e, i[current_lif::excitatory], fixed_outdegree{.k = 3}, {.weight = 150_pA, .delay = 2_ms});
  net.connect(i, e, fixed_probability{0.3}, {.weight = -2_mV, .delay = 1_ms});
  net.connect(i, g[conductance_lif::inhibitory], fixed_probability{0.3},
              {.weight = uniform{2_nS, 4_nS}, .delay = 3_ms});
  net.connect(noise, b[linear_block::branches], fixed_probability{0.02},
              {.weight = uniform{-0.5, 1.0}, .delay = uniform{0.5_ms, 3_ms}});
  net.connect(i, b[linear_block::first], fixed_indegree{.k = 2}, {.weight = -0.4, .delay = 1_ms});
  net.connect(b, e, fixed_outdegree{.k = 2}, {.weight = 1_mV, .delay = 2_ms});
  net.connect(g, silent, all_to_all{}, {.weight = 0.5_mV, .delay = 0_ms});
  const auto wave = net.add("wave", value_list{{{2_ms, 0, 0.7}, {40_ms, 1, -1.5}, {60_ms, 0, 0.0}}}, 3);
  const auto rate = net.add("rate", rate_unit{.tau = 8_ms}, 12);
  net.connect(wave, rate, fixed_indegree{.k = 2}, {.weight = 0.5, .delay = 0_ms});
  net.connect(noise, rate, fixed_indegree{.k = 5}, {.weight = 4, .delay = 1_ms});
  net.connect(rate, rate, fixed_outdegree{.k = 3}, {.weight = normal{0, 0.3}, .delay = uniform{1_ms, 4_ms}});
  net.connect(rate, e, all_to_all{}, {.weight = 0.1_mV, .delay = 1_ms});
  net.connect(rate, i[current_lif::current], fixed_outdegree{.k = 4}, {.weight = 20_pA, .delay = 2_ms});
  const auto mood = net.add("mood", rate_unit{.bias = 1, .largest = 2}, 1);
  net.connect(e, mood, all_to_all{}, {.weight = 0.1, .delay = 1_ms});
  net.modulate(mood, gated);
  net.initialise(e, "v", uniform{0_mV, 14_mV});
  w.begin = [played](simulation& sim) {
    std::vector<event> events;
    for (std::int64_t t = 0; t < 90'000; t += 700) events.push_back({t, static_cast<std::uint32_t>(t / 700 * 7 % 20)});
    sim.play(played, events);
  };
  return w;
}

class backend_law : public testing::TestWithParam<backend_trial> {
 protected:
  const stage& on() const { return GetParam().on; }
};
INSTANTIATE_TEST_SUITE_P(all, backend_law, testing::ValuesIn(all_backends()),
                         [](const auto& one) { return one.param.on.name; });

TEST_P(backend_law, starts_anew_after_reset) { expect_reset_to_equal_fresh(mixed_world(), on()); }
TEST_P(backend_law, keeps_episodes_apart) { expect_episodes_to_be_independent(mixed_world(), on()); }
TEST_P(backend_law, may_run_in_pieces) { expect_pieces_to_equal_the_whole(mixed_world(), on()); }
TEST_P(backend_law, is_not_changed_by_watching) { expect_recorders_to_change_nothing(mixed_world(), on()); }
TEST_P(backend_law, has_independent_copies) { expect_copies_to_be_independent(mixed_world(), on()); }

TEST_P(backend_law, fires_everywhere_and_draws_afresh_for_another_episode) {
  const auto w = mixed_world();
  const outcome o = run(w, on()), other = run(w, on(), 1);
  for (std::size_t p = 0; p < o.spikes.size(); ++p) {
    const auto& cells = w.net.populations()[p];
    EXPECT_EQ(o.spikes[p].empty(), cells.name == "silent" || cells.model->is_graded()) << cells.name;
  }
  EXPECT_NE(o.spikes[0], other.spikes[0]);
  EXPECT_EQ(o.spikes[1], other.spikes[1]);
  EXPECT_NE(o.spikes[4], other.spikes[4]);
}

TEST_P(backend_law, repeats_the_spikes_of_its_model) {
  const auto w = mixed_world();
  const auto all = all_backends();
  const auto model = std::ranges::find_if(all, [&](const auto& t) { return t.on.name == GetParam().spikes_of; });
  const outcome o = run(w, on());
  if (model != all.end()) {
    EXPECT_EQ(run(w, model->on).spikes, o.spikes);
  } else {
    EXPECT_EQ(GetParam().spikes_of, "") << "no such trial";
    EXPECT_EQ(o, run(w, on())) << "a second build differs";
  }
}

/// Counts and energies by layer and component, the standing ones too.
std::map<std::string, std::pair<double, double>> ledger(const simulation& sim) {
  std::map<std::string, std::pair<double, double>> all;
  const auto report = sim.costs();
  for (const auto& c : report->dynamic) all[c.layer + ": " + c.component] = {static_cast<double>(c.count), c.energy_pj};
  for (const auto& c : report->standing) all["standing: " + c.component] = {0, c.energy_pj};
  all["latency"] = {0, report->latency_us};
  return all;
}

TEST_P(backend_law, reports_costs_where_it_emulates_hardware) {
  EXPECT_EQ(on().make(mixed_world()).costs().has_value(), GetParam().costs);
}

TEST_P(backend_law, adds_costs_up_over_pieces) {
  if (!GetParam().costs) GTEST_SKIP() << "emulates no hardware";
  const auto w = mixed_world();
  auto whole = on().make(w), cut = on().make(w);
  for (const auto& [what, cost] : ledger(whole)) EXPECT_EQ(cost, (std::pair{0.0, 0.0})) << what << " before a tick";
  run(w, whole);
  w.begin(cut);
  auto before = ledger(cut);
  for (const ticks piece : {1, 59, 0, 100, 40}) {
    cut.run_ticks(piece);
    const auto after = ledger(cut);
    for (const auto& [what, cost] : after) {
      EXPECT_GE(cost.first, before[what].first) << what;
      EXPECT_GE(cost.second, before[what].second) << what;
    }
    before = after;
  }
  EXPECT_EQ(before, ledger(whole));
  cut.reset();
  for (const auto& [what, cost] : ledger(cut)) EXPECT_EQ(cost, (std::pair{0.0, 0.0})) << what << " after reset";
}

TEST_P(backend_law, costs_nothing_but_updates_and_standing_power_without_spikes) {
  if (!GetParam().costs) GTEST_SKIP() << "emulates no hardware";
  world w{.net = network{1}};
  const auto in = w.net.add("in", replay{}, 20);
  const auto out = w.net.add("out", lif{}, 30);
  w.net.connect(in, out, all_to_all{}, {.weight = 1_mV});
  w.net.connect(out, out, all_to_all{}, {.weight = -1_mV, .delay = 1_ms});
  auto sim = on().make(w);
  sim.run_ticks(100);
  for (const auto& [what, cost] : ledger(sim)) {
    if (what == "out: neuron update" || what.starts_with("standing") || what == "latency") continue;
    EXPECT_EQ(cost, (std::pair{0.0, 0.0})) << what;
  }
  const double idle = sim.costs()->dynamic_pj();
  sim.reset();
  sim.play(in, std::vector<event>{{0, 3}, {5000, 4}});
  sim.run_ticks(100);
  EXPECT_GT(sim.costs()->dynamic_pj(), idle);
}

TEST_P(backend_law, refuses_what_it_cannot_run) {
  world cycle{.net = network{1}};
  const auto a = cycle.net.add("a", lif{}, 3), b = cycle.net.add("b", lif{}, 3);
  cycle.net.connect(a, b, one_to_one{}, {.weight = 1_mV});
  cycle.net.connect(b, a, one_to_one{}, {.weight = 1_mV});
  EXPECT_THROW(on().make(cycle), spinule_error);
  for (const double tick :
       {0.0, -1.0, 0.0009, 1001.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    auto w = mixed_world();
    w.tick = milliseconds{tick};
    EXPECT_THROW(on().make(w), spinule_error) << tick << " ms";
  }
  auto sim = on().make(mixed_world());
  EXPECT_THROW(sim.run_ticks(-1), spinule_error);
  EXPECT_EQ(sim.now(), 0) << "a refused run leaves no trace";
}

TEST_P(backend_law, carries_plastic_projections_or_says_that_it_does_not) {
  world w{.net = network{1}, .tick = 1_ms};
  const auto in = w.net.add("in", poisson{.rate = 50_Hz}, 20);
  const auto out = w.net.add("out", lif{}, 10);
  w.projections.push_back(
      w.net.connect(in, out, all_to_all{}, {.weight = 1_mV, .delay = 1_ms}, pair_stdp{.w_max = 3_mV}));
  if (!GetParam().learns) {
    EXPECT_THROW(on().make(w), spinule_error);
    return;
  }
  auto sim = on().make(w);
  const auto start = sim.weights(w.projections[0]);
  sim.run_ticks(300);
  EXPECT_NE(start, sim.weights(w.projections[0]));
}

TEST_P(backend_law, stops_at_too_many_events_and_begins_anew_after_reset) {
  auto w = mixed_world();
  const outcome expected = run(w, on());
  auto sim = on().make(w);
  sim.run_ticks(10);
  sim.play(w.net.find("played"), std::vector<event>(40, event{0, 1}));
  EXPECT_THROW(sim.run_ticks(5), spinule_error) << "40 events of one channel in one tick";
  EXPECT_EQ(expected, run(w, sim));
}

}  // namespace
}  // namespace spinule::laws

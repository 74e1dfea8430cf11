// What every plasticity rule promises: the sum over its spikes as the rule says, on every back end that learns.
#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <gtest/gtest.h>

#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "laws/all_rules.hpp"
#include "laws/run_laws.hpp"

namespace spinule::laws {
namespace {

/// Weights to start from: the middle of what the rule allows, without shares of it at either end.
template <class Rule>
uniform<millivolts> start_of(const Rule& rule, double without = 0.3) {
  const millivolts range = rule.highest() - rule.lowest();
  return {rule.lowest() + without * range, rule.highest() - without * range};
}

/// Bounds of synapses around what they start from.
template <class Rule>
synapse<millivolts> bounded(const Rule& rule, synapse<millivolts> s) {
  const auto [lowest, highest] = start_of(rule, 0.47);
  s.lowest = lowest;
  s.highest = highest;
  return s;
}

/// Plastic projections of every kind: without delay, with spread delays and several synapses of a pair, from a list.
template <class Rule>
world learning_world(const Rule& rule, index_t n = 40, bool narrow = false) {
  world w{.net = network{7}, .tick = 1_ms, .length = 300};
  const auto noise = w.net.add("noise", poisson{.rate = 40_Hz}, 30);
  const auto cells = w.net.add("cells", lif{.tau = 10_ms, .threshold = 8_mV, .refractory = 1_ms}, n);
  const auto others = w.net.add("others", lif{.threshold = 6_mV}, n / 2);
  w.net.drive(cells, {.rate = 500_Hz, .weight = 2.5_mV});
  w.net.drive(others, {.rate = 500_Hz, .weight = 2.5_mV});
  const auto start = start_of(rule, narrow ? 0.48 : 0.3);
  const auto connect = [&](const population& from, auto to, edges<millivolts> pairs, const synapse<millivolts>& s) {
    w.projections.push_back(w.net.connect(from, to, std::move(pairs), narrow ? bounded(rule, s) : s, rule));
  };
  connect(noise, cells, fixed_probability{0.3}, {.weight = start, .delay = 0_ms});
  connect(cells, cells, fixed_total_number{5 * n}, {.weight = start, .delay = uniform{1_ms, 9_ms}});
  std::vector<listed<millivolts>> list;
  for (index_t i = 0; i < n / 2; ++i)
    for (const index_t from : {i, i, i + 1}) list.push_back({from, i, start.low, milliseconds{1.0 + from % 3}});
  connect(cells, others, list, {.dendritic = watches_field<Rule> ? 0.0 : 0.5});
  drive_third_factor(w.net, rule, w.projections);
  return w;
}

const std::vector<stage> stages{on_reference(), on_cpu(stepping::sweep, precision::single),
                                on_cpu(stepping::visit, precision::full),
                                on_cpu(stepping::automatic, precision::single, 2)};

template <class On>
class rule_law : public testing::Test {
 protected:
  static auto rule() { return On::make().rule; }
  static world make(index_t n = 40, bool narrow = false) { return learning_world(rule(), n, narrow); }
};
TYPED_TEST_SUITE(rule_law, all_rules, by_name);

TYPED_TEST(rule_law, moves_weights_on_its_trial) {
  const auto w = this->make();
  auto sim = on_reference().make(w);
  const outcome o = run(w, sim);
  EXPECT_GT(o.spikes[1].size(), 200u);
  EXPECT_GT(o.spikes[2].size(), 100u);
  sim.reset();
  for (std::size_t j = 0; j < w.projections.size(); ++j) {
    const auto start = sim.weights(w.projections[j]);
    double moved = 0;
    for (std::size_t s = 0; s < start.size(); ++s) moved = std::fmax(moved, std::fabs(o.weights[j][s] - start[s]));
    EXPECT_GT(moved, 0.3) << "projection " << j;
  }
}

TYPED_TEST(rule_law, is_that_of_the_reference_in_double) { expect_the_reference(this->make(), 1e-11); }
TYPED_TEST(rule_law, does_not_depend_on_threads) {
  auto w = this->make(1600);
  w.length = 40;
  expect_threads_not_to_matter(w);
}
TYPED_TEST(rule_law, starts_anew_after_reset) {
  for (const auto& on : stages) expect_reset_to_equal_fresh(this->make(), on);
}
TYPED_TEST(rule_law, of_one_episode_leaves_no_trace_in_the_next_after_reset) {
  for (const auto& on : stages) expect_episodes_to_be_independent(this->make(), on);
}
TYPED_TEST(rule_law, may_be_cut_into_pieces) {
  for (const auto& on : stages) expect_pieces_to_equal_the_whole(this->make(), on);
}
TYPED_TEST(rule_law, is_not_changed_by_watching) {
  for (const auto& on : stages) expect_recorders_to_change_nothing(this->make(), on);
}
TYPED_TEST(rule_law, is_continued_alike_by_copies) {
  for (const auto& on : stages) expect_copies_to_be_independent(this->make(), on);
}

TYPED_TEST(rule_law, keeps_weights_and_forgets_spikes_when_an_episode_begins) {
  const auto w = this->make();
  auto expected = on_reference().make(w);
  for (const auto& on : stages) {
    auto sim = on.make(w);
    sim.run_ticks(w.length);
    const auto learned = outcome_weights(w, sim);
    sim.begin_episode(4);
    EXPECT_EQ(learned, outcome_weights(w, sim)) << on;
    EXPECT_EQ(sim.now(), 0) << on;
    EXPECT_EQ(sim.spike_count(), 0u) << on;
  }
  // Three episodes give the same as on the reference, where an episode begins with no spike remembered.
  for (const auto by : all_steppings) {
    auto plain = on_reference().make(w), fast = on_cpu(by, precision::full, 2).make(w);
    for (auto* sim : {&plain, &fast}) {
      observe_all(w, *sim);
      for (std::uint64_t episode : {3, 1, 2}) {
        sim->begin_episode(episode);
        sim->run_ticks(100);
      }
    }
    const auto a = outcome_of(w, plain), b = outcome_of(w, fast);
    EXPECT_EQ(a.spikes, b.spikes);
    EXPECT_LT(apart(a, b), 1e-11);
  }
}

TYPED_TEST(rule_law, keeps_weights_within_its_bounds) {
  const auto w = this->make();
  const auto rule = this->rule();
  for (const auto& on : stages) {
    auto sim = on.make(w);
    for (int part = 0; part < 10; ++part) {
      sim.run_ticks(30);
      for (const auto& j : w.projections)
        for (const double x : sim.weights(j)) {
          ASSERT_GE(x, rule.lowest().value()) << on;
          ASSERT_LE(x, rule.highest().value()) << on;
        }
    }
  }
}

TYPED_TEST(rule_law, keeps_weights_within_the_bounds_of_synapses) {
  const auto w = this->make(40, true);
  const auto within = bounded(this->rule(), {});
  const double lowest = within.lowest->value(), highest = within.highest->value();
  for (const auto& on : stages) {
    auto sim = on.make(w);
    bool met = false;
    for (int part = 0; part < 10; ++part) {
      sim.run_ticks(30);
      for (const auto& j : w.projections)
        for (const double x : sim.weights(j)) {
          ASSERT_GE(x, lowest) << on;
          ASSERT_LE(x, highest) << on;
          met |= x < lowest + 1e-6 || x > highest - 1e-6;
        }
    }
    EXPECT_TRUE(met) << on;
  }
  expect_the_reference(w, 1e-11);
}

/// What is remembered at tick `now` of spikes (ascending), spike by spike.
double remembered(std::span<const moment> spikes, const spike_trace& trace, moment now) {
  double sum = 0;
  for (const moment then : spikes) {
    const double left = std::exp(-static_cast<double>(now - then) / trace.tau.value());  // a tick is 1 ms
    sum = trace.nearest ? left : sum + left;
  }
  return sum;
}
/// The level that the other side reads: of spikes before the tick.
double level(const std::vector<moment>& spikes, const spike_trace& trace, moment now) {
  const auto end = std::lower_bound(spikes.begin(), spikes.end(), now);
  return remembered({spikes.begin(), end}, trace, now);
}
/// The times before `now`.
std::span<const moment> earlier(const std::vector<moment>& spikes, moment now) {
  return {spikes.begin(), std::lower_bound(spikes.begin(), spikes.end(), now)};
}
/// The levels where neighbours are paired, by looking at all spikes.
template <class Rule>
double level_for_arrival(const Rule& rule, const std::vector<moment>& arrivals, std::size_t i,
                         const std::vector<moment>& fired) {
  const moment now = arrivals[i];
  if constexpr (pairing_of<Rule>() == pairing::reduced_symmetric) {
    const auto in = earlier(arrivals, now), out = earlier(fired, now);
    if (i > in.size() || (!in.empty() && !out.empty() && in.back() >= out.back())) return 0;
  }
  return level(fired, as_traces(rule.post())[0], now);
}
template <class Rule>
double level_for_target(const Rule& rule, const std::vector<moment>& arrivals, const std::vector<moment>& fired,
                        moment now) {
  const auto trace = as_traces(rule.pre())[0];
  if constexpr (pairing_of<Rule>() == pairing::by_traces) return level(arrivals, trace, now);
  const auto in = earlier(arrivals, now), out = earlier(fired, now);
  const auto since = out.empty() ? in.begin() : std::lower_bound(in.begin(), in.end(), out.back());
  return remembered({since, in.end()}, trace, now);
}
/// The traces of the spike's own side: of spikes before it, of its own tick too.
template <std::size_t N>
std::array<double, N> own(const std::vector<moment>& spikes, std::size_t i, const std::array<spike_trace, N>& traces) {
  std::array<double, N> all;
  for (std::size_t k = 0; k < N; ++k) all[k] = remembered(std::span{spikes}.first(i), traces[k], spikes[i]);
  return all;
}

/// A weight, and what changes it between spikes where the rule has an eligibility.
template <class Rule>
class changing_weight {
 public:
  changing_weight(const Rule& rule, double w) : rule_{rule}, w_{w}, modulation_{rule, 1_ms} {}
  /// A tick passes.
  void pass(double factor) {
    const double moves = pass_tick(modulation_, factor);
    if constexpr (has_eligibility<Rule>) {
      w_ += e_ * moves;
      e_ *= std::exp(-1 / rule_.eligibility().value());
    }
  }
  /// A spike of either side, with the hook that it calls.
  void operator()(auto hook) {
    if constexpr (has_eligibility<Rule>) {
      w_ = bounded(w_);
      e_ += hook(w_);
    } else {
      w_ = bounded(hook(w_));
    }
  }
  const modulation_of<Rule>& modulation() const { return modulation_; }
  double now() const { return bounded(w_); }

 private:
  double bounded(double x) const { return std::clamp(x, rule_.lowest().value(), rule_.highest().value()); }
  Rule rule_;
  double w_, e_ = 0;
  modulation_of<Rule> modulation_;
};

/// The weight after all pairs of arrivals and spikes of the target, by when they come to the synapse, as the rule says:
/// by tick; arrivals first; a pair within one tick does not count.
template <class Rule>
double directly(const Rule& rule, double w, const std::vector<moment>& arrivals, const std::vector<moment>& fired,
                moment end) {
  const typename Rule::template kernel<double> k{rule};
  const auto pre = as_traces(rule.pre());
  const auto post = as_traces(rule.post());
  changing_weight<Rule> synapse{rule, w};
  std::size_t in = 0, out = 0;
  for (moment now = 0; now < end; ++now) {
    synapse.pass(now == 0 ? 0 : factor_at(now - 1));
    for (; in < arrivals.size() && arrivals[in] == now; ++in) {
      const double much = amount_of_pre(k, own(arrivals, in, pre), synapse.modulation());
      const double y = level_for_arrival(rule, arrivals, in, fired);
      synapse([&](double w_now) { return after_pre(k, w_now, y, much); });
    }
    for (; out < fired.size() && fired[out] == now; ++out) {
      const double much = amount_of_post(k, own(fired, out, post), synapse.modulation());
      const double x = level_for_target(rule, arrivals, fired, now);
      synapse([&](double w_now) { return after_post(k, w_now, x, much); });
    }
  }
  return synapse.now();
}

/// Both sides are told when to fire, so that what is learned does not change them. Several arrivals share a tick.
template <class Rule>
void expect_the_sum_over_pairs(const Rule& rule, double dendritic) {
  world w{.net = network{9}, .tick = 1_ms, .length = 400};
  const auto sender = w.net.add("sender", poisson{.rate = 80_Hz}, 12);
  const auto teacher = w.net.add("teacher", poisson{.rate = 80_Hz}, 6);
  const auto cells = w.net.add("cells", lif{.tau = 1_ms, .threshold = 1e3_mV, .refractory = 0_ms}, 6);
  w.net.connect(teacher, cells, one_to_one{}, {.weight = 3e3_mV});
  w.projections.push_back(
      w.net.connect(sender, cells, fixed_total_number{90},
                    {.weight = start_of(rule), .delay = uniform{1_ms, 12_ms}, .dendritic = dendritic}, rule));
  drive_third_factor(w.net, rule, w.projections);
  for (const auto& on :
       {on_reference(), on_cpu(stepping::visit, precision::full), on_cpu(stepping::sweep, precision::single)}) {
    auto sim = on.make(w);
    const auto start = sim.weights(w.projections[0]);
    const outcome o = run(w, sim);
    std::vector<std::vector<moment>> sent(12), fired(6);
    for (const spike& s : o.spikes[0]) sent[s.neuron].push_back(s.when);
    for (const spike& s : o.spikes[2]) fired[s.neuron].push_back(s.when);
    const auto synapses = sim.synapses(w.projections[0]);
    double most = 0;
    for (std::size_t s = 0; s < synapses.size(); ++s) {
      auto arrivals = sent[synapses[s].source], backs = fired[synapses[s].target];
      const double delay = synapses[s].delay.in(w.tick);
      for (moment& t : arrivals) t += std::llround(delay);  // what comes later by the dendrite, target spikes do twice
      for (moment& t : backs) t += std::llround(2 * dendritic * delay);
      const double expected = directly(rule, start[s], arrivals, backs, w.length);
      most = std::fmax(most, std::fabs(expected - o.weights[0][s]));
    }
    EXPECT_LT(most, on.name.ends_with("single_1") ? 2e-5 : 1e-11) << on << ", dendritic " << dendritic;
  }
}

TYPED_TEST(rule_law, is_the_sum_over_the_pairs_of_every_synapse) {
  using rule_type = decltype(this->rule());
  if constexpr (watches_field<rule_type>)
    GTEST_SKIP() << "it follows voltages and has a test of its own";
  else
    for (const double dendritic : {0.0, 0.5, 1.0}) expect_the_sum_over_pairs(this->rule(), dendritic);
}

}  // namespace
}  // namespace spinule::laws

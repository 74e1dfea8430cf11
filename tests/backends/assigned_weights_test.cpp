#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "core/statistics.hpp"

namespace spinule::assigned_weights_test {

using testing::AllOf;
using testing::HasSubstr;

/// A readout whose weights are assigned, of every kind that can be, beside what is static.
struct readout {
  network net{5};
  population_of<poisson> noise = net.add("noise", poisson{.rate = 80_Hz}, 30);
  population_of<lif> cells = net.add("cells", lif{.tau = 10_ms, .threshold = 4_mV, .refractory = 1_ms}, 900);
  projection drawn =
      net.connect(noise, cells, fixed_probability{0.4},
                  {.weight = uniform{0_mV, 2_mV}, .delay = uniform{1_ms, 4_ms}, .lowest = -3_mV, .highest = 3_mV});
  projection listed_backwards;
  projection learned = net.connect(cells, cells, fixed_indegree{.k = 5}, {.weight = 0.1_mV, .delay = 2_ms},
                                   pair_stdp<millivolts>{.w_max = 0.5_mV});
  projection fixed = net.connect(noise, cells, fixed_indegree{.k = 2}, {.weight = normal{0_mV, 1_mV}, .delay = 2_ms});

  readout() {
    std::vector<listed<millivolts>> list;
    for (index_t i = 900; i-- > 0;)
      for (const double delay : {3.0, 1.0}) list.push_back({i * 7 % 30, i, 0.01_mV * (i % 50), milliseconds{delay}});
    listed_backwards = net.connect(noise, cells, list, {.lowest = -1_mV, .highest = 1_mV});
  }
  std::vector<projection> changeable() const { return {drawn, listed_backwards, learned}; }
};

struct outcome {
  std::vector<spike> spikes;
  std::vector<std::vector<double>> weights;
  bool operator==(const outcome&) const = default;
};

/// New weights before every sample, whole and by source.
outcome trained(simulation sim, const readout& r) {
  sim.observe(r.cells);
  random_stream random{4, purpose::user, 0};
  outcome o;
  for (std::uint64_t sample = 0; sample < 4; ++sample) {
    for (const projection& p : r.changeable()) {
      const double reach = p == r.learned ? 0.5 : 1;
      auto w = sim.weights(p);
      for (double& x : w) x = reach * random.uniform();
      sim.assign(p, w);
      for (index_t source : {3u, 17u}) {
        auto row = sim.weights(p, source);
        for (double& x : row) x = 0.25 * x;
        sim.assign(p, source, row);
      }
    }
    sim.run(20_ms);
    o.spikes.insert(o.spikes.end(), sim.spikes(r.cells).begin(), sim.spikes(r.cells).end());
    for (const projection& p : r.changeable()) o.weights.push_back(sim.weights(p));
    sim.begin_episode(sample);
  }
  return o;
}

TEST(assigned_weights, give_the_same_spikes_and_weights_on_every_back_end_and_any_number_of_threads) {
  const readout r;
  const outcome plain = trained({r.net, reference{0.5_ms}}, r);
  ASSERT_GT(plain.spikes.size(), 1000u);
  for (const auto s : {stepping::sweep, stepping::visit, stepping::automatic}) {
    const outcome one =
        trained({r.net, cpu{.tick = 0.5_ms, .threads = 1, .stepping = s, .precision = precision::full}}, r);
    EXPECT_EQ(one.spikes, plain.spikes);
    for (std::size_t k = 0; k < one.weights.size(); ++k)
      for (std::size_t i = 0; i < one.weights[k].size(); ++i) ASSERT_NEAR(one.weights[k][i], plain.weights[k][i], 1e-9);
    for (const int threads : {2, 3})
      EXPECT_EQ(
          one,
          trained({r.net, cpu{.tick = 0.5_ms, .threads = threads, .stepping = s, .precision = precision::full}}, r));
  }
}

TEST(assigned_weights, are_read_as_assigned_to_a_quantum) {
  const readout r;
  for (simulation sim : {simulation{r.net, reference{1_ms}}, simulation{r.net, cpu{.tick = 1_ms, .threads = 2}}})
    for (const projection& p : r.changeable()) {
      auto w = sim.weights(p);
      for (std::size_t i = 0; i < w.size(); ++i) w[i] = 0.5 * static_cast<double>(i) / static_cast<double>(w.size());
      sim.assign(p, w);
      const auto now = sim.weights(p);
      for (std::size_t i = 0; i < w.size(); ++i) ASSERT_NEAR(now[i], w[i], 3e-6);
      const auto all = sim.synapses(p);
      std::vector<std::vector<double>> by_source(900);
      for (const auto& s : all) by_source[s.source].push_back(s.weight);
      for (index_t source = 0; source < 30; ++source) ASSERT_EQ(by_source[source], sim.weights(p, source));
    }
}

TEST(assigned_weights, of_a_list_have_its_order) {
  const readout r;
  const auto list = r.net.projections()[r.listed_backwards.id].list->in_given_order();
  for (simulation sim : {simulation{r.net, reference{1_ms}}, simulation{r.net, cpu{.tick = 1_ms, .threads = 2}}}) {
    auto shown = sim.synapses(r.listed_backwards);
    ASSERT_EQ(shown.size(), list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
      ASSERT_NEAR(shown[i].weight, list[i].weight, 3e-6);
      shown[i].weight = list[i].weight;
      ASSERT_EQ(shown[i], list[i]);
    }
    std::vector<double> w(list.size(), 0);
    w[5] = 0.5;
    sim.assign(r.listed_backwards, w);
    EXPECT_EQ(sim.weights(r.listed_backwards), w);
    const auto row = sim.synapses(r.listed_backwards, list[5].source);
    EXPECT_EQ(std::count_if(row.begin(), row.end(), [](const auto& s) { return s.weight == 0.5; }), 1);
  }
}

TEST(assigned_weights, of_a_signed_list_have_the_order_of_each_sign) {
  network net{4};
  const auto from = net.add("from", spike_list{}, 20);
  const auto cells = net.add("cells", current_lif{}, 30);
  random_stream random{4, purpose::user, 0};
  std::vector<listed<picoamperes>> list;
  std::vector<double> positive, negative;
  for (int i = 0; i < 500; ++i) {
    const double w = 0.5 * static_cast<double>(random.below(9)) - 2;
    list.push_back({static_cast<index_t>(random.below(20)), static_cast<index_t>(random.below(30)), picoamperes{w},
                    milliseconds{1.0 + static_cast<double>(random.below(3))}});
    (w < 0 ? negative : positive).push_back(w);
  }
  const auto both = net.connect(from, by_sign{cells[current_lif::excitatory], cells[current_lif::inhibitory]}, list,
                                {.lowest = -9_pA, .highest = 9_pA});
  for (simulation sim : {simulation{net, reference{1_ms}}, simulation{net, cpu{.tick = 1_ms, .threads = 2}}})
    for (const auto& [part, given] : {std::pair{both.excitatory, positive}, {both.inhibitory, negative}}) {
      EXPECT_EQ(sim.weights(part), given);
      std::vector<double> w(given.size(), 0);
      w[7] = part == both.excitatory ? 0.5 : -0.5;
      sim.assign(part, w);
      EXPECT_EQ(sim.weights(part), w);
    }
}

TEST(assigned_weights, count_from_the_next_tick_on) {
  network net;
  const auto in = net.add("in", spike_list{{{1_ms, 0}, {2_ms, 0}, {3_ms, 0}}}, 1);
  const auto cell = net.add("cell", lif{.threshold = 5_mV}, 1);
  const auto wire =
      net.connect(in, cell, one_to_one{}, {.weight = 0_mV, .delay = 1_ms, .lowest = 0_mV, .highest = 9_mV});
  for (simulation sim : {simulation{net, reference{1_ms}}, simulation{net, cpu{.tick = 1_ms, .threads = 1}},
                         simulation{net, digital{.tick = 1_ms}}}) {
    sim.observe(cell);
    sim.run(3_ms);
    sim.assign(wire, std::vector{9.0});
    sim.run(1_ms);
    EXPECT_THAT(sim.spikes(cell), testing::ElementsAre(spike{3, 0})) << "the spike of tick 2 arrives in tick 3";
  }
}

TEST(assigned_weights, belong_to_the_copy_and_end_with_the_reset) {
  const readout r;
  for (simulation sim : {simulation{r.net, reference{1_ms}}, simulation{r.net, cpu{.tick = 1_ms, .threads = 1}}}) {
    const auto first = sim.weights(r.drawn);
    simulation copy = sim;
    copy.assign(r.drawn, std::vector<double>(first.size(), 1.5));
    EXPECT_EQ(sim.weights(r.drawn), first);
    copy.begin_episode(1);
    EXPECT_THAT(copy.weights(r.drawn), testing::Each(1.5));
    copy.reset();
    EXPECT_EQ(copy.weights(r.drawn), first);
  }
}

TEST(assigned_weights, replace_what_was_still_due_to_plastic_ones) {
  network net;
  const auto in = net.add("in", spike_list{{{1_ms, 0}}}, 1), teacher = net.add("teacher", spike_list{{{4_ms, 0}}}, 1);
  const auto cell = net.add("cell", lif{}, 1);
  net.connect(teacher, cell, one_to_one{}, {.weight = 100_mV, .delay = 1_ms});
  const auto learned = net.connect(in, cell, one_to_one{}, {.weight = 1_mV, .delay = 1_ms},
                                   pair_stdp<millivolts>{.lambda = 0.1, .w_max = 4_mV});
  for (simulation sim : {simulation{net, reference{1_ms}}, simulation{net, cpu{.tick = 1_ms, .threads = 1}}}) {
    sim.run(10_ms);
    EXPECT_GT(sim.weights(learned)[0], 1.1);
    sim.assign(learned, std::vector{2.0});
    sim.run(10_ms);
    EXPECT_EQ(sim.weights(learned)[0], 2.0) << "the spike of the target came before";
  }
}

TEST(assigned_weights, are_refused_where_they_cannot_be) {
  const readout r;
  simulation sim{r.net, cpu{.tick = 1_ms, .threads = 1}};
  const auto n = sim.weights(r.drawn).size();
  EXPECT_THAT(error_of([&] { sim.assign(r.fixed, sim.weights(r.fixed)); }),
              AllOf(HasSubstr("projection \"noise->cells\""), HasSubstr("static"), HasSubstr(".lowest")));
  EXPECT_THAT(error_of([&] { sim.assign(r.drawn, std::vector<double>(n - 1, 0.0)); }), HasSubstr("give one each"));
  EXPECT_THAT(error_of([&] { sim.assign(r.drawn, 3, std::vector<double>(n, 0.0)); }), HasSubstr("give one each"));
  EXPECT_THAT(error_of([&] { sim.assign(r.drawn, 30, std::vector<double>{}); }), HasSubstr("has no source 30"));
  for (const double wrong : {3.1, -3.1, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    std::vector<double> w(n, 0.0);
    w[7] = wrong;
    EXPECT_THAT(error_of([&] { sim.assign(r.drawn, w); }), HasSubstr("outside the bounds -3 to 3"));
  }
  EXPECT_THAT(error_of([&] {
                network net;
                const auto a = net.add("a", lif{}, 2);
                net.connect(a, a, all_to_all{}, {.weight = 1_mV, .delay = 1_ms, .lowest = 0_mV, .highest = 2_mV});
                simulation{net, crossbar{}};
              }),
              HasSubstr("device.programming=pulses"));
}

TEST(weights, of_static_projections_are_read_source_by_source_as_a_whole) {
  network net{3};
  const auto a = net.add("a", lif{}, 30), b = net.add("b", lif{}, 40);
  const synapse<millivolts> s{.weight = normal{0_mV, 1_mV}, .delay = uniform{1_ms, 5_ms}};
  const std::vector wires{net.connect(a, b, fixed_probability{0.3}, s), net.connect(a, b, fixed_indegree{.k = 5}, s),
                          net.connect(a, b, fixed_total_number{100}, s),
                          net.connect(a, b, {{4, 1, 1_mV, 3_ms}, {4, 1, 2_mV, 1_ms}, {1, 9, 3_mV, 2_ms}})};
  const std::vector<simulation> all{{net, reference{1_ms}}, {net, cpu{.tick = 1_ms, .threads = 1}}};
  for (const auto& p : wires) {
    EXPECT_EQ(all[0].synapses(p), all[1].synapses(p));
    for (const simulation& sim : all) {
      std::vector<std::vector<listed_synapse>> rows(30);
      for (const auto& x : sim.synapses(p)) rows[x.source].push_back(x);
      for (index_t i = 0; i < 30; ++i) ASSERT_EQ(sim.synapses(p, i), rows[i]);
    }
  }
}

}  // namespace spinule::assigned_weights_test

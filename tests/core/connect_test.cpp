#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "statistics.hpp"

namespace spinule::connect_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct parts {
  network net{7};
  population_of<replay> input = net.add("input", replay{}, 3);
  population_of<lif> cells = net.add("cells", lif{}, 4);
  population_of<current_lif> currents = net.add("currents", current_lif{}, 4);
  population_of<conductance_lif> conductances = net.add("conductances", conductance_lif{}, 4);
};

std::vector<listed_synapse> synapses_of(const network& net, const projection& p) {
  return simulation{net, reference{1_ms}}.synapses(p);
}

TEST(connect, has_an_untyped_door_that_makes_the_same) {
  parts p;
  const auto typed = p.net.connect(p.input, p.cells[lif::drive], all_to_all{},
                                   {.weight = 2_mV, .delay = 3_ms, .weight_bits = 16, .procedural = true});
  const auto untyped = p.net.add({.from = p.input,
                                  .to = p.cells,
                                  .port = 1,
                                  .pairs = wiring{all_to_all{}},
                                  .weight = law{law::shape::constant, 2},
                                  .delay = law{law::shape::constant, 3},
                                  .weight_bits = 16,
                                  .procedural = true});
  const auto all = p.net.projections();
  EXPECT_EQ(all[typed.id].port, all[untyped.id].port);
  EXPECT_EQ(all[typed.id].weight_bits, all[untyped.id].weight_bits);
  EXPECT_EQ(all[typed.id].procedural, all[untyped.id].procedural);
  EXPECT_EQ(synapses_of(p.net, typed), synapses_of(p.net, untyped));
}

TEST(connect, takes_back_the_synapses_that_a_simulation_shows) {
  parts p;
  const auto drawn = p.net.connect(p.input, p.cells, fixed_probability{0.7},
                                   {.weight = normal{0_mV, 1_mV}, .delay = uniform{1_ms, 5_ms}});
  const auto shown = synapses_of(p.net, drawn);
  const auto again = p.net.add({.from = p.input, .to = p.cells, .pairs = shown});
  auto taken = synapses_of(p.net, again);
  ASSERT_EQ(taken.size(), shown.size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    ASSERT_NEAR(taken[i].weight, shown[i].weight, 1e-6) << "another quantum, now that twice as much arrives";
    taken[i].weight = shown[i].weight;
    ASSERT_EQ(taken[i], shown[i]);
  }
}

TEST(connect, takes_a_matrix_whose_zeros_are_no_synapses) {
  parts p;
  const std::vector<double> weights{1, 0, -2, 0, 0, 0, 0, 0, 0, 0.5, 0, 3};
  const auto wires = p.net.connect(p.input, p.cells, dense_matrix<millivolts>{3, 4, weights}, {.delay = 2_ms});
  EXPECT_THAT(synapses_of(p.net, wires), ElementsAre(listed_synapse{0, 0, 1, 2_ms}, listed_synapse{0, 2, -2, 2_ms},
                                                     listed_synapse{2, 1, 0.5, 2_ms}, listed_synapse{2, 3, 3, 2_ms}));
}

TEST(connect, refuses_what_does_not_go_together) {
  parts p;
  const std::vector<double> twelve(12, 1.0), eleven(11, 1.0), infinite(12, INFINITY);
  using list = std::vector<listed<millivolts>>;
  using matrix = dense_matrix<millivolts>;
  const auto refused = [&](const std::function<void()>& act, const char* what) {
    EXPECT_THAT(error_of(act), HasSubstr(what));
  };
  refused([&] { p.net.connect(p.input, p.cells, all_to_all{}); }, "no weight is given");
  refused([&] { p.net.connect(p.input, p.cells, list{{0, 0, 1_mV}}, {.weight = 1_mV}); }, "weights of its own");
  refused([&] { p.net.connect(p.input, p.cells, list{{0, 0, 1_mV}}, {.delay = 1_ms}); }, "delays of its own");
  refused([&] { p.net.connect(p.input, p.cells, list{{0, 0, 1_mV}}, {.procedural = true}); }, "leave `procedural` out");
  refused([&] { p.net.connect(p.input, p.cells, matrix{3, 4, twelve}, {.weight = 1_mV}); }, "weights of its own");
  refused(
      [&] {
        p.net.connect(p.input, p.cells, matrix{3, 4, eleven});
      },
      "11 weights for 3 rows of 4 columns; give 12");
  refused([&] { p.net.connect(p.input, p.cells, matrix{4, 3, twelve}); }, "4 rows and 3 columns for 3 sources and 4");
  refused([&] { p.net.connect(p.input, p.cells, matrix{3, 4, infinite}); }, "not finite");
  refused([&] { p.net.connect(p.input, p.cells, matrix{3, 4, twelve}, {.delay = uniform{1_ms, 2_ms}}); }, "one delay");
  refused([&] { p.net.connect(p.input, p.cells, all_to_all{}, {.weight = 1_mV, .lowest = 0_mV}); }, "give both");
  refused([&] { p.net.connect(p.input, p.cells, all_to_all{}, {.weight = 1_mV, .lowest = 2_mV, .highest = 1_mV}); },
          "the first lower");
  refused([&] { p.net.connect(p.input, p.cells, all_to_all{}, {.weight = 3_mV, .lowest = 0_mV, .highest = 1_mV}); },
          "can be 3 where the bounds are 0 to 1; `clipped` keeps a law within bounds");
  refused(
      [&] {
        p.net.connect(p.input, p.cells, list{{0, 0, -1_mV}}, {.lowest = 0_mV, .highest = 1_mV});
      },
      "weight -1 lies outside the bounds 0 to 1");
  refused(
      [&] {
        p.net.connect(p.input, p.cells, all_to_all{},
                      {.weight = 1_mV, .lowest = 0_mV, .highest = 2_mV, .weight_bits = 8});
      },
      "leave weight_bits at 32");
  refused(
      [&] {
        p.net.connect(p.input, p.cells, all_to_all{}, {.weight = 3_mV, .lowest = 3_mV, .highest = 4_mV},
                      pair_stdp<millivolts>{.w_max = 2_mV});
      },
      "the rule keeps weights between 0 and 2, which leaves no weights between 3 and 4");
  EXPECT_THAT(p.net.projections(), IsEmpty()) << "what was refused leaves nothing behind";
}

using edge = std::tuple<index_t, index_t, double>;
std::vector<edge> edges_of(const network& net, const projection& p, double factor = 1) {
  std::vector<edge> all;
  for (const auto& s : synapses_of(net, p)) all.push_back({s.source, s.target, factor * s.weight});
  std::sort(all.begin(), all.end());
  return all;
}

TEST(connect, sends_signed_lists_and_matrices_to_two_ports) {
  parts p;
  const std::vector<double> weights{1, 0, -2, 0, 0, 0, 0, 0, 0, 0.5, 0, -3};
  const auto both =
      p.net.connect(p.input, by_sign{p.currents[current_lif::excitatory], p.currents[current_lif::inhibitory]},
                    dense_matrix<picoamperes>{3, 4, weights}, {.delay = 1_ms});
  EXPECT_EQ(p.net.projections()[both.excitatory.id].port, current_lif::excitatory.number);
  EXPECT_EQ(p.net.projections()[both.inhibitory.id].port, current_lif::inhibitory.number);
  EXPECT_THAT(edges_of(p.net, both.excitatory), ElementsAre(edge{0, 0, 1}, edge{2, 1, 0.5}));
  EXPECT_THAT(edges_of(p.net, both.inhibitory), ElementsAre(edge{0, 2, -2}, edge{2, 3, -3}))
      << "currents keep their sign";
  const auto conductances = p.net.connect(
      p.input, by_sign{p.conductances[conductance_lif::excitatory], p.conductances[conductance_lif::inhibitory]},
      {{0, 1, 2_nS, 1_ms}, {1, 1, -3_nS, 2_ms}});
  EXPECT_THAT(edges_of(p.net, conductances.excitatory), ElementsAre(edge{0, 1, 2}));
  EXPECT_THAT(edges_of(p.net, conductances.inhibitory), ElementsAre(edge{1, 1, 3})) << "conductances are magnitudes";
}

TEST(connect, names_bad_synapses_of_signed_lists_by_their_place_in_the_whole_list) {
  parts p;
  const by_sign to{p.currents[current_lif::excitatory], p.currents[current_lif::inhibitory]};
  const auto expect = [&](const listed<picoamperes>& bad, const char* text) {
    EXPECT_THAT(error_of([&] {
                  p.net.connect(p.input, to, {{0, 0, 1_pA}, {1, 1, -1_pA}, {2, 1, 0_pA}, bad, {0, 1, -1_pA}});
                }),
                HasSubstr(text));
  };
  expect({0, 1, picoamperes{std::nan("")}}, "synapse 3 (0 to 1, weight nan) has a weight that is not finite");
  expect({0, 1, picoamperes{-INFINITY}}, "synapse 3 (0 to 1, weight -inf) has a weight that is not finite");
  expect({0, 4, 1_pA}, "synapse 3 (0 to 4, weight 1) names a neuron that does not exist");
  expect({3, 0, -1_pA}, "synapse 3 (3 to 0, weight -1) names a neuron that does not exist");
  EXPECT_THAT(p.net.projections(), IsEmpty());
}

/// Together the two ports have the very synapses that one port would have.
template <class Rule>
void expect_split(const Rule& rule, const value<picoamperes>& weight, bool procedural = false) {
  network split{3}, whole{3};
  const auto connected = [&](network& net) {
    const auto from = net.add("from", lif{}, 40), other = net.add("other", lif{}, 40);
    return std::tuple{from, other, net.add("to", current_lif{}, 50)};
  };
  const synapse<picoamperes> s{.weight = weight, .delay = uniform{1_ms, 9_ms}, .procedural = procedural};
  const auto [a, b, c] = connected(split);
  const auto both = split.connect(a, by_sign{c[current_lif::excitatory], c[current_lif::inhibitory]}, rule, s);
  const auto [d, e, f] = connected(whole);
  const auto one = whole.connect(d, f, rule, s);
  auto halves = edges_of(split, both.excitatory);
  for (const auto& x : halves) ASSERT_GE(std::get<2>(x), 0);
  for (const auto& x : edges_of(split, both.inhibitory)) {
    ASSERT_LT(std::get<2>(x), 0);
    halves.push_back(x);
  }
  std::sort(halves.begin(), halves.end());
  const auto all = edges_of(whole, one);
  ASSERT_EQ(halves.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(std::get<1>(all[i]), std::get<1>(halves[i]));
    ASSERT_NEAR(std::get<2>(all[i]), std::get<2>(halves[i]), 1e-6);
  }
}

TEST(connect, sends_signed_laws_to_two_ports) {
  const value<picoamperes> normals = normal{1_pA, 2_pA};
  expect_split(fixed_probability{0.3}, normals);
  expect_split(fixed_probability{0.3}, normals, true);
  expect_split(fixed_indegree{.k = 7}, normals);
  expect_split(fixed_outdegree{.k = 7}, normals);
  expect_split(fixed_total_number{300}, normals);
  expect_split(fixed_outdegree{.k = 1}, normals);
  expect_split(all_to_all{}, -1_pA);
}

TEST(connect, sends_nothing_to_two_ports_when_one_refuses) {
  parts p;
  EXPECT_THAT(error_of([&] {
                p.net.connect(p.input, by_sign{p.cells[lif::jump], target<millivolts>{p.cells, 9}},
                              {{0, 0, 1_mV}, {1, 1, -1_mV}});
              }),
              HasSubstr("port 9 does not exist"));
  EXPECT_THAT(p.net.projections(), IsEmpty());
}

}  // namespace spinule::connect_test

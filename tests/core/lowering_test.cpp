#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include <spinule/engine/lowering.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "statistics.hpp"

namespace spinule::lowering_test {

using testing::HasSubstr;

/// The pairs i -> (i + 1, i + 2, i + 3) modulo the targets, drawn by source or by target: the same synapses either way.
template <bool BySource>
struct next_three {
  static constexpr bool by_source = BySource;
  void check(const endpoints&, const std::string&) const {}
  void row(index_t i, const endpoints& ends, random_stream&, std::vector<index_t>& partners) const {
    for (index_t k = 1; k <= 3; ++k)
      partners.push_back(BySource ? (i + k) % ends.targets : (i + ends.sources - k) % ends.sources);
    std::sort(partners.begin(), partners.end());
  }
};

struct pair {
  network net;
  population_of<lif> a, b;
  explicit pair(std::uint64_t seed = 3) : net{seed}, a{net.add("a", lif{}, 40)}, b{net.add("b", lif{}, 40)} {}
};

bool equal(const connectivity& x, const connectivity& y) {
  return x.delays == y.delays && x.offsets == y.offsets && x.target == y.target && x.code == y.code &&
         x.constant == y.constant && x.quantum == y.quantum;
}

TEST(lowering, lines_are_sorted_by_source_delay_and_target) {
  pair p;
  p.net.connect(p.a, p.b, fixed_probability{0.5}, {.weight = normal{1_mV, 1_mV}, .delay = uniform{1_ms, 9_ms}});
  const connectivity c = lower(p.net, 1_ms)->synapses(0);
  ASSERT_EQ(c.offsets.size(), c.lines() + 1);
  EXPECT_EQ(c.offsets.back(), c.synapses());
  EXPECT_GT(c.synapses(), 600u);
  EXPECT_TRUE(std::is_sorted(c.delays.begin(), c.delays.end(), std::less_equal{}));
  EXPECT_GE(c.delays.front(), 1);
  EXPECT_LE(c.delays.back(), 9);
  for (std::size_t l = 0; l < c.lines(); ++l) {
    const auto targets = c.targets_of(l);
    EXPECT_TRUE(std::is_sorted(targets.begin(), targets.end(), std::less_equal{})) << "line " << l;
  }
}

TEST(lowering, weights_lie_within_half_a_quantum_of_what_was_asked_for) {
  pair p;
  std::vector<listed<millivolts>> list;
  random_stream random{1, purpose::user, 0};
  for (index_t i = 0; i < 40; ++i) list.push_back({i, (7 * i) % 40, millivolts{random.normal()}, 1_ms});
  p.net.connect(p.a, p.b, list);
  const connectivity c = lower(p.net, 1_ms)->synapses(0);
  ASSERT_EQ(c.synapses(), 40u);
  for (index_t i = 0; i < 40; ++i)
    EXPECT_LE(std::fabs(c.weight(i) * c.quantum - list[i].weight.value()), 0.5 * c.quantum);
}

TEST(lowering, a_quantum_is_a_power_of_two_in_which_the_largest_input_of_a_tick_fits_32_bits) {
  pair p;
  const auto input = p.net.add("input", replay{}, 500);
  p.net.connect(p.a, p.b, all_to_all{}, {.weight = normal{0_mV, 5_mV}, .delay = 1_ms});
  p.net.connect(input, p.b, all_to_all{}, {.weight = normal{0_mV, 0.7_mV}, .delay = 2_ms});
  const auto net = lower(p.net, 1_ms);
  int exponent = 0;
  EXPECT_EQ(std::frexp(net->synapses(0).quantum, &exponent), 0.5);
  EXPECT_EQ(net->synapses(0).quantum, net->synapses(1).quantum) << "one port, one quantum";
  EXPECT_EQ(net->quanta[p.b.id][0], net->synapses(0).quantum);
  std::vector<std::int64_t> sum(40, 0);
  for (std::size_t j = 0; j < 2; ++j) {
    const connectivity& c = net->synapses(j);
    for (std::uint64_t s = 0; s < c.synapses(); ++s)
      sum[c.target[s]] += std::int64_t{j == 1 ? most_events_per_tick : 1} * std::abs(c.weight(s));
  }
  EXPECT_LT(*std::max_element(sum.begin(), sum.end()), std::int64_t{1} << 31);
  EXPECT_GT(*std::max_element(sum.begin(), sum.end()), std::int64_t{1} << 28) << "no resolution is given away";
}

TEST(lowering, equal_weights_are_stored_once) {
  pair p;
  p.net.connect(p.a, p.b, fixed_probability{0.5}, {.weight = -0.3_mV, .delay = uniform{1_ms, 5_ms}});
  const connectivity c = lower(p.net, 1_ms)->synapses(0);
  EXPECT_TRUE(c.code.empty());
  EXPECT_NEAR(c.weight(0) * c.quantum, -0.3, c.quantum);
}

TEST(lowering, the_order_in_which_synapses_are_drawn_or_listed_does_not_matter) {
  pair by_source, by_target, listed_backwards;
  const synapse<millivolts> plain{.weight = 1_mV, .delay = 2_ms};
  by_source.net.connect(by_source.a, by_source.b, next_three<true>{}, plain);
  by_target.net.connect(by_target.a, by_target.b, next_three<false>{}, plain);
  std::vector<listed<millivolts>> list;
  for (index_t i = 40; i-- > 0;)
    for (index_t k = 3; k > 0; --k) list.push_back({i, (i + k) % 40, 1_mV, 2_ms});
  listed_backwards.net.connect(listed_backwards.a, listed_backwards.b, list);
  const connectivity expected = lower(by_source.net, 1_ms)->synapses(0);
  EXPECT_EQ(expected.synapses(), 120u);
  EXPECT_TRUE(equal(expected, lower(by_target.net, 1_ms)->synapses(0)));
  EXPECT_TRUE(equal(expected, lower(listed_backwards.net, 1_ms)->synapses(0)));
}

TEST(lowering, equal_seeds_wire_alike_and_others_do_not) {
  const auto wired = [](std::uint64_t seed) {
    pair p{seed};
    p.net.connect(p.a, p.b, fixed_indegree{.k = 9}, {.weight = normal{0_mV, 1_mV}, .delay = uniform{1_ms, 20_ms}});
    return lower(p.net, 1_ms)->synapses(0);
  };
  EXPECT_TRUE(equal(wired(1), wired(1)));
  EXPECT_FALSE(equal(wired(1), wired(2)));
}

TEST(lowering, parallel_projections_are_drawn_apart) {
  pair p;
  for (int i = 0; i < 2; ++i) p.net.connect(p.a, p.b, fixed_probability{0.5}, {.weight = 1_mV, .delay = 1_ms});
  const auto net = lower(p.net, 1_ms);
  EXPECT_NE(net->synapses(0).target, net->synapses(1).target);
}

TEST(lowering, the_gain_of_a_source_scales_its_weights) {
  network net;
  const auto current = net.add("current", direct_current{.amplitude = 2.5}, 1);
  const auto cells = net.add("cells", lif{}, 1);
  net.connect(current, cells[lif::drive], all_to_all{}, {.weight = 4_mV});
  const connectivity c = lower(net, 1_ms)->synapses(0);
  EXPECT_DOUBLE_EQ(c.weight(0) * c.quantum, 10);
}

TEST(lowering, populations_are_put_in_levels_and_reach_as_far_as_their_longest_delay) {
  pair p;
  p.net.connect(p.a, p.b, all_to_all{}, {.weight = 1_mV});
  p.net.connect(p.a, p.a, all_to_all{}, {.weight = 1_mV, .delay = 7_ms});
  const auto net = lower(p.net, 1_ms);
  EXPECT_EQ(net->levels, (std::vector<std::vector<index_t>>{{p.a.id}, {p.b.id}}));
  EXPECT_EQ(net->reach, (std::vector<ticks>{7, 0}));
}

TEST(lowering, empty_projections_do_no_harm) {
  pair p;
  p.net.connect(p.a, p.b, fixed_probability{0}, {.weight = 1_mV});
  const connectivity c = lower(p.net, 1_ms)->synapses(0);
  EXPECT_EQ(c.synapses(), 0u);
  EXPECT_EQ(c.offsets.size(), c.lines() + 1);
}

TEST(lowering, refuses_a_tick_out_of_range) {
  const pair p;
  for (const double ms : {0.0, -1.0, 0.0009, 1000.1, std::nan("")})
    EXPECT_THAT(error_of([&] { lower(p.net, milliseconds{ms}); }), HasSubstr("outside 0.001 ms to 1000 ms")) << ms;
  EXPECT_NO_THROW(lower(p.net, 1_us));
  EXPECT_NO_THROW(lower(p.net, 1_s));
}

TEST(lowering, refuses_a_delay_off_the_grid_and_names_the_projection) {
  pair p;
  p.net.connect(p.a, p.b, all_to_all{}, {.weight = 1_mV, .delay = 0.05_ms});
  EXPECT_THAT(error_of([&] { lower(p.net, 1_ms); }),
              HasSubstr("projection \"a->b\": 0.05 ms is not a whole number of ticks of 1 ms; give 0 ms or 1 ms"));
  EXPECT_NO_THROW(lower(p.net, 0.05_ms));
}

TEST(lowering, refuses_delays_of_a_list_that_are_no_span) {
  pair p;
  p.net.connect(p.a, p.b, std::vector<listed<millivolts>>{{0, 0, 1_mV, -1_ms}});
  EXPECT_THAT(error_of([&] { lower(p.net, 1_ms); }),
              HasSubstr("projection \"a->b\": -1 ms is negative, which no delay or other span of time can be"));
  pair q;
  q.net.connect(q.a, q.b, std::vector<listed<millivolts>>{{0, 0, 1_mV, 1_ms}, {0, 1, 1_mV, 1.25_ms}});
  EXPECT_THAT(error_of([&] { lower(q.net, 0.5_ms); }),
              HasSubstr("projection \"a->b\": 1.25 ms is not a whole number of ticks of 0.5 ms; give 1 ms or 1.5 ms"));
}

}  // namespace spinule::lowering_test

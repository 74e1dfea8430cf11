// Who is paired with whom, against the binomial law and the two kinds of pools.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/reference.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/relay.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/tripartite.hpp>
#include <spinule/simulation.hpp>

#include "core/statistics.hpp"

namespace spinule::tripartite_test {

using testing::HasSubstr;

std::vector<tripartite_synapse> draw(const tripartite_bernoulli& rule, index_t sources, index_t targets,
                                     index_t astrocytes, std::uint64_t seed = 1, bool same = false) {
  return draw_tripartite(rule, {.sources = sources, .targets = targets, .same = same}, astrocytes, seed, 0, "here");
}

/// Astrocytes of each target.
std::map<index_t, std::set<index_t>> pools(const std::vector<tripartite_synapse>& all) {
  std::map<index_t, std::set<index_t>> of;
  for (const auto& s : all)
    if (s.astrocyte) of[s.target].insert(*s.astrocyte);
  return of;
}

/// Within four standard deviations of a binomial law.
void expect_binomial(double seen, double n, double p) {
  EXPECT_NEAR(seen, n * p, 4 * std::sqrt(n * p * (1 - p))) << "of " << n;
}

TEST(tripartite, makes_and_pairs_synapses_by_chance) {
  double made = 0, paired = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (const auto& s : draw({.p_primary = 0.1, .p_third = 0.3, .pool_size = 10}, 300, 400, 500, seed))
      made += 1, paired += s.astrocyte.has_value();
  expect_binomial(made, 10 * 300 * 400, 0.1);
  expect_binomial(paired, made, 0.3);
}

TEST(tripartite, draws_random_pools_of_the_given_size_each_astrocyte_alike) {
  const index_t targets = 2000, astrocytes = 50;
  const auto of = pools(draw({.p_primary = 0.5, .p_third = 1, .pool_size = 5}, 200, targets, astrocytes));
  std::vector<double> members(astrocytes, 0);
  for (const auto& [target, pool] : of) {
    EXPECT_EQ(pool.size(), 5u) << "of 100 draws from 5 none is missed";
    for (const index_t a : pool) members.at(a) += 1;
  }
  const std::vector<double> expected(astrocytes, 5.0 * targets / astrocytes);
  EXPECT_LT(chi_squared(members, expected), chi_squared_limit(astrocytes));
}

TEST(tripartite, pairs_with_each_astrocyte_of_a_pool_alike) {
  std::vector<double> seen(8, 0);
  for (const auto& s : draw({.p_primary = 0.5, .p_third = 0.5, .pool_size = 8}, 20000, 1, 8))
    if (s.astrocyte) seen.at(*s.astrocyte) += 1;
  double sum = 0;
  for (const double n : seen) sum += n;
  EXPECT_LT(chi_squared(seen, std::vector<double>(8, sum / 8)), chi_squared_limit(8));
}

TEST(tripartite, gives_each_target_a_block_of_its_own) {
  const tripartite_bernoulli rule{.p_primary = 0.9, .p_third = 1, .pool_size = 3, .pool = astrocyte_pool::block};
  for (const auto& [target, pool] : pools(draw(rule, 200, 40, 120)))
    EXPECT_EQ(pool, (std::set<index_t>{3 * target, 3 * target + 1, 3 * target + 2}));
}

TEST(tripartite, lets_targets_share_astrocytes_block_by_block) {
  const tripartite_bernoulli rule{.p_primary = 0.9, .p_third = 1, .pool = astrocyte_pool::block};
  const auto of = pools(draw(rule, 50, 40, 8));
  EXPECT_EQ(of.size(), 40u);
  for (const auto& [target, pool] : of) EXPECT_EQ(pool, std::set<index_t>{target / 5});
}

TEST(tripartite, leaves_out_autapses_within_a_population_unless_told_otherwise) {
  const auto own = [](const auto& all) {
    return std::count_if(all.begin(), all.end(), [](const auto& s) { return s.source == s.target; });
  };
  EXPECT_EQ(own(draw({.p_primary = 1, .p_third = 0.5}, 30, 30, 10, 1, true)), 0);
  EXPECT_EQ(own(draw({.p_primary = 1, .p_third = 0.5, .autapses = true}, 30, 30, 10, 1, true)), 30);
  EXPECT_EQ(own(draw({.p_primary = 1, .p_third = 0.5}, 30, 30, 10)), 30);
}

TEST(tripartite, depends_on_its_seed_alone) {
  const tripartite_bernoulli rule{.p_primary = 0.2, .p_third = 0.5, .pool_size = 4};
  EXPECT_EQ(draw(rule, 100, 50, 20, 3), draw(rule, 100, 50, 20, 3));
  EXPECT_NE(draw(rule, 100, 50, 20, 3), draw(rule, 100, 50, 20, 4));
  auto more = draw(rule, 100, 60, 20, 3);
  std::erase_if(more, [](const auto& s) { return s.target >= 50; });
  EXPECT_EQ(draw(rule, 100, 50, 20, 3), more) << "more targets change nothing for the others";
}

TEST(tripartite, refuses_what_does_not_fit) {
  const auto refusal = [](const tripartite_bernoulli& rule) { return error_of([&] { draw(rule, 10, 12, 6); }); };
  EXPECT_THAT(refusal({.p_primary = 1.5}), HasSubstr("here: p_primary = 1.5"));
  EXPECT_THAT(refusal({.p_third = std::nan("")}), HasSubstr("p_third = nan"));
  EXPECT_THAT(refusal({.pool_size = 7}), HasSubstr("pool_size = 7 of 6 astrocytes"));
  EXPECT_THAT(refusal({.pool_size = 0}), HasSubstr("pool_size = 0"));
  EXPECT_THAT(refusal({.pool_size = 2, .pool = astrocyte_pool::block}), HasSubstr("do not fit 12 targets"));
  EXPECT_EQ(refusal({.pool_size = 1, .pool = astrocyte_pool::block}), "no error");
  EXPECT_THAT(error_of([] { draw({.pool = astrocyte_pool::block}, 10, 13, 6); }), HasSubstr("do not fit 13 targets"));
}

struct net_of_three {
  network net{5};
  population_of<relay> neurons = net.add("neurons", relay{}, 60), others = net.add("others", relay{}, 60);
  population_of<lif> astrocytes = net.add("astrocytes", lif{}, 20);
  tripartite_projections connect(const population_of<relay>& answered) {
    return connect_tripartite(net, {.p_primary = 0.2, .p_third = 0.5, .pool_size = 3}, neurons,
                              tripartite_link{neurons[relay::repeated], number{1}, 2_ms},
                              tripartite_link{astrocytes[lif::jump], 3_mV, 1_ms},
                              tripartite_link{answered[relay::learning], number{0.5}, 4_ms});
  }
};

TEST(tripartite, connects_what_it_drew) {
  net_of_three n;
  const auto drawn =
      draw_tripartite({.p_primary = 0.2, .p_third = 0.5, .pool_size = 3}, n.net, n.neurons, n.neurons, n.astrocytes);
  const auto made = n.connect(n.neurons);
  const simulation sim{n.net, reference{1_ms}};
  const auto primary = sim.synapses(made.primary), heard = sim.synapses(made.to_glia),
             answers = sim.synapses(made.from_glia);
  const auto paired = std::count_if(drawn.begin(), drawn.end(), [](const auto& s) { return s.astrocyte.has_value(); });
  ASSERT_EQ(primary.size(), drawn.size());
  ASSERT_EQ(heard.size(), static_cast<std::size_t>(paired));
  std::size_t k = 0;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const auto& s = drawn[i];
    EXPECT_EQ(primary[i], (listed_synapse{s.source, s.target, 1, 2_ms}));
    if (!s.astrocyte) continue;
    EXPECT_EQ(heard[k], (listed_synapse{s.source, *s.astrocyte, 3, 1_ms}));
    EXPECT_EQ(answers[k++], (listed_synapse{*s.astrocyte, s.target, 0.5, 4_ms}));
  }
}

TEST(tripartite, refuses_to_answer_others_and_handles_of_other_networks) {
  net_of_three n, m;
  EXPECT_THAT(error_of([&] { n.connect(n.others); }), HasSubstr("must go to the neurons that `primary`"));
  EXPECT_THAT(error_of([&] { n.neurons = m.neurons, n.connect(m.neurons); }), HasSubstr("belongs to another network"));
}

}  // namespace spinule::tripartite_test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include <spinule/engine/any_wiring.hpp>

#include "statistics.hpp"

namespace spinule::wiring_test {

using testing::HasSubstr;

std::vector<std::vector<index_t>> rows(const wiring& rule, const endpoints& ends, std::uint64_t seed = 1) {
  std::vector<std::vector<index_t>> all(rule.by_source() ? ends.sources : ends.targets);
  for (index_t i = 0; i < all.size(); ++i) {
    random_stream random{seed, purpose::wiring, i};
    rule.row(i, ends, 0, random, all[i]);
  }
  return all;
}

std::size_t synapses(const std::vector<std::vector<index_t>>& all) {
  std::size_t n = 0;
  for (const auto& row : all) n += row.size();
  return n;
}

std::string refusal(const wiring& rule, const endpoints& ends) {
  return error_of([&] { rule.check(ends, "projection"); });
}

constexpr endpoints wide{.sources = 300, .targets = 400}, self{.sources = 300, .targets = 300, .same = true};

TEST(wiring, all_to_all_leaves_out_autapses_only_within_a_population) {
  EXPECT_EQ(synapses(rows(all_to_all{}, wide)), 300u * 400);
  EXPECT_EQ(synapses(rows(all_to_all{}, self)), 300u * 299);
  EXPECT_EQ(synapses(rows(all_to_all{.autapses = true}, self)), 300u * 300);
}

TEST(wiring, one_to_one_joins_equals) {
  const auto all = rows(one_to_one{}, self);
  for (index_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], std::vector{i});
}

TEST(wiring, rows_are_ascending_without_repeats_or_autapses) {
  const auto places = grid(10, 10, 3);
  endpoints ends = self;
  ends.source_positions = ends.target_positions = places;
  for (const wiring& rule : {wiring{fixed_probability{.p = 0.3}}, wiring{fixed_indegree{.k = 50}},
                             wiring{fixed_outdegree{.k = 299}}, wiring{distance_dependent{.c = 0.8, .lambda = 4}}}) {
    const auto all = rows(rule, ends);
    EXPECT_GT(synapses(all), 0u);
    for (index_t i = 0; i < all.size(); ++i) {
      EXPECT_TRUE(std::is_sorted(all[i].begin(), all[i].end(), std::less_equal{}));
      EXPECT_FALSE(std::binary_search(all[i].begin(), all[i].end(), i));
      EXPECT_TRUE(all[i].empty() || all[i].back() < 300u);
    }
  }
}

TEST(wiring, degrees_are_exact) {
  for (const auto& row : rows(fixed_indegree{.k = 37}, wide)) EXPECT_EQ(row.size(), 37u);
  for (const auto& row : rows(fixed_outdegree{.k = 37}, wide)) EXPECT_EQ(row.size(), 37u);
  for (const auto& row : rows(fixed_outdegree{.k = 1000, .multapses = true}, self)) EXPECT_EQ(row.size(), 1000u);
  EXPECT_EQ(rows(fixed_indegree{}, wide).size(), 400u) << "an indegree draws a row for each target";
  EXPECT_EQ(rows(fixed_outdegree{}, wide).size(), 300u);
}

/// So that nobody changes unawares what a seed draws. It sees the build it is part of: run it in `release` too after
/// touching the generator.
TEST(wiring, draws_what_it_drew_before) {
  const auto digest = [](const wiring& rule) {
    std::uint32_t hash = 2166136261u;
    for (const auto& row : rows(rule, wide, 5))
      for (const index_t target : row) hash = (hash ^ target) * 16777619u;
    return hash;
  };
  EXPECT_EQ(digest(fixed_probability{.p = 0.3}), 137842498u);
  EXPECT_EQ(digest(fixed_indegree{.k = 50}), 2742000380u);
  EXPECT_EQ(digest(fixed_outdegree{.k = 50}), 2913882300u);
}

TEST(wiring, fixed_probability_gives_a_binomial_number_of_synapses) {
  for (const double p : {0.003, 0.1, 0.5, 0.95}) {
    const double pairs = 300 * 400;
    EXPECT_NEAR(static_cast<double>(synapses(rows(fixed_probability{.p = p}, wide))), p * pairs,
                4 * std::sqrt(pairs * p * (1 - p)));
  }
  EXPECT_EQ(synapses(rows(fixed_probability{.p = 0}, wide)), 0u);
  EXPECT_EQ(synapses(rows(fixed_probability{.p = 1}, wide)), 300u * 400);
  for (const double p : {1e-9, 1e-16, 1e-17, 1e-300, 5e-324})  // below 1e-16, 1 - p is 1
    EXPECT_EQ(synapses(rows(fixed_probability{.p = p}, wide)), 0u) << p;
  EXPECT_EQ(synapses(rows(fixed_probability{.p = 1}, self)), 300u * 299);
}

TEST(wiring, every_target_of_fixed_probability_is_as_likely) {
  std::vector<double> hits(20, 0);
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    for (const auto& row : rows(fixed_probability{.p = 0.2}, {.sources = 50, .targets = 20}, seed))
      for (const index_t t : row) ++hits[t];
  EXPECT_LT(chi_squared(hits, std::vector(20, 1000.0)) / 0.8, chi_squared_limit(21));
}

TEST(wiring, every_subset_of_a_fixed_degree_is_as_likely) {
  std::map<std::vector<index_t>, double> seen;  // 2 of the 5 others: 10 subsets of each of 6 rows
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto all = rows(fixed_outdegree{.k = 2}, {.sources = 6, .targets = 6, .same = true}, seed);
    for (index_t i = 0; i < 6; ++i) ++seen[{i, all[i][0], all[i][1]}];
  }
  ASSERT_EQ(seen.size(), 60u);
  std::vector<double> counts;
  for (const auto& [subset, count] : seen) counts.push_back(count);
  EXPECT_LT(chi_squared(counts, std::vector(60, 200.0)), chi_squared_limit(60));
}

TEST(wiring, distance_dependent_follows_its_kernel) {
  const auto places = grid(12, 1, 1);
  const endpoints ends{12, 12, false, places, places};
  std::vector<double> observed(12, 0), expected(12, 0);
  constexpr int repeats = 2000;
  for (std::uint64_t seed = 0; seed < repeats; ++seed) {
    const auto all = rows(distance_dependent{.c = 0.6, .lambda = 5}, ends, seed);
    for (index_t i = 0; i < 12; ++i)
      for (const index_t t : all[i]) ++observed[t > i ? t - i : i - t];
  }
  for (int d = 0; d < 12; ++d) {
    const double pairs = repeats * (d == 0 ? 12 : 2 * (12 - d)), p = 0.6 * std::exp(-d * d / 25.0);
    EXPECT_NEAR(observed[static_cast<std::size_t>(d)], pairs * p, 4 * std::sqrt(pairs * p * (1 - p)))
        << "distance " << d;
  }
}

// Maass et al. 2002 with the constants of Ivanov & Michmizos 2021; the expected counts are the mean of the kernel over
// all ordered pairs of a 10 x 10 x 10 grid, 0.086273, times the number of pairs and c. Which sites are excitatory is
// random, so a count varies by more than its binomial part.
TEST(wiring, the_liquid_has_the_expected_number_of_synapses) {
  struct kind {
    const char* name;
    bool from_e, to_e;
    double c, expected;
  };
  constexpr int repeats = 10;
  for (const kind& k : {kind{"EE", true, true, 0.2, 11029},
                        {"EI", true, false, 0.1, 1380},
                        {"IE", false, true, 0.3, 4141},
                        {"II", false, false, 0.05, 172}}) {
    std::vector<double> counts;
    for (std::uint64_t seed = 1; seed <= repeats; ++seed) {
      const auto places = shuffled(grid(10, 10, 10), seed);
      const std::span e{places.data(), 800}, i{places.data() + 800, 200};
      const auto from = k.from_e ? e : i, to = k.to_e ? e : i;
      const endpoints ends{static_cast<index_t>(from.size()), static_cast<index_t>(to.size()), k.from_e == k.to_e, from,
                           to};
      counts.push_back(static_cast<double>(synapses(rows(distance_dependent{.c = k.c, .lambda = 3}, ends, seed))));
    }
    const moments m = moments_of(counts);
    EXPECT_NEAR(m.mean, k.expected, 4 * std::sqrt(std::max(m.variance, k.expected) / repeats)) << k.name;
    EXPECT_LT(std::sqrt(m.variance), 0.1 * k.expected + 15) << k.name;
  }
}

TEST(wiring, a_grid_runs_along_x_first_and_shuffling_keeps_its_places) {
  const auto places = grid(2, 3, 4);
  ASSERT_EQ(places.size(), 24u);
  EXPECT_EQ(places[1].x, 1);
  EXPECT_EQ(places[2].y, 1);
  EXPECT_EQ(places[6].z, 1);
  const auto key = [](const position& p) { return std::array{p.x, p.y, p.z}; };
  std::set<std::array<double, 3>> all, mixed;
  for (const auto& p : places) all.insert(key(p));
  const auto moved = shuffled(places, 1);
  for (const auto& p : moved) mixed.insert(key(p));
  EXPECT_EQ(all, mixed);
  EXPECT_NE(key(moved[0]), key(shuffled(places, 2)[0]));
}

TEST(wiring, refuses_what_it_cannot_connect) {
  EXPECT_THAT(refusal(one_to_one{}, wide), HasSubstr("populations of one size, not 300 and 400"));
  for (const double p : {-0.1, 1.1, std::nan("")})
    EXPECT_THAT(refusal(fixed_probability{.p = p}, wide), HasSubstr("is not between 0 and 1"));
  EXPECT_THAT(refusal(fixed_indegree{.k = 301}, wide), HasSubstr("degree 301 exceeds the 300 possible partners"));
  EXPECT_THAT(refusal(fixed_outdegree{.k = 401}, wide), HasSubstr("exceeds the 400"));
  EXPECT_THAT(refusal(fixed_indegree{.k = 300}, self), HasSubstr("exceeds the 299"));
  EXPECT_EQ(refusal(fixed_indegree{.k = 300, .autapses = true}, self), "no error");
  EXPECT_EQ(refusal(fixed_indegree{.k = 900, .multapses = true}, self), "no error");
  const endpoints lonely{.sources = 1, .targets = 1, .same = true};
  EXPECT_THAT(refusal(fixed_outdegree{.k = 1, .multapses = true}, lonely), HasSubstr("no neuron to connect to"));
  EXPECT_THAT(refusal(distance_dependent{.c = 0.1, .lambda = 1}, wide), HasSubstr("needs positions on both"));
  EXPECT_THAT(refusal(distance_dependent{.c = 2, .lambda = 1}, wide), HasSubstr("between 0 and 1"));
  EXPECT_THAT(refusal(distance_dependent{.c = 0.1, .lambda = 0}, wide), HasSubstr("length constant 0 is not positive"));
}

}  // namespace spinule::wiring_test

// Statistics of spikes beside closed forms: clocks, Poisson processes, copies and opposites.
#include <spinule/learning/spike_statistics.hpp>

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::spike_statistics_test {

constexpr milliseconds tick = 1_ms;
constexpr stretch whole{0, 100'000};

/// Each neuron fires in each tick with probability p.
std::vector<spike> by_chance(index_t neurons, double p, std::uint64_t seed = 1) {
  random_stream random{seed, purpose::user, 0};
  std::vector<spike> all;
  for (moment t = whole.begin; t < whole.end; ++t)
    for (index_t i = 0; i < neurons; ++i)
      if (random.uniform() < p) all.push_back({t, i});
  return all;
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

TEST(spike_statistics, of_a_clock_are_exact) {
  std::vector<spike> clock;
  for (moment t = 5; t < 1000; t += 10) clock.push_back({t, 1});
  EXPECT_EQ(rates_hz(clock, 2, {0, 1000}, tick), (std::vector<double>{0, 100}));
  EXPECT_EQ(interval_cvs(clock, 2, {0, 1000})[1], 0);
  EXPECT_TRUE(std::isnan(interval_cvs(clock, 2, {0, 1000})[0]));
  EXPECT_EQ(fano_factors(clock, 2, {0, 1000}, 50)[1], 0);
  EXPECT_EQ(population_rates_hz(clock, 2, {0, 1000}, tick, 300), (std::vector<double>{50, 50, 50}));
  const spike_statistics of_last = statistics_of(clock, 2, {500, 1000}, tick);
  EXPECT_EQ(of_last.rate_hz, 50);
  EXPECT_EQ(of_last.cv, 0);
  EXPECT_EQ(of_last.counted, 1u);
}

TEST(spike_statistics, of_two_intervals_in_turn_have_their_closed_form) {
  std::vector<spike> pairs;
  for (moment t = 0; t < 3000; t += 30) pairs.insert(pairs.end(), {{t, 0}, {t + 10, 0}});
  pairs.push_back({3000, 0});  // 100 intervals of 10 and 100 of 20 ticks
  EXPECT_DOUBLE_EQ(interval_cvs(pairs, 1, {0, 3001})[0], 5.0 / 15);
}

TEST(spike_statistics, of_independent_trains_are_those_of_chance) {
  constexpr index_t n = 50;
  constexpr double p = 0.02;
  const auto spikes = by_chance(n, p);
  EXPECT_NEAR(mean(rates_hz(spikes, n, whole, tick)), 1000 * p, 0.3);
  EXPECT_NEAR(mean(interval_cvs(spikes, n, whole)), std::sqrt(1 - p), 0.01) << "of a geometric law";
  EXPECT_NEAR(mean(fano_factors(spikes, n, whole, 100)), 1 - p, 0.02) << "of a binomial law";
  EXPECT_NEAR(synchrony(spikes, n, whole, 20), 1 / std::sqrt(n), 0.005);
  EXPECT_NEAR(mean_correlation(spikes, n, whole, 20), 0, 0.002);
}

TEST(spike_statistics, of_copies_and_of_opposites_are_the_ends_of_the_scale) {
  std::vector<spike> copies;
  for (const spike& s : by_chance(1, 0.1))
    for (index_t i = 0; i < 4; ++i) copies.push_back({s.when, i});
  EXPECT_NEAR(synchrony(copies, 4, whole, 10), 1, 1e-12);
  EXPECT_NEAR(mean_correlation(copies, 4, whole, 10), 1, 1e-12);
  EXPECT_NEAR(synchrony(copies, 16, whole, 10), 0.5, 1e-12) << "and twelve silent ones";
  EXPECT_NEAR(mean_correlation(copies, 16, whole, 10), 1, 1e-12) << "of those that fire";
  std::vector<spike> turns;  // one or the other fires in every bin
  random_stream random{1, purpose::user, 0};
  for (moment t = 0; t < 1000; ++t) turns.push_back({t, static_cast<index_t>(random.below(std::uint64_t{2}))});
  EXPECT_NEAR(mean_correlation(turns, 2, {0, 1000}, 1), -1, 1e-12);
  EXPECT_NEAR(synchrony(turns, 2, {0, 1000}, 1), 0, 1e-6);
}

TEST(spike_statistics, of_nothing_are_no_numbers) {
  EXPECT_EQ(rates_hz({}, 1, whole, tick)[0], 0);
  EXPECT_TRUE(std::isnan(fano_factors({}, 1, whole, 10)[0]));
  EXPECT_TRUE(std::isnan(synchrony({}, 1, whole, 10)));
  EXPECT_TRUE(std::isnan(mean_correlation({}, 1, whole, 10)));
  EXPECT_TRUE(std::isnan(statistics_of({}, 1, whole, tick).cv));
}

TEST(spike_statistics, refuse_what_is_no_recording) {
  const std::vector<spike> mixed{{5, 0}, {3, 0}}, other{{5, 7}};
  EXPECT_THROW(rates_hz(mixed, 1, {0, 10}, tick), spinule_error);
  EXPECT_THROW(rates_hz(other, 7, {0, 10}, tick), spinule_error);
  EXPECT_NO_THROW(rates_hz(other, 7, {0, 5}, tick)) << "outside the stretch";
  EXPECT_THROW(rates_hz({}, 1, {10, 10}, tick), spinule_error);
  EXPECT_THROW(synchrony({}, 1, {0, 10}, 0), spinule_error);
}

}  // namespace spinule::learning::spike_statistics_test

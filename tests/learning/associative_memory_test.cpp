// Hebbian memories against closed forms: pairwise, dense and multitasking.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/learning/associative_memory.hpp>

namespace spinule::learning::associative_memory_test {

using testing::HasSubstr;
using testing::ThrowsMessage;

/// Of all bits of all patterns, those that leave their pattern in the first step.
double bit_error(std::size_t units, std::size_t patterns, int order, std::uint64_t networks) {
  double wrong = 0;
  for (std::uint64_t seed = 1; seed <= networks; ++seed) {
    const associative_memory memory{random_patterns(patterns, units, 0, seed), units, order};
    for (std::size_t mu = 0; mu < patterns; ++mu)
      wrong += static_cast<double>(
          std::ranges::count_if(memory.flip_costs(memory.pattern(mu)), [](double cost) { return cost < 0; }));
  }
  return wrong / static_cast<double>(networks * patterns * units);
}

/// The chance that of n fair signs fewer than (n - margin) / 2 are positive.
double binomial_tail(int n, int margin) {
  double sum = 0;
  for (int k = 0; 2 * k < n - margin; ++k)
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) - n * std::log(2.0));
  return sum;
}

TEST(associative_memory, costs_are_differences_of_energy) {
  for (const int order : {2, 3, 4, 5}) {
    const associative_memory memory{random_patterns(4, 30, 0.3, 1), 30, order};
    auto state = random_patterns(1, 30, 0, 2);
    const auto costs = memory.flip_costs(state);
    const double before = memory.energy(state);
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = -state[i];
      EXPECT_NEAR(memory.energy(state) - before, costs[i], 1e-12) << order;
      state[i] = -state[i];
    }
  }
}

TEST(associative_memory, sweeps_never_raise_the_energy_and_end) {
  for (const int order : {2, 3, 4}) {
    const associative_memory memory{random_patterns(20, 60, 0.2, 1), 60, order};
    auto state = random_patterns(1, 60, 0, 3);
    double energy = memory.energy(state);
    int sweeps = 0;
    while (memory.sweep(state) > 0) {
      EXPECT_LT(memory.energy(state), energy);
      energy = memory.energy(state);
      ASSERT_LT(++sweeps, 100);
    }
    EXPECT_GE(std::ranges::min(memory.flip_costs(state)), 0);
  }
}

TEST(associative_memory, leaves_bits_of_pairwise_patterns_as_the_binomial_law_says) {
  for (const int k : {14, 20}) {
    const double exact = binomial_tail((k - 1) * 99, 99);
    EXPECT_NEAR(bit_error(100, static_cast<std::size_t>(k), 2, 200), exact, 0.15 * exact) << k;
  }
}

TEST(associative_memory, holds_more_patterns_the_more_units_interact) {
  EXPECT_NEAR(expected_bit_error(100, 14, 2), 0.0038, 5e-5);
  EXPECT_NEAR(expected_bit_error(100, 20, 2), 0.0127, 5e-5);
  EXPECT_NEAR(expected_bit_error(100, 600, 3), 0.0092, 5e-5);
  EXPECT_NEAR(expected_bit_error(100, 1000, 3), 0.0339, 5e-5);
  EXPECT_NEAR(bit_error(100, 600, 3, 1), 0.0092, 0.4 * 0.0092);
}

TEST(associative_memory, learns_a_pattern_from_the_mean_of_noisy_examples) {
  constexpr std::size_t units = 200, patterns = 5, examples = 40;
  const auto hidden = random_patterns(patterns, units, 0, 1);
  std::vector<double> means(hidden.size());
  for (std::size_t a = 0; a < examples; ++a) {
    const auto noise = random_patterns(patterns, units, 0.5, 2 + a);  // half of the entries are drawn anew
    for (std::size_t k = 0; k < means.size(); ++k) means[k] += (noise[k] == 0 ? hidden[k] : noise[k]) / examples;
  }
  const associative_memory memory{means, units};
  for (std::size_t mu = 0; mu < patterns; ++mu) {
    const std::vector<double> pattern(hidden.begin() + static_cast<std::ptrdiff_t>(mu * units),
                                      hidden.begin() + static_cast<std::ptrdiff_t>((mu + 1) * units));
    auto state = pattern;
    for (std::size_t i = 0; i < units / 5; ++i) state[i] = -state[i];
    while (memory.sweep(state) > 0) continue;
    EXPECT_EQ(state, pattern) << mu;
  }
}

TEST(multitasking_memory, serves_patterns_one_after_the_other_up_to_the_threshold) {
  constexpr std::size_t units = 4000;
  for (const double d : {0.4, 0.55, 0.7}) {
    const auto patterns = random_patterns(3, units, d, 2);
    const associative_memory memory{patterns, units};
    const auto start = hierarchical_state(patterns, units);
    auto state = start;
    while (memory.sweep(state) > 0) continue;
    EXPECT_EQ(hierarchy_is_stable(d, 3), d < (std::sqrt(5.0) - 1) / 2);
    EXPECT_EQ(state == start, hierarchy_is_stable(d, 3)) << d;
    const auto m = memory.overlaps(start);
    for (int k = 0; k < 3; ++k) EXPECT_NEAR(m[static_cast<std::size_t>(k)], (1 - d) * std::pow(d, k), 0.03) << d;
  }
}

TEST(associative_memory, refuses_what_is_no_memory) {
  EXPECT_THAT(
      [] {
        associative_memory({1, -1, 1}, 2);
      },
      ThrowsMessage<spinule_error>(HasSubstr("3 numbers are no patterns over 2 units")));
  EXPECT_THAT([] { associative_memory({1, -1}, 2, 1); }, ThrowsMessage<spinule_error>(HasSubstr("at least 2")));
  EXPECT_THAT(
      [] {
        associative_memory({1, std::numeric_limits<double>::infinity()}, 2);
      },
      ThrowsMessage<spinule_error>(HasSubstr("not finite")));
  const associative_memory memory{{1, -1}, 2};
  EXPECT_THAT([&] { memory.energy(std::vector{1.0}); }, ThrowsMessage<spinule_error>(HasSubstr("1 units")));
  EXPECT_THAT([] { random_patterns(1, 2, 1.5, 1); }, ThrowsMessage<spinule_error>(HasSubstr("dilution 1.5")));
}

}  // namespace spinule::learning::associative_memory_test

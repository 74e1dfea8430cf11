#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include <spinule/random.hpp>

#include "statistics.hpp"

namespace spinule::random_test {

using block = std::array<std::uint32_t, 4>;

/// Philox4x32-10 from its paper (Salmon et al. 2011), a second implementation.
block philox(block c, std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = 0xD2511F53ULL * c[0], b = 0xCD9E8D57ULL * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
    k = {k[0] + 0x9E3779B9u, k[1] + 0xBB67AE85u};
  }
  return c;
}

/// The seed under which a stream of `user` has this key.
std::uint64_t seed_for(std::array<std::uint32_t, 2> key) {
  constexpr auto what = static_cast<std::uint32_t>(purpose::user);
  return (std::uint64_t{key[1] - what} << 32) | (key[0] ^ (0x9E3779B9u * what));
}

block next_block(random_stream& r) {
  block b;
  for (auto& x : b) x = r.bits();
  return b;
}

template <class Draw>
std::vector<double> draws(int n, Draw draw) {
  random_stream random{7, purpose::user, 3};
  std::vector<double> x;
  for (int i = 0; i < n; ++i) x.push_back(static_cast<double>(draw(random)));
  return x;
}

/// Mean and variance within five standard errors (that of the variance for a law of at most this kurtosis).
void expect_moments(const std::vector<double>& x, double mean, double variance, double kurtosis) {
  const moments m = moments_of(x);
  const auto n = static_cast<double>(x.size());
  EXPECT_NEAR(m.mean, mean, 5 * std::sqrt(variance / n));
  EXPECT_NEAR(m.variance, variance, 5 * variance * std::sqrt((kurtosis - 1) / n));
}

TEST(random, is_philox_4x32_10_with_the_known_answers_of_random123) {
  constexpr block ones{~0u, ~0u, ~0u, ~0u}, pi{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
  constexpr block answer_zero{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
  ASSERT_EQ(philox({}, {}), answer_zero);
  ASSERT_EQ(philox(ones, {~0u, ~0u}), (block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  ASSERT_EQ(philox(pi, {0xa4093822, 0x299f31d0}), (block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
  random_stream zero{seed_for({0, 0}), purpose::user, 0};
  EXPECT_EQ(next_block(zero), answer_zero);
  random_stream stream{seed_for({0xa4093822, 0x299f31d0}), purpose::user, 0x0370734413198a2eULL, 0x85a308d3};
  for (std::uint32_t n = 0; n < 100; ++n)
    ASSERT_EQ(next_block(stream), philox({n, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}));
}

TEST(random, equal_keys_give_equal_bits_and_other_keys_others) {
  const auto first = [](random_stream r) { return r.bits64(); };
  const std::uint64_t one = first({1, purpose::weight, 5, 2});
  EXPECT_EQ(one, first({1, purpose::weight, 5, 2}));
  std::set<std::uint64_t> all;
  for (const auto what : {purpose::wiring, purpose::weight, purpose::delay, purpose::source, purpose::device})
    for (const std::uint64_t seed : {0ULL, 1ULL, 1ULL << 32})
      for (const std::uint64_t entity : {0ULL, 5ULL, 5ULL << 32})
        for (const std::uint32_t part : {0u, 2u}) all.insert(first({seed, what, entity, part}));
  EXPECT_EQ(all.size(), 5u * 3 * 3 * 2);
}

TEST(random, uniform_is_flat_on_zero_to_one) {
  for (const auto& x :
       {draws(40000, [](auto& r) { return r.uniform(); }), draws(40000, [](auto& r) { return r.open_uniform(); })}) {
    EXPECT_LT(kolmogorov_smirnov(x, [](double v) { return v; }), 1.95);
    expect_moments(x, 0.5, 1.0 / 12, 1.8);
    EXPECT_GE(*std::min_element(x.begin(), x.end()), 0);
    EXPECT_LT(*std::max_element(x.begin(), x.end()), 1);
  }
}

TEST(random, below_is_fair) {
  std::vector<double> counts(7, 0);
  for (const double x : draws(70000, [](auto& r) { return r.below(7); })) ++counts.at(static_cast<std::size_t>(x));
  EXPECT_LT(chi_squared(counts, std::vector(7, 1e4)), chi_squared_limit(7));
  random_stream random{1, purpose::user, 0};
  EXPECT_EQ(random.below(1), 0u);
}

TEST(random, normal_follows_the_normal_law) {
  const auto x = draws(40000, [](auto& r) { return r.normal(); });
  EXPECT_LT(kolmogorov_smirnov(x, [](double v) { return 0.5 * std::erfc(-v / std::sqrt(2.0)); }), 1.95);
  expect_moments(x, 0, 1, 3);
}

TEST(random, exponential_follows_the_exponential_law) {
  const auto x = draws(40000, [](auto& r) { return r.exponential(); });
  EXPECT_LT(kolmogorov_smirnov(x, [](double v) { return -std::expm1(-v); }), 1.95);
  expect_moments(x, 1, 1, 9);
}

TEST(random, poisson_follows_the_poisson_law) {
  for (const double mean : {0.01, 0.7, 5.0, 15.99, 16.0, 40.0, 1000.0})
    expect_moments(draws(20000, [&](auto& r) { return r.poisson(mean); }), mean, mean, 3 + 1 / mean);
  std::vector<double> counts(12, 0), expected(12, 0);
  for (const double x : draws(20000, [](auto& r) { return r.poisson(4); }))
    ++counts[std::min<std::size_t>(static_cast<std::size_t>(x), 11)];
  double left = 20000;
  for (int k = 0; k < 11; ++k)
    left -= expected[static_cast<std::size_t>(k)] = 20000 * std::exp(-4 + k * std::log(4.0) - std::lgamma(k + 1.0));
  expected[11] = left;
  EXPECT_LT(chi_squared(counts, expected), chi_squared_limit(12));
  random_stream random{1, purpose::user, 0};
  EXPECT_EQ(random.poisson(0), 0u);
}

TEST(random, binomial_follows_the_binomial_law) {
  for (const auto& [n, p] : {std::pair{1, 0.3}, {20, 0.5}, {20, 0.9}, {1000, 0.01}, {1000, 0.6}}) {
    const double variance = n * p * (1 - p);
    expect_moments(draws(20000, [&](auto& r) { return r.binomial(static_cast<std::uint64_t>(n), p); }), n * p, variance,
                   3 + (1 - 6 * p * (1 - p)) / variance);
  }
  random_stream random{1, purpose::user, 0};
  EXPECT_EQ(random.binomial(10, 0), 0u);
  EXPECT_EQ(random.binomial(10, 1), 10u);
  EXPECT_EQ(random.binomial(0, 0.5), 0u);
}

TEST(random, geometric_follows_the_geometric_law) {
  for (const double p : {0.05, 0.5, 0.97}) {
    const double variance = (1 - p) / (p * p);
    expect_moments(draws(40000, [&](auto& r) { return r.geometric(p); }), (1 - p) / p, variance, 9 + p * p / (1 - p));
  }
  random_stream random{1, purpose::user, 0};
  EXPECT_EQ(random.geometric(1), 0u);
  EXPECT_GT(random.geometric(1e-300), 1u << 30) << "a gap beyond all counting is long, not undefined";
}

}  // namespace spinule::random_test

// Measures of a liquid against closed forms, and against sums done in another way.
#include <spinule/learning/liquid_measures.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::liquid_measures_test {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

template <class F>
std::string refusal(F f) {
  try {
    f();
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "accepted";
}

/// [rows x columns] normal numbers.
state_table random_states(std::size_t rows, std::size_t columns, std::uint64_t seed) {
  random_stream random{seed, purpose::user, 0};
  state_table t{columns, std::vector<double>(rows * columns)};
  for (double& x : t.values) x = random.normal();
  return t;
}

state_table product(const state_table& a, const state_table& b) {
  state_table c{b.columns, std::vector<double>(a.rows() * b.columns)};
  for (std::size_t i = 0; i < a.rows(); ++i)
    for (std::size_t k = 0; k < a.columns; ++k)
      for (std::size_t j = 0; j < b.columns; ++j) c.values[i * b.columns + j] += a.row(i)[k] * b.row(k)[j];
  return c;
}

TEST(train_distance, of_two_spikes_is_the_closed_form) {
  const double one = 5 * std::sqrt(std::numbers::pi / 2);  // squared norm of a spike, ms
  const std::vector<event> spike{{20'000, 3}};
  EXPECT_NEAR(train_distance(spike, {}), std::sqrt(one), 1e-12);
  EXPECT_EQ(train_distance(spike, spike), 0);
  EXPECT_NEAR(train_distance(spike, std::vector<event>{{27'000, 3}}),
              std::sqrt(2 * one * (1 - std::exp(-0.5 * 49 / 25))), 1e-12);
  EXPECT_NEAR(train_distance(spike, std::vector<event>{{27'000, 4}}), std::sqrt(2 * one), 1e-12) << "another channel";
}

TEST(train_distance, is_the_integral_of_the_smoothed_difference) {
  random_stream random{7, purpose::user, 0};
  const auto drawn = [&] {
    std::vector<event> events;
    for (std::int64_t t = 0; t < 200'000; t += 1 + static_cast<std::int64_t>(random.below(12'000)))
      events.push_back({t, static_cast<std::uint32_t>(random.below(2))});
    return events;
  };
  const auto u = drawn(), v = drawn();
  double squared = 0;
  const double step = 0.05, tau = 3;
  for (double t = -50; t < 250; t += step) {
    std::array<double, 2> difference{};
    const auto add = [&](const std::vector<event>& events, double sign) {
      for (const event& e : events) {
        const double x = (t - static_cast<double>(e.time_us) / 1000) / tau;
        difference[e.channel] += sign * std::exp(-x * x);
      }
    };
    add(u, 1);
    add(v, -1);
    squared += (difference[0] * difference[0] + difference[1] * difference[1]) * step;
  }
  EXPECT_NEAR(train_distance(u, v, 3_ms), std::sqrt(squared), 1e-9);
  EXPECT_THAT(refusal([&] { train_distance(u, v, 0_ms); }), HasSubstr("tau = 0 ms; it must be positive"));
}

TEST(filtered_states, are_sums_of_exponentials) {
  const std::vector<spike> spikes{{3, 0}, {5, 1}, {9, 0}, {20, 1}};
  const std::vector<moment> at{2, 9, 19};
  const state_table s = filtered_states(spikes, 3, 2_ms, 10_ms, at);
  ASSERT_EQ(s.rows(), 3u);
  EXPECT_THAT(s.row(0), ElementsAre(0, 0, 0));
  EXPECT_THAT(s.row(1), ElementsAre(DoubleNear(1 + std::exp(-1.2), 1e-12), DoubleNear(std::exp(-0.8), 1e-12), 0));
  EXPECT_THAT(s.row(2),
              ElementsAre(DoubleNear(std::exp(-2.0) + std::exp(-3.2), 1e-12), DoubleNear(std::exp(-2.8), 1e-12), 0));
  EXPECT_THAT(refusal([&] { filtered_states(spikes, 1, 2_ms, 10_ms, at); }), HasSubstr("a spike of neuron 1"));
  EXPECT_THAT(refusal([&] { filtered_states(spikes, 3, 2_ms, 0_ms, at); }), HasSubstr("tau = 0 ms"));
  EXPECT_THAT(refusal([&] {
                filtered_states(spikes, 3, 2_ms, 1_ms, std::vector<moment>{3, 2});
              }),
              HasSubstr("ascending"));
}

TEST(separation, is_the_distance_of_rows) {
  state_table u, v;
  u.add(std::array{0.0, 3.0});
  u.add(std::array{1.0, 1.0});
  v.add(std::array{4.0, 0.0});
  v.add(std::array{1.0, 1.0});
  EXPECT_THAT(separation(u, v), ElementsAre(5, 0));
  EXPECT_THAT(refusal([&] { u.add(std::array{1.0}); }), HasSubstr("a row of 1 numbers; all have 2"));
  v.add(std::array{1.0, 1.0});
  EXPECT_THAT(refusal([&] { separation(u, v); }), HasSubstr("2 x 2 and of 3 x 2"));
}

TEST(state_rank, of_a_product_is_its_inner_size) {
  const state_table a = random_states(40, 7, 1), b = random_states(7, 25, 2);
  const state_rank r = rank_of(product(a, b));
  EXPECT_EQ(r.rank, 7u);
  EXPECT_EQ(r.singular_values.size(), 25u);
  EXPECT_DOUBLE_EQ(r.tolerance, r.singular_values[0] * 40 * std::pow(2.0, -52));
  EXPECT_EQ(rank_of(random_states(40, 25, 3)).rank, 25u);
  EXPECT_EQ(rank_of(state_table{3, std::vector<double>(9)}).rank, 0u);
}

TEST(state_rank, counts_the_singular_values_above_its_tolerance) {
  const state_table diagonal{3, {5, 0, 0, 0, 2, 0, 0, 0, 0.5}};
  EXPECT_THAT(rank_of(diagonal).singular_values, ElementsAre(5, 2, 0.5));
  EXPECT_EQ(rank_of(diagonal, 1).rank, 2u);
  EXPECT_EQ(rank_of(diagonal, 6).rank, 0u);
  EXPECT_THAT(refusal([&] { rank_of(diagonal, -1); }), HasSubstr("tolerance = -1"));
  EXPECT_THAT(refusal([&] { rank_of({}); }), HasSubstr("empty"));
  EXPECT_THAT(refusal([&] { rank_of({2, {1, 2, 3}}); }), HasSubstr("whole rows"));
  EXPECT_THAT(refusal([&] {
                rank_of({2, {1, 2, 3, std::numeric_limits<double>::quiet_NaN()}});
              }),
              HasSubstr("number 1 of row 1"));
}

TEST(class_separability, of_points_on_a_line_is_the_closed_form) {
  const state_table points{1, {0, 2, 10, 12}};
  const std::vector<std::uint32_t> labels{4, 4, 9, 9};
  const auto s = class_separability(points, labels);
  EXPECT_NEAR(s.scatter_ratio, 100.0 / 4, 1e-12);  // S_b = 4 * 25, S_w = 4 * 1
  EXPECT_NEAR(s.distance_ratio, 10.0 / (1 + 1), 1e-12);
  EXPECT_NEAR(class_separability(points, labels, 1).scatter_ratio, 100.0 / 5, 1e-12);
}

TEST(class_separability, of_scatter_knows_no_units) {
  state_table x = random_states(60, 4, 5);
  std::vector<std::uint32_t> labels;
  for (std::size_t r = 0; r < 60; ++r) {
    labels.push_back(static_cast<std::uint32_t>(r % 3));
    x.values[r * 4 + labels[r]] += 2;
  }
  const auto mixed = product(x, random_states(4, 4, 6));
  EXPECT_NEAR(class_separability(x, labels).scatter_ratio, class_separability(mixed, labels).scatter_ratio, 1e-9);
}

TEST(class_separability, says_what_it_cannot_tell) {
  const state_table x = random_states(4, 5, 5);
  EXPECT_THAT(refusal([&] {
                class_separability(x, std::vector<std::uint32_t>{0, 0, 1, 1});
              }),
              HasSubstr("has no inverse in 5 dimensions; give more samples"));
  EXPECT_EQ(refusal([&] { class_separability(x, std::vector<std::uint32_t>{0, 0, 1, 1}, 0.1); }), "accepted");
  EXPECT_THAT(refusal([&] {
                class_separability(x, std::vector<std::uint32_t>{0, 0, 0, 0});
              }),
              HasSubstr("two classes"));
  EXPECT_THAT(refusal([&] { class_separability(x, std::vector<std::uint32_t>{0, 1}); }), HasSubstr("2 labels of 4"));
}

std::vector<double> random_input(std::size_t steps) { return random_states(steps, 1, 11).values; }

TEST(memory_capacity, of_a_delay_line_is_its_length) {
  const std::size_t n = 12, steps = 4000;
  const auto input = random_input(steps);
  state_table line{n, std::vector<double>(steps * n)};
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t i = 0; i < n && i < t; ++i) line.values[t * n + i] = input[t - i - 1];
  EXPECT_NEAR(memory_capacity(line, input, n).capacity, n, 1e-9);
  const auto longer = memory_capacity(line, input, 2 * n);
  for (std::size_t k = 0; k < 2 * n; ++k) EXPECT_NEAR(longer.by_delay[k], k < n ? 1 : 0, 5e-3) << k + 1;
}

TEST(memory_capacity, of_a_reservoir_does_not_exceed_its_size) {
  const std::size_t n = 10, steps = 20'000;
  const auto input = random_input(steps);
  const auto weights = random_states(n, n, 12), from_input = random_states(1, n, 13);
  state_table states{n, std::vector<double>(steps * n)};
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0.01 * from_input.values[i] * input[t];
      for (std::size_t j = 0; t > 0 && j < n; ++j) sum += 0.25 * weights.row(i)[j] * states.values[(t - 1) * n + j];
      states.values[t * n + i] = std::tanh(sum);
    }
  const double capacity = memory_capacity(states, input, 60).capacity;
  EXPECT_GT(capacity, 0.7 * static_cast<double>(n));
  EXPECT_LT(capacity, static_cast<double>(n) + 60 / (0.5 * static_cast<double>(steps)));
}

TEST(memory_capacity, says_what_it_cannot_tell) {
  const auto x = random_states(20, 3, 1);
  EXPECT_THAT(refusal([&] { memory_capacity(x, random_input(19), 2); }), HasSubstr("19 inputs of 20 states"));
  EXPECT_THAT(refusal([&] { memory_capacity(x, random_input(20), 13); }), HasSubstr("give 21 or more"));
  EXPECT_THAT(refusal([&] { memory_capacity(x, random_input(20), 0); }), HasSubstr("0 delays"));
}

}  // namespace spinule::learning::liquid_measures_test

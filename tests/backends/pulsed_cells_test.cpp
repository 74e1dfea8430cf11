// Cells that are written pulse by pulse: closed forms of each law, spreads, write-verify, and the symmetric point.
#include <spinule/backends/pulsed_cells.hpp>

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include <spinule/error.hpp>

#include "io/message.hpp"
#include "ks_distance.hpp"

namespace spinule::pulsed_cells_test {

using counts = std::vector<std::int16_t>;

struct moments {
  double mean = 0, sd = 0;
  explicit moments(std::span<const float> x) {
    for (const float v : x) mean += v / static_cast<double>(x.size());
    for (const float v : x) sd += (v - mean) * (v - mean) / static_cast<double>(x.size());
    sd = std::sqrt(sd);
  }
};

float after(const pulse_response& r, std::int16_t pulses) {
  pulsed_cells cells{1, r, 1};
  cells.pulse(counts{pulses});
  return cells.states()[0];
}

TEST(pulsed_cells, constant_steps_add_up_to_the_bounds) {
  const pulse_response r{.law = pulse_law::constant, .step = 0.01};
  EXPECT_NEAR(after(r, 30), 0.3, 1e-6);
  EXPECT_NEAR(after(r, -30), -0.3, 1e-6);
  EXPECT_EQ(after(r, 300), 1);
  EXPECT_EQ(after(r, -300), -1);
}

// w_n = highest (1 - (1 - d / highest)^n)
TEST(pulsed_cells, soft_bounds_are_approached_geometrically) {
  const pulse_response r{.step = 0.02, .highest = 1.25, .lowest = -0.75};
  for (const std::int16_t n : {std::int16_t{1}, std::int16_t{10}, std::int16_t{200}}) {
    EXPECT_NEAR(after(r, n), 1.25 * (1 - std::pow(1 - 0.02 / 1.25, n)), 2e-6);
    EXPECT_NEAR(after(r, static_cast<std::int16_t>(-n)), -0.75 * (1 - std::pow(1 - 0.02 / 0.75, n)), 2e-6);
  }
}

TEST(pulsed_cells, every_law_is_the_change_that_its_response_states) {
  for (pulse_response r : pulse_responses()) {
    r.step_sd = r.up_down_sd = r.cycle_sd = r.highest_sd = r.lowest_sd = r.corrupt = 0;
    for (const std::int16_t sign : {std::int16_t{1}, std::int16_t{-1}}) {
      double w = 0;
      for (int k = 0; k < 50; ++k) w = std::clamp(w + r.change(w, sign > 0), r.lowest, r.highest);
      EXPECT_NEAR(after(r, static_cast<std::int16_t>(50 * sign)), w, 2e-5) << r.name;
    }
  }
}

TEST(pulsed_cells, a_pulse_scatters_from_cycle_to_cycle) {
  const std::size_t n = 100'000;
  pulsed_cells cells{n, {.law = pulse_law::constant, .step = 0.01, .cycle_sd = 0.5}, 3};
  cells.pulse(counts(n, 9));
  const moments m{cells.states()};
  EXPECT_NEAR(m.mean, 0.09, 4 * 0.015 / std::sqrt(n));
  EXPECT_NEAR(m.sd / (0.01 * 0.5 * 3), 1, 0.01);
}

TEST(pulsed_cells, the_scatter_of_a_pulse_is_normal) {
  const std::size_t n = 100'000;
  pulsed_cells cells{n, {.law = pulse_law::constant, .step = 0.01, .cycle_sd = 0.5}, 4};
  cells.pulse(counts(n, -1));
  EXPECT_LT(ks_distance({cells.states().begin(), cells.states().end()},
                        [](double w) { return normal_law((w / 0.01 + 1) / 0.5); }),
            ks_limit(n));
}

// Cells with many pulses go on when most others have had theirs.
TEST(pulsed_cells, counts_of_all_sizes_in_one_write_are_kept) {
  const std::size_t n = 1000;
  pulsed_cells cells{n, {.law = pulse_law::constant, .step = 0.001}, 4};
  counts asked(n);
  for (std::size_t i = 0; i < n; ++i) asked[i] = static_cast<std::int16_t>(i % 7 == 0 ? i : i % 3 == 0 ? -2 : i % 5);
  cells.pulse(asked);
  std::uint64_t up = 0, down = 0;
  for (std::size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(cells.states()[i], 0.001 * asked[i], 1e-5) << i;
    (asked[i] > 0 ? up : down) += static_cast<std::uint64_t>(std::abs(asked[i]));
  }
  EXPECT_EQ(cells.pulses_up(), up);
  EXPECT_EQ(cells.pulses_down(), down);
}

TEST(pulsed_cells, cells_differ_in_step_and_bounds) {
  const std::size_t n = 100'000;
  pulsed_cells steps{n, {.law = pulse_law::constant, .step = 0.01, .step_sd = 0.2}, 3};
  steps.pulse(counts(n, 10));
  EXPECT_NEAR(moments{steps.states()}.sd / 0.02, 1, 0.01);
  pulsed_cells lognormal{n, {.law = pulse_law::constant, .step = 1e-4, .step_sd = 0.7, .lognormal_steps = true}, 3};
  lognormal.pulse(counts(n, 10));
  EXPECT_NEAR(moments{lognormal.states()}.mean / 1e-3, 1, 0.01);
  EXPECT_NEAR(moments{lognormal.states()}.sd / 1e-3, std::sqrt(std::exp(0.49) - 1), 0.03);
  pulsed_cells bounds{n, {.law = pulse_law::constant, .step = 0.5, .highest_sd = 0.1}, 3};
  bounds.pulse(counts(n, 10));
  EXPECT_NEAR(moments{bounds.states()}.mean, 1, 0.002);
  EXPECT_NEAR(moments{bounds.states()}.sd / 0.1, 1, 0.01);
}

TEST(pulsed_cells, up_and_down_may_differ) {
  const pulse_response r{.law = pulse_law::constant, .step = 0.01, .up_down = 0.2};
  EXPECT_NEAR(after(r, 10), 0.12, 1e-6);
  EXPECT_NEAR(after(r, -10), -0.08, 1e-6);
}

TEST(pulsed_cells, corrupt_cells_keep_their_state) {
  const std::size_t n = 20'000;
  pulsed_cells cells{n, {.law = pulse_law::constant, .step = 0.5, .corrupt = 0.1}, 5};
  const std::vector<float> before(cells.states().begin(), cells.states().end());
  cells.pulse(counts(n, 20));
  double stuck = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const bool same = cells.states()[i] == before[i];
    stuck += same;
    EXPECT_TRUE(same || cells.states()[i] == 1);
  }
  EXPECT_NEAR(stuck / n, 0.1, 0.01);
}

TEST(pulsed_cells, what_is_read_has_the_noise_of_the_last_write) {
  const std::size_t n = 50'000;
  pulsed_cells cells{n, {.law = pulse_law::constant, .step = 0.01, .write_noise = 3}, 5};
  cells.pulse(counts(n, 10));
  EXPECT_LT(moments{cells.states()}.sd, 1e-6);
  EXPECT_NEAR(moments{cells.apparent()}.sd / 0.03, 1, 0.02);
  const float first = cells.apparent()[0];
  auto one = counts(n, 0);
  one[1] = 1;
  cells.pulse(one);
  EXPECT_EQ(cells.apparent()[0], first);
}

TEST(pulsed_cells, alternating_pulses_drift_to_the_symmetric_point) {
  const pulse_response r{.step = 0.005, .up_down = 0.1, .highest = 1.25, .lowest = -0.75};
  pulsed_cells cells{1, r, 1};
  for (int k = 0; k < 2000; ++k) cells.pulse(counts{static_cast<std::int16_t>(k % 2 == 0 ? 1 : -1)});
  // 1.1 (1 - w / 1.25) = 0.9 (1 + w / 0.75)
  const double closed = 0.2 / (1.1 / 1.25 + 0.9 / 0.75);
  EXPECT_NEAR(cells.symmetric_point(0), closed, 1e-6);
  EXPECT_NEAR(cells.states()[0], closed, 0.01);
}

TEST(pulsed_cells, write_verify_reaches_its_targets_and_counts_its_pulses) {
  const std::size_t n = 4000;
  std::vector<float> targets(n);
  for (std::size_t i = 0; i < n; ++i) targets[i] = -0.4f + 0.8f * static_cast<float>(i) / n;
  pulsed_cells cells{n, {.law = pulse_law::constant, .step = 0.01, .cycle_sd = 0.3}, 7};
  const auto done = cells.write_verify(targets, {.tolerance = 0.01, .most_pulses = 100});
  EXPECT_EQ(done.reached, n);
  EXPECT_LE(done.largest_error, 0.01 + 1e-6);
  EXPECT_NEAR(static_cast<double>(done.pulses) / n, 19.5, 1.5);  // a mean distance of 0.2 in steps of 0.01
  EXPECT_EQ(done.pulses, cells.pulses_up() + cells.pulses_down());
}

TEST(pulsed_cells, write_verify_says_what_it_could_not_reach) {
  pulsed_cells cells{2, {.law = pulse_law::constant, .step = 0.01}, 7};
  const auto done = cells.write_verify(std::vector<float>{0.05f, 3}, {.tolerance = 0.011, .most_pulses = 20});
  EXPECT_EQ(done.reached, 1u);
  EXPECT_NEAR(done.largest_error, 2.8, 1e-5);
  EXPECT_EQ(done.pulses, 4u + 20u);
}

TEST(pulsed_cells, write_verify_leaves_more_where_reads_are_noisy) {
  const std::size_t n = 5000;
  const std::vector<float> targets(n, 0.2f);
  const auto residual = [&](double noise) {
    pulsed_cells cells{n, {.law = pulse_law::constant, .step = 0.01}, 7};
    return cells.write_verify(targets, {.tolerance = 0.01, .read_noise = noise}).residual_sd;
  };
  EXPECT_GT(residual(0.05), 2 * residual(0.001));
}

TEST(pulsed_cells, the_same_seed_is_the_same_chip_and_writes_do_not_repeat) {
  const auto r = pulse_response_named("hfo2_array");
  const auto written = [&](std::uint64_t seed, std::uint32_t chip) {
    pulsed_cells cells{1000, r, seed, chip};
    cells.pulse(counts(1000, 1));
    cells.pulse(counts(1000, -1));
    return std::vector<float>(cells.apparent().begin(), cells.apparent().end());
  };
  EXPECT_EQ(written(1, 2), written(1, 2));
  EXPECT_NE(written(1, 2), written(1, 3));
  EXPECT_NE(written(1, 2), written(2, 2));
}

TEST(pulsed_cells, states_are_put_within_the_bounds_of_each_cell) {
  pulsed_cells cells{3, {.highest = 0.5, .lowest = -0.25}, 1};
  cells.put(std::vector<float>{-1, 0.1f, 1});
  EXPECT_THAT(cells.states(), testing::ElementsAre(-0.25f, 0.1f, 0.5f));
  EXPECT_EQ(cells.pulses_up() + cells.pulses_down(), 0u);
}

TEST(pulsed_cells, refuse_what_is_no_cell) {
  using testing::HasSubstr;
  const auto made = [&](pulse_response r) { return message_of<spinule_error>([&] { pulsed_cells(1, r, 1); }); };
  EXPECT_THAT(made({.step = 0}), HasSubstr("step is 0; it must be more than 0"));
  EXPECT_THAT(made({.cycle_sd = -1}), HasSubstr("cycle_sd is -1"));
  EXPECT_THAT(made({.highest = -1}), HasSubstr("0 must lie between them"));
  EXPECT_THAT(made({.up_down = 1}), HasSubstr("would change theirs"));
  EXPECT_THAT(made({.corrupt = 2}), HasSubstr("at most 1"));
  EXPECT_THAT(made({.slope_up = NAN}), HasSubstr("slope_up is nan"));
  EXPECT_THAT(message_of<spinule_error>([] { pulse_response_named("flash"); }),
              HasSubstr("known are: constant, linear, exponential, constant_step, reram_exponential"));
  pulsed_cells cells{2, {}, 1};
  EXPECT_THAT(message_of<spinule_error>([&] { cells.pulse(counts{1}); }), HasSubstr("1 counts of pulses for 2 cells"));
  EXPECT_THAT(message_of<spinule_error>([&] { cells.write_verify(std::vector<float>{1}); }),
              HasSubstr("1 targets for 2 cells"));
}

TEST(pulsed_cells, refuse_cells_that_are_not_there) {
  using testing::HasSubstr;
  using indices = std::vector<std::uint32_t>;
  pulsed_cells cells{10, {}, 1};
  const std::string expected = "cell 10 is named; there are 10, from 0";
  EXPECT_THAT(message_of<spinule_error>([&] { cells.pulse(indices{3, 10}, counts{1, 1}); }), HasSubstr(expected));
  EXPECT_THAT(message_of<spinule_error>([&] {
                cells.write_verify(indices{10, 3}, std::vector<float>{0.1f, 0.1f}, {});
              }),
              HasSubstr(expected));
  EXPECT_THAT(message_of<spinule_error>([&] { cells.symmetric_point(10); }), HasSubstr(expected));
  EXPECT_EQ(cells.pulses_up(), 0u);
  EXPECT_EQ(cells.states()[3], 0);
}

TEST(pulsed_cells, refuse_states_targets_and_limits_that_are_no_numbers) {
  using testing::HasSubstr;
  pulsed_cells cells{2, {}, 1};
  EXPECT_THAT(message_of<spinule_error>([&] {
                cells.put(std::vector<float>{0, NAN});
              }),
              HasSubstr("the state of cell 1 is nan; it must be a finite number"));
  EXPECT_THAT(message_of<spinule_error>(
                  [&] { cells.write_verify(std::vector<std::uint32_t>{1}, std::vector<float>{INFINITY}, {}); }),
              HasSubstr("the target of cell 1 is inf"));
  const auto limited = [&](const write_limits& limits) {
    return message_of<spinule_error>([&] { cells.write_verify(std::vector<float>{0.5f, 0.5f}, limits); });
  };
  EXPECT_EQ(limited({.tolerance = -1}), "write-verify: tolerance is -1; it must be 0 or more");
  EXPECT_THAT(limited({.tolerance = NAN}), HasSubstr("tolerance is nan"));
  EXPECT_THAT(limited({.most_pulses = -5}), HasSubstr("most_pulses is -5; it must be 0 or more"));
  EXPECT_THAT(limited({.read_noise = NAN}), HasSubstr("read_noise is nan"));
  EXPECT_EQ(cells.pulses_up(), 0u);
  EXPECT_EQ(limited({.most_pulses = 0}), "");
  EXPECT_EQ(cells.pulses_up(), 0u);
}

// Every number at its bound, both signs where there are two.
TEST(pulsed_cells, stay_finite_at_the_bounds_of_what_a_response_may_say) {
  using testing::HasSubstr;
  for (const auto law : {pulse_law::constant, pulse_law::linear, pulse_law::exponential})
    for (const double sign : {1.0, -1.0}) {
      const double most = sign * 1e6;
      pulse_response r{.law = law, .step = 1e6, .step_sd = 1e6, .up_down_sd = 1e6, .cycle_sd = 1e6, .highest = 1e6};
      r.highest_sd = r.lowest_sd = r.write_noise = 1e6;
      r.lowest = -1e6;
      r.slope_up = r.slope_down = r.rate_up = r.rate_down = r.scale = r.offset = most;
      r.amplitude_up = r.amplitude_down = sign * 1000;
      r.corrupt = 0.5;
      pulsed_cells cells{600, r, 1};
      for (const std::int16_t n : {std::int16_t{3}, std::int16_t{-7}}) cells.pulse(counts(600, n));
      for (std::size_t i = 0; i < 600; ++i) {
        ASSERT_TRUE(std::isfinite(cells.states()[i]) && std::isfinite(cells.apparent()[i])) << i;
        ASSERT_TRUE(std::isfinite(cells.symmetric_point(i))) << i;
      }
    }
  const auto made = [](pulse_response r) { return message_of<spinule_error>([&] { pulsed_cells(1, r, 1); }); };
  EXPECT_THAT(made({.step = 1e308}), HasSubstr("step is 1e+308; it must be more than 0 and at most 1e+06"));
  EXPECT_THAT(made({.highest = 1e30}), HasSubstr("highest is 1e+30; it must be from -1e+06 to 1e+06"));
  EXPECT_THAT(made({.amplitude_up = -1001}), HasSubstr("amplitude_up is -1001; it must be from -1000 to 1000"));
}

}  // namespace spinule::pulsed_cells_test

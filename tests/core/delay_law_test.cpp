// Delays drawn from laws, in whole ticks, against the laws.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <spinule/engine/lowering.hpp>
#include <spinule/models/lif.hpp>

#include "statistics.hpp"

namespace spinule::delay_law_test {

using testing::HasSubstr;

constexpr index_t cells = 400;

/// [ticks] how many synapses from each of `sources` neurons to each of 400 have that delay.
std::vector<double> histogram(value<milliseconds> law, milliseconds tick, index_t sources = cells) {
  network net{4};
  const auto a = net.add("a", lif{}, sources), b = net.add("b", lif{}, cells);
  net.connect(a, b, all_to_all{}, {.weight = 1_mV, .delay = law});
  const connectivity drawn = lower(net, tick)->draw(0);
  std::vector<double> seen(static_cast<std::size_t>(drawn.delays.back()) + 1, 0);
  for (index_t s = 0; s < sources; ++s)
    for (std::size_t k = 0; k < drawn.delays.size(); ++k)
      seen[static_cast<std::size_t>(drawn.delays[k])] += static_cast<double>(drawn.targets_of(drawn.line(s, k)).size());
  return seen;
}

double below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// `cdf(x)`: the part of the law below x ms.
template <class Cdf>
void expect_law(const std::vector<double>& seen, double tick_ms, Cdf cdf) {
  const double n = std::accumulate(seen.begin(), seen.end(), 0.0);
  double chi2 = 0, degrees = 0;
  for (std::size_t k = 0; k < seen.size(); ++k) {
    const double t = static_cast<double>(k);
    const double expected = n * (cdf((t + 0.5) * tick_ms) - (k == 0 ? 0 : cdf((t - 0.5) * tick_ms)));
    if (expected < 10) continue;
    chi2 += (seen[k] - expected) * (seen[k] - expected) / expected;
    ++degrees;
  }
  EXPECT_GT(degrees, 20);
  EXPECT_LT(chi2, degrees + 4 * std::sqrt(2 * degrees));
}

TEST(delay_law, normal_is_rounded_to_ticks) {
  expect_law(histogram(normal{5_ms, 0.75_ms}, 0.1_ms), 0.1, [](double x) { return below((x - 5) / 0.75); });
}

/// So many that nobody looks which delays occur.
TEST(delay_law, holds_for_a_million_synapses) {
  const auto seen = histogram(normal{5_ms, 0.75_ms}, 0.1_ms, 2700);
  EXPECT_EQ(std::accumulate(seen.begin(), seen.end(), 0.0), 2700 * cells);
  expect_law(seen, 0.1, [](double x) { return below((x - 5) / 0.75); });
}

TEST(delay_law, clipped_normal_keeps_to_its_bounds) {
  const auto seen = histogram(clipped{normal{1.5_ms, 0.75_ms}, 0.1_ms, 3_ms}, 0.1_ms);
  EXPECT_EQ(seen[0], 0);
  EXPECT_EQ(seen.size(), 31u);
  const double low = below((0.1 - 1.5) / 0.75), high = below((3 - 1.5) / 0.75);
  expect_law(seen, 0.1,
             [&](double x) { return (below((std::fmin(std::fmax(x, 0.1), 3) - 1.5) / 0.75) - low) / (high - low); });
}

TEST(delay_law, lognormal_is_rounded_to_ticks) {
  expect_law(histogram(lognormal{4_ms, 0.25}, 0.1_ms), 0.1,
             [](double x) { return x > 0 ? below(std::log(x / 4) / 0.25) : 0; });
}

TEST(delay_law, negative_spans_are_none) {
  const auto seen = histogram(normal{-300_ms, 30_ms}, 1_ms);
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0], cells * cells);
}

TEST(delay_law, bounds_in_the_far_tail_are_refused) {
  EXPECT_THAT(error_of([&] {
                histogram(clipped{normal{1_ms, 0.1_ms}, 3_ms, 4_ms}, 0.1_ms);
              }),
              HasSubstr("projection \"a->b\" delay: bounds 3 to 4 hold"));
}

using laws = std::vector<value<milliseconds>>;

TEST(delay_law, that_can_give_less_than_half_a_tick_is_refused_whatever_is_drawn) {
  for (const index_t sources : {index_t{1}, cells})
    for (const auto& law :
         laws{normal{1.5_ms, 0.75_ms}, normal{0_ms, 1_ms}, uniform{0_ms, 5_ms}, uniform{0.049_ms, 5_ms},
              uniform{-1_ms, 5_ms}, lognormal{0.2_ms, 0.5}, clipped{normal{9_ms, 5_ms}, 0_ms, 30_ms},
              clipped{normal{900_ms, 500_ms}, 0.01_ms, 9000_ms}, clipped{uniform{0_ms, 9_ms}, 0.04_ms, 1_ms}})
      EXPECT_THAT(error_of([&] { histogram(law, 0.1_ms, sources); }),
                  testing::AllOf(HasSubstr("projection \"a->b\": delays between 0 and half a tick of 0.1 ms"),
                                 HasSubstr("clipped{law, 0.1_ms, longest}")));
}

TEST(delay_law, that_cannot_is_taken) {
  for (const auto& law : laws{uniform{0.05_ms, 5_ms}, uniform{0_ms, 0_ms}, lognormal{0.8_ms, 0.4},
                              clipped{normal{1.5_ms, 0.75_ms}, 0.05_ms, 3_ms}, clipped{normal{0_ms, 1_ms}, -9_ms, 0_ms},
                              clipped{uniform{0_ms, 9_ms}, 0.1_ms, 1_ms}, lognormal{500_ms, 0.3}})
    EXPECT_EQ(error_of([&] { histogram(law, 0.1_ms, 3); }), "no error");
}

TEST(delay_law, of_one_value_must_be_whole_ticks) {
  const auto at = [](value<milliseconds> delay, milliseconds tick) {
    return error_of([&] { histogram(delay, tick, 1); });
  };
  EXPECT_THAT(at(0.05_ms, 0.1_ms), HasSubstr("projection \"a->b\": 0.05 ms is not a whole number of ticks of 0.1 ms"));
  EXPECT_THAT(at(1.5_ms, 1_ms), HasSubstr("give 1 ms or 2 ms"));
  EXPECT_THAT(at(clipped{normal{1_ms, 1_ms}, 1.5_ms, 1.5_ms}, 1_ms), HasSubstr("give 1 ms or 2 ms"));
  for (int k = 0; k < 100; ++k) EXPECT_EQ(at(k * 0.07_ms, 0.07_ms), "no error") << k;
}

}  // namespace spinule::delay_law_test

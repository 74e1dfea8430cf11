// Neurons are held at a rate by their weights or by their thresholds.
#include <cmath>
#include <numeric>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/error.hpp>
#include <spinule/learning/homeostasis.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

namespace spinule::learning::homeostasis_test {

using testing::HasSubstr;

/// Twenty neurons that fire at different rates, some 30 Hz.
struct busy {
  network net{4};
  population from = net.add("from", poisson{.rate = 40_Hz}, 100);
  population_of<lif> cells = net.add("cells", lif{}, 20);
  projection onto = net.connect(from, cells, fixed_probability{0.5},
                                {.weight = uniform{0.4_mV, 1.2_mV}, .delay = 1_ms, .lowest = 0_mV, .highest = 4_mV});
};

/// The rate in the second half of so many intervals of half a second.
double settled_hz(const busy& b, int intervals, auto step) {
  simulation sim{b.net, cpu{.tick = 1_ms}};
  slow_rates rates{20, 10_Hz, 2_s};
  double spikes = 0;
  for (int k = 0; k < intervals; ++k) {
    sim.clear_counts();
    sim.run(500_ms);
    const auto counts = sim.counts(b.cells);
    if (k >= intervals / 2) spikes += std::accumulate(counts.begin(), counts.end(), 0.0);
    rates.pass(counts, 500_ms);
    step(sim, rates);
  }
  return spikes / (20 * 0.5 * (intervals - intervals / 2));
}

TEST(homeostasis, slow_rates_are_exponential_means) {
  slow_rates rates{2, 10_Hz, 1_s};
  const std::vector<std::uint32_t> spikes{5, 20};
  for (int k = 0; k < 3; ++k) rates.pass(spikes, 500_ms);
  EXPECT_NEAR(rates.rates()[0], 0.010, 1e-15);  // 10 Hz all along
  EXPECT_NEAR(rates.rates()[1], 0.010 + 0.030 * (1 - std::exp(-1.5)), 1e-15);
}

TEST(homeostasis, brings_neurons_to_their_rate) {
  const busy b;
  const auto nothing = [](simulation&, const slow_rates&) {};
  EXPECT_GT(settled_hz(b, 10, nothing), 20);
  for (const double power : {1.0, 3.0})
    EXPECT_NEAR(settled_hz(b, 160,
                           [&](simulation& sim, const slow_rates& rates) {
                             scale_weights(sim, b.onto, rates, {.strength = 0.02, .power = power, .highest = 4});
                           }),
                10, 0.7)
        << power;
  EXPECT_NEAR(settled_hz(b, 160,
                         [&](simulation& sim, const slow_rates& rates) {
                           adapt_parameter(sim, b.cells, "threshold", rates, 20);
                         }),
              10, 0.7);
}

TEST(homeostasis, refuses_what_does_not_fit) {
  const busy b;
  simulation sim{b.net, cpu{.tick = 1_ms}};
  const auto said = [](auto call) -> std::string {
    try {
      call();
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "not refused";
  };
  EXPECT_THAT(said([] { slow_rates{0, 10_Hz, 1_s}; }), HasSubstr("no neurons"));
  EXPECT_THAT(said([] { slow_rates{3, 0_Hz, 1_s}; }), HasSubstr("target of 0 kHz"));
  EXPECT_THAT(said([] { slow_rates{3, 1_Hz, -1_s}; }), HasSubstr("tau = -1000 ms"));
  slow_rates few{3, 10_Hz, 1_s}, all{20, 10_Hz, 1_s};
  EXPECT_THAT(said([&] { few.pass(std::vector<std::uint32_t>(4), 1_s); }), HasSubstr("4 counts for 3 neurons"));
  EXPECT_THAT(said([&] { few.pass(std::vector<std::uint32_t>(3), 0_s); }), HasSubstr("interval of 0 ms"));
  EXPECT_THAT(said([&] { scale_weights(sim, b.onto, few, {.highest = 4}); }), HasSubstr("rates of 3 neurons"));
  EXPECT_THAT(said([&] { scale_weights(sim, b.onto, all, {}); }), HasSubstr("bounds of 0 and 0"));
  EXPECT_THAT(said([&] { scale_weights(sim, b.onto, all, {.strength = std::nan(""), .highest = 4}); }),
              HasSubstr("strength = nan"));
  EXPECT_THAT(said([&] { adapt_parameter(sim, b.cells, "threshold", few, 1); }), HasSubstr("rates of 3 neurons"));
  EXPECT_THAT(said([&] { adapt_parameter(sim, b.cells, "nonsense", all, 1); }), HasSubstr("nonsense"));
}

}  // namespace spinule::learning::homeostasis_test

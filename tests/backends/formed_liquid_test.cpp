// The encoder of Lin et al. (Nat. Comput. Sci. 5, 37 (2025)), against a plain loop over its equations.
#include <gtest/gtest.h>

#include <spinule/backends/reference.hpp>

#include "../../examples/support/formed_liquid.hpp"

namespace spinule::formed_liquid_test {

const formed_liquid small{.channels = 40, .units = 30, .steps = 60, .decay = 0.9, .threshold = 5, .c = 0.2};

recording noise(std::uint64_t seed) {
  random_stream draw{seed, purpose::user, 0};
  recording r{.events = {}, .length = 60_ms};
  for (std::int64_t t = 0; t < 60; ++t)
    for (std::uint32_t k = 0; k < 40; ++k)
      if (draw.uniform() < 0.15) r.events.push_back({1000 * t, k});
  return r;
}

/// mem <- decay mem (1 - s) + W_in x + W_rec s, s <- [mem > threshold], with the weights that a simulation uses.
std::vector<spike> plain_loop(const formed_liquid& l, const simulation& sim, const recording& shown) {
  const auto in = sim.weights(sim.projection_at(0)), rec = sim.weights(sim.projection_at(1));  // [source][target]
  std::vector<double> mem(l.units);
  std::vector<char> s(l.units);
  std::vector<spike> fired;
  auto at = shown.events.begin();
  for (moment t = 0; t < l.steps; ++t) {
    std::vector<double> next(l.units);
    for (index_t i = 0; i < l.units; ++i) next[i] = s[i] ? 0 : l.decay * mem[i];
    for (; at != shown.events.end() && at->time_us == 1000 * t; ++at)
      for (index_t i = 0; i < l.units; ++i) next[i] += in[at->channel * l.units + i];
    for (index_t j = 0; j < l.units; ++j)
      if (s[j])
        for (index_t i = 0; i < l.units; ++i) next[i] += rec[j * l.units + i];
    mem = next;
    for (index_t i = 0; i < l.units; ++i) {
      s[i] = mem[i] > l.threshold;
      if (s[i]) fired.push_back({t, i});
    }
  }
  return fired;
}

std::vector<spike> spikes_of(const formed_liquid& l, simulation sim, const recording& shown) {
  sim.observe(sim.population_at(1));
  sim.play(sim.population_at(0), shown);
  sim.run_ticks(l.steps);
  const auto spikes = sim.spikes(sim.population_at(1));
  return {spikes.begin(), spikes.end()};
}

TEST(formed_liquid, is_the_published_update_spike_for_spike) {
  const simulation exact{small.build(), reference{.tick = 1_ms}};
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto expected = plain_loop(small, exact, noise(seed));
    EXPECT_GT(expected.size(), 100u);
    EXPECT_EQ(spikes_of(small, exact, noise(seed)), expected);
    EXPECT_EQ(spikes_of(small, small.ideal(), noise(seed)), expected);
  }
}

TEST(formed_liquid, is_the_same_update_on_formed_cells_that_are_read_exactly) {
  hardware macro = load_hardware("random_rram_40nm");
  override_hardware(macro, std::vector<std::string>{"device.read_noise=0", "adc=none"});
  const simulation chip{small.build(), crossbar{.tick = 1_ms,
                                                .hardware = macro,
                                                .chip = 4,
                                                .frozen = {{"input->liquid", 0.1}, {"liquid->liquid", 0.1}},
                                                .precision = precision::full}};
  const auto expected = plain_loop(small, chip, noise(1));
  EXPECT_GT(expected.size(), 100u);
  EXPECT_EQ(spikes_of(small, chip, noise(1)), expected);
}

TEST(formed_liquid, has_the_published_spread_of_conductances) {
  formed_liquid whole{.c = 1};
  const auto spread = [](std::span<const double> g) {
    double mean = 0, square = 0;
    for (const double x : g) mean += x / static_cast<double>(g.size());
    for (const double x : g) square += (x - mean) * (x - mean) / static_cast<double>(g.size());
    return std::sqrt(square);
  };
  const auto ideal = whole.ideal(), chip = whole.on_chip(0);
  EXPECT_NEAR(spread(ideal.weights(ideal.projection_at(0))), 6.613, 0.1);
  EXPECT_NEAR(spread(chip.weights(chip.projection_at(0))), 6.613, 0.1);
  EXPECT_NEAR(spread(chip.weights(chip.projection_at(1))), 6.613, 0.1);
}

}  // namespace spinule::formed_liquid_test

// The microcircuit of Maass, Natschlaeger and Markram: as many synapses as published, each with dynamics of its own.
#include <array>
#include <cmath>

#include <gmock/gmock.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>
#include <spinule/models/liquid.hpp>
#include <spinule/models/tsodyks_markram_terminal.hpp>
#include <spinule/simulation.hpp>

namespace spinule::maass_liquid_test {

using testing::HasSubstr;

constexpr std::array kinds{"excitatory->excitatory", "excitatory->inhibitory", "inhibitory->excitatory",
                           "inhibitory->inhibitory"};

/// The expected number of synapses from one layer to another of a liquid: a sum over its pairs of places.
double expected(const liquid& l, int from, int to, double c) {
  const auto all = l.net.populations();
  const auto &a = all[l.layers[from].id].positions, &b = all[l.layers[to].id].positions;
  double sum = 0;
  for (const auto& p : a)
    for (const auto& q : b) {
      const double d2 = (p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y) + (p.z - q.z) * (p.z - q.z);
      if (d2 > 0) sum += c * std::exp(-d2 / 4);
    }
  return sum;
}

index_t synapses(const liquid& l, const char* kind) {
  for (const auto& p : l.net.populations())
    if (p.name == kind) return static_cast<index_t>(p.size);
  return 0;
}

TEST(maass_liquid, has_the_published_number_of_synapses) {
  double all = 0;
  std::array<double, 4> found{}, wanted{};
  const int seeds = 100;
  for (int seed = 1; seed <= seeds; ++seed) {
    const liquid l = maass_liquid{.seed = static_cast<std::uint64_t>(seed)}.build({.channels = 4});
    const std::array c{0.3, 0.2, 0.4, 0.1};
    for (int k = 0; k < 4; ++k) {
      found[k] += synapses(l, kinds[k]);
      wanted[k] += expected(l, k / 2, k % 2, c[k]);
      all += synapses(l, kinds[k]);
    }
  }
  for (int k = 0; k < 4; ++k) EXPECT_NEAR(found[k], wanted[k], 4 * std::sqrt(wanted[k])) << kinds[k];
  // How the kinds fall on the places and the draws vary it by 24 from liquid to liquid.
  EXPECT_NEAR(all / seeds, 637, 4 * 24 / std::sqrt(seeds));
}

TEST(maass_liquid, has_excitatory_units_at_four_fifths_of_a_column) {
  const liquid l = maass_liquid{}.build({.channels = 4});
  const auto all = l.net.populations();
  EXPECT_EQ(all[l.layers[0].id].size, 108u);
  EXPECT_EQ(all[l.layers[1].id].size, 27u);
  double z = 0;
  for (const auto& layer : l.layers)
    for (const auto& p : all[layer.id].positions) {
      EXPECT_LE(p.x, 2);
      EXPECT_LE(p.y, 2);
      z = std::fmax(z, p.z);
    }
  EXPECT_EQ(z, 14);
}

/// Mean and relative deviation.
std::array<double, 2> moments(const std::vector<double>& x) {
  double sum = 0, squares = 0;
  for (const double v : x) sum += v, squares += v * v;
  const double n = static_cast<double>(x.size()), mean = sum / n;
  return {mean, std::sqrt(squares / n - mean * mean) / std::fabs(mean)};
}

TEST(maass_liquid, draws_weights_and_delays_around_the_published_means) {
  const liquid l = maass_liquid{.neurons = 1350, .tick = 0.01_ms}.build({.channels = 4});
  const std::array weights{30e3, 60e3, -19e3, -19e3}, delays{1.5, 0.8, 0.8, 0.8};
  for (int k = 0; k < 4; ++k) {
    const auto& out = *l.net.projections()[2 + 2 * k + 1].list;
    std::vector<double> weight, delay;
    for (const auto& s : out.in_given_order()) weight.push_back(s.weight), delay.push_back(s.delay.value());
    const auto w = moments(weight), d = moments(delay);
    const double error = 5 / std::sqrt(static_cast<double>(weight.size()));
    EXPECT_NEAR(w[0], weights[k], 0.7 * error * std::fabs(weights[k])) << kinds[k];
    EXPECT_NEAR(w[1], 0.7, 0.7 * 2 * error) << kinds[k];  // heavier tails than a normal law's
    EXPECT_NEAR(d[0], delays[k], 0.1 * error * delays[k]) << kinds[k];
    EXPECT_NEAR(d[1], 0.1, 0.1 * error) << kinds[k];
  }
}

TEST(maass_liquid, fires_by_its_input_and_depresses) {
  const liquid l = maass_liquid{}.build({.channels = 4});
  simulation sim{l.net, cpu{.tick = 0.1_ms, .threads = 1}};
  sim.run(1_s);
  const auto sum = [&] {
    std::uint64_t n = 0;
    for (const auto& layer : l.layers)
      for (const auto c : sim.counts(layer)) n += c;
    return n;
  };
  const auto quiet = sum();
  sim.reset();
  recording regular{{}, 1_s};
  for (int t = 0; t < 1000; t += 20)
    for (std::uint32_t c = 0; c < 4; ++c) regular.events.push_back({1000 * t, c});
  sim.play(l.input, regular);
  sim.run(1_s);
  EXPECT_GT(sum(), quiet + 135);
  double used = 0;
  for (const double x : sim.state(l.net.find(kinds[0]), "x")) used += 1 - x;
  EXPECT_GT(used / synapses(l, kinds[0]), 0.1);
}

std::string refusal(const maass_liquid& recipe, index_t channels = 4) {
  try {
    recipe.build({.channels = channels});
  } catch (const spinule_error& refused) {
    return refused.what();
  }
  return "accepted";
}

TEST(maass_liquid, refuses_what_it_cannot_be) {
  EXPECT_THAT(refusal({.neurons = 0}), HasSubstr("multiple of 9"));
  EXPECT_THAT(refusal({.neurons = 100}), HasSubstr("multiple of 9"));
  EXPECT_THAT(refusal({.density = 1.5}), HasSubstr("density = 1.5"));
  EXPECT_THAT(refusal({.tick = 0_ms}), HasSubstr("tick"));
  EXPECT_THAT(refusal({.weight = -1}), HasSubstr("weight = -1"));
  EXPECT_THAT(refusal({.lambda = -1}), HasSubstr("length constant -1"));
  EXPECT_THAT(refusal({.ee = 2}), HasSubstr("excitatory->excitatory"));
  EXPECT_THAT(refusal({}, 0), HasSubstr("0 channels"));
  EXPECT_EQ(refusal({.ee = 0, .ei = 0, .ie = 0, .ii = 0}), "accepted");
}

}  // namespace spinule::maass_liquid_test

// Liquids are described by their recipe alone, wired as it says, and refuse what they cannot be.
#include <spinule/models/liquid.hpp>

#include <array>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>
#include <spinule/simulation.hpp>

namespace spinule::liquid_test {

using testing::HasSubstr;

template <class Recipe>
class liquid_of : public testing::Test {};
using recipes = testing::Types<grid_liquid, tonotopic_liquid>;
TYPED_TEST_SUITE(liquid_of, recipes);

constexpr liquid_input camera{.channels = 2 * 12 * 12, .width = 12, .height = 12};

/// Spikes of all populations after a burst in every channel.
std::vector<std::vector<spike>> response(const liquid& l) {
  simulation sim{l.net, cpu{.tick = 1_ms, .threads = 1}};
  recording burst{{}, 100_ms};
  for (std::int64_t t = 0; t < 100; t += 10)
    for (std::uint32_t c = 0; c < camera.channels; c += 3) burst.events.push_back({t * 1000, c});
  for (index_t p = 0; p < 3; ++p) sim.observe(sim.population_at(p));
  sim.play(l.input, burst);
  sim.run(burst.length);
  std::vector<std::vector<spike>> all;
  for (index_t p = 0; p < 3; ++p)
    all.emplace_back(sim.spikes(sim.population_at(p)).begin(), sim.spikes(sim.population_at(p)).end());
  return all;
}

TYPED_TEST(liquid_of, the_same_recipe_is_the_same_network) {
  const TypeParam recipe{.neurons = 100, .seed = 3};
  const auto once = response(recipe.build(camera));
  EXPECT_TRUE(once == response(recipe.build(camera)));
  EXPECT_TRUE(once != response(TypeParam{.neurons = 100, .seed = 4}.build(camera)));
  EXPECT_FALSE(once[1].empty()) << "nothing fires";
}

TYPED_TEST(liquid_of, has_all_its_neurons_in_two_layers) {
  const liquid l = TypeParam{.neurons = 97}.build(camera);
  ASSERT_EQ(l.layers.size(), 2u);
  const auto all = l.net.populations();
  EXPECT_EQ(all[l.input.id].size, camera.channels);
  EXPECT_EQ(all[l.layers[0].id].name, "excitatory");
  EXPECT_EQ(all[l.layers[1].id].name, "inhibitory");
  EXPECT_EQ(all[l.layers[0].id].size + all[l.layers[1].id].size, 97u);
}

TYPED_TEST(liquid_of, every_number_changes_the_network) {
  TypeParam given{.neurons = 150};
  given.weight = 4_mV;
  given.delay_low = 5_ms;
  given.delay_high = 9_ms;
  if constexpr (requires { given.tick; }) given.tick = 1_ms;
  const auto usual = response(given.build(camera));
  std::apply(
      [&](const auto&... number) {
        const auto changes = [&](const auto& n) {
          TypeParam recipe = given;
          auto& x = recipe.*n.member;
          using number_type = std::remove_reference_t<decltype(x)>;
          if constexpr (std::is_integral_v<number_type>)
            x = 0;
          else if constexpr (std::is_same_v<number_type, milliseconds>)
            x = x + 4_ms;
          else
            x = 3 * x;
          EXPECT_TRUE(response(recipe.build(camera)) != usual) << n.name;
        };
        (changes(number), ...);
      },
      TypeParam::numbers);
}

template <class Recipe>
std::string refusal(const Recipe& recipe, const liquid_input& from = camera) {
  try {
    recipe.build(from);
  } catch (const spinule_error& refused) {
    return refused.what();
  }
  return "accepted";
}

TEST(liquid, refuses_what_it_cannot_be) {
  EXPECT_THAT(refusal(grid_liquid{.neurons = 4}), HasSubstr("at least 5 neurons"));
  EXPECT_THAT(refusal(grid_liquid{.density = 1.5}), HasSubstr("density = 1.5"));
  EXPECT_THAT(refusal(grid_liquid{.density = -0.5}), HasSubstr("density"));
  EXPECT_THAT(refusal(grid_liquid{.tau = -1_ms}), HasSubstr("tau = -1 ms"));
  EXPECT_THAT(refusal(grid_liquid{.lambda = -1}), HasSubstr("length constant -1"));
  EXPECT_THAT(refusal(grid_liquid{.ei = 2}), HasSubstr("excitatory->inhibitory"));
  EXPECT_THAT(refusal(grid_liquid{.delay_low = 5_ms}), HasSubstr("delay"));
  EXPECT_THAT(refusal(grid_liquid{}, {}), HasSubstr("0 channels"));
  EXPECT_THAT(refusal(tonotopic_liquid{}, {}), HasSubstr("0 channels"));
  EXPECT_THAT(refusal(tonotopic_liquid{.neurons = 1}), HasSubstr("of 1 neurons"));
  EXPECT_THAT(refusal(tonotopic_liquid{.inhibitory = 2}), HasSubstr("inhibitory = 2"));
  EXPECT_THAT(refusal(tonotopic_liquid{.threshold = 0}), HasSubstr("threshold = 0"));
  EXPECT_THAT(refusal(tonotopic_liquid{.spread = -1}), HasSubstr("spread = -1"));
  EXPECT_THAT(refusal(tonotopic_liquid{.c = -1}), HasSubstr("probability -1"));
}

TEST(liquid, signs_of_input_follow_unit_and_patch_alone) {
  const grid_liquid recipe{.neurons = 50, .density = 0.5, .patch = 4};
  const liquid l = recipe.build(camera);
  std::map<std::pair<index_t, index_t>, std::set<bool>> signs;  // (target, patch)
  for (const auto& s : l.net.projections()[0].list->in_given_order()) {
    const index_t patch = s.source / 12 % 12 / 4 * 3 + s.source % 12 / 4;
    signs[{s.target, patch}].insert(s.weight > 0);
  }
  std::size_t negative = 0;
  for (const auto& [where, found] : signs) {
    EXPECT_EQ(found.size(), 1u);
    negative += !*found.begin();
  }
  EXPECT_NEAR(static_cast<double>(negative) / static_cast<double>(signs.size()), 0.5, 0.1);
}

/// All sites of the units, by x, y and z.
std::set<std::array<double, 3>> sites_of(const liquid& l) {
  std::set<std::array<double, 3>> sites;
  for (const auto& layer : l.layers)
    for (const auto& p : l.net.populations()[layer.id].positions) sites.insert({p.x, p.y, p.z});
  return sites;
}

/// All sites of a grid.
std::set<std::array<double, 3>> sites_of(int nx, int ny, int nz) {
  std::set<std::array<double, 3>> sites;
  for (const auto& p : grid(nx, ny, nz)) sites.insert({p.x, p.y, p.z});
  return sites;
}

/// The mean of exp(-(D / lambda)^2) over all ordered pairs of two sites of a grid: a product of sums along the axes.
double mean_kernel(std::array<int, 3> sides, double lambda) {
  double sum = 1, n = 1;
  for (const int side : sides) {
    double along = 0;
    for (int a = 0; a < side; ++a)
      for (int b = 0; b < side; ++b) along += std::exp(-(a - b) * (a - b) / (lambda * lambda));
    sum *= along;
    n *= side;
  }
  return (sum - n) / (n * (n - 1));
}

/// Synapses of each projection, those of the input first.
std::vector<double> synapses_of(const liquid& l) {
  const auto lowered = lower(l.net, 1_ms);
  std::vector<double> counts;
  for (const auto& p : lowered->summaries) counts.push_back(static_cast<double>(p.synapses));
  return counts;
}

struct published {
  index_t neurons;
  int side;
  double kernel, ee, ei, ie, ii, mnist, nmnist;
};

class nalsm : public testing::TestWithParam<published> {};

TEST_P(nalsm, has_the_published_numbers_of_synapses) {
  const published p = GetParam();
  const liquid l = nalsm_liquid(p.neurons).build({.channels = 784, .width = 28, .height = 28});
  EXPECT_TRUE(sites_of(l) == sites_of(p.side, p.side, p.side));
  EXPECT_NEAR(mean_kernel({p.side, p.side, p.side}, 3), p.kernel, 5e-7);
  const auto n = synapses_of(l);
  EXPECT_EQ(n[0] + n[1], p.mnist);
  // Five deviations: of the draws, and of how the kinds fell on the sites.
  const std::array wanted{p.ee, p.ei, p.ie, p.ii};
  for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(n[2 + k], wanted[k], 5 * std::sqrt(2 * wanted[k])) << k;
  const liquid seeing = nalsm_liquid(p.neurons).build({.channels = 2312, .width = 34, .height = 34});
  const auto listed = [&](index_t i) { return seeing.net.projections()[i].list->in_given_order().size(); };
  EXPECT_EQ(listed(0) + listed(1), p.nmnist);
}

INSTANTIATE_TEST_SUITE_P(cubes, nalsm,
                         testing::Values(published{1000, 10, 0.086273, 11029, 1380, 4141, 172, 117'600, 346'800},
                                         published{8000, 20, 0.014366, 117'668, 14'711, 44'132, 1838, 940'800,
                                                   2'774'400}));

TEST(nalsm, draws_a_sign_for_each_input_synapse) {
  const liquid l = nalsm_liquid(27).build(camera);
  double positive = 0, all = 0;
  for (index_t p = 0; p < 2; ++p)
    for (const auto& s : l.net.projections()[p].list->in_given_order()) {
      positive += s.weight > 0;
      EXPECT_NEAR(std::fabs(s.weight), 1.05 / (1 - std::exp(-1)), 1e-5);
      ++all;
    }
  EXPECT_NEAR(positive / all, 0.5, 0.06);
  EXPECT_THAT(refusal(nalsm_liquid(8), {}), HasSubstr("0 channels"));
  for (const index_t n : {0u, 1u, 100u, 1001u}) EXPECT_THROW(nalsm_liquid(n), spinule_error) << n;
}

}  // namespace spinule::liquid_test

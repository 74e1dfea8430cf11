// The liquid that learns with an astrocyte does what the authors' loop does, and carries on what it should.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/astrocyte_stdp.hpp>
#include <spinule/learning/plastic_liquid.hpp>
#include <spinule/models/nalsm.hpp>

#include "models/nalsm_loop.hpp"

namespace spinule::nalsm_test {

nalsm_rules rules(nalsm_phase phase = nalsm_phase::snapshots) { return learned_by(nalsm_stdp(3_mV, phase)); }

const liquid_input few{.channels = small_channels};
const nalsm small{.neurons = small_units, .w_astro = 0.1};

std::vector<double> all_weights(const nalsm_network& n, const simulation& sim) {
  std::vector<double> all;
  for (const projection& p : n.synapses) {
    const auto w = sim.weights(p);
    all.insert(all.end(), w.begin(), w.end());
  }
  return all;
}

template <class Backend>
void expect_what_the_loop_does(const Backend& backend, nalsm_phase phase, double accuracy) {
  const nalsm_network made = small.build(few, rules(phase));
  simulation sim{made.whole.net, backend};
  authors_loop loop{.channels = small_channels,
                    .units = small_units,
                    .edges = edges_of(made, sim),
                    .theirs = false,
                    .learns = true,
                    .w_astro = small.w_astro,
                    .fade = phase == nalsm_phase::samples ? 0.99 : 1};
  std::vector<event> played;
  const marks by_hand = run(loop, 100, played);
  EXPECT_GT(by_hand.size(), 100u);
  EXPECT_EQ(run(sim, made, 100, played), by_hand);
  const auto learned = all_weights(made, sim);
  double moved = 0;
  for (std::size_t k = 0; k < learned.size(); ++k) {
    EXPECT_NEAR(learned[k], loop.edges[k].w, accuracy) << k;
    moved = std::max(moved, std::fabs(std::fabs(learned[k]) - 3));
  }
  EXPECT_GT(moved, 0.1);
}

TEST(nalsm, learns_as_the_loop) {
  expect_what_the_loop_does(reference{.tick = 1_ms}, nalsm_phase::snapshots, 1e-7);
  expect_what_the_loop_does(cpu{.tick = 1_ms, .threads = 1, .precision = precision::full}, nalsm_phase::snapshots,
                            1e-7);
}

TEST(nalsm, learns_less_and_less_as_the_loop) {
  expect_what_the_loop_does(reference{.tick = 1_ms}, nalsm_phase::samples, 1e-7);
}

TEST(nalsm, learns_nearly_as_the_authors_do) {
  const nalsm_network made = small.build(few, rules());
  simulation sim{made.whole.net, reference{.tick = 1_ms}};
  authors_loop loop{.channels = small_channels,
                    .units = small_units,
                    .edges = edges_of(made, sim),
                    .learns = true,
                    .w_astro = small.w_astro};
  std::vector<event> played;
  const auto by_hand = static_cast<double>(run(loop, 100, played).size());
  EXPECT_NEAR(static_cast<double>(run(sim, made, 100, played).size()) / by_hand, 1, 0.05);
  const auto learned = all_weights(made, sim);
  double mean = 0, theirs = 0;
  for (std::size_t k = 0; k < learned.size(); ++k) {
    mean += std::fabs(learned[k]) / static_cast<double>(learned.size());
    theirs += std::fabs(loop.edges[k].w) / static_cast<double>(learned.size());
  }
  EXPECT_NEAR(mean, theirs, 0.02);
  EXPECT_LT(theirs, 2.99);
}

recording noise(std::uint64_t k) {
  recording r{{}, 20_ms};
  random_stream draw{7, purpose::user, k};
  for (int t = 0; t < 20; ++t)
    for (index_t c = 0; c < small_channels; ++c)
      if (draw.uniform() < 0.2) r.events.push_back({1000 * t, c});
  return r;
}

TEST(plastic_liquid, carries_weights_from_one_snapshot_to_the_next_and_into_a_network) {
  const nalsm_network made = small.build(few, rules());
  simulation sim{made.whole.net, cpu{.tick = 1_ms, .threads = 1}};
  EXPECT_EQ(learning::show(sim, made.whole.input, {.count = 10, .read = noise}), 10u);
  const auto once = all_weights(made, sim);
  learning::show(sim, made.whole.input, {.count = 10, .read = noise});
  const auto twice = all_weights(made, sim);
  EXPECT_NE(once, twice);

  nalsm_network ready = small.build(few, rules(nalsm_phase::samples));
  ready.whole.net = learning::with_learned_weights(ready.whole.net, sim);
  simulation again{ready.whole.net, cpu{.tick = 1_ms, .threads = 1}};
  EXPECT_EQ(all_weights(ready, again), twice);
  again.play(ready.whole.input, noise(3));
  again.run(20_ms);
  EXPECT_NE(all_weights(ready, again), twice);
  again.reset(1);
  EXPECT_EQ(all_weights(ready, again), twice) << "each sample starts from them";
}

TEST(plastic_liquid, ends_snapshots_when_it_is_told_to) {
  const nalsm_network made = small.build(few, rules());
  simulation sim{made.whole.net, cpu{.tick = 1_ms, .threads = 1}};
  EXPECT_EQ(learning::show(sim, made.whole.input,
                           {.count = 10, .read = noise, .go_on = [](std::uint64_t k) { return k < 4; }}),
            4u);
}

TEST(astrocyte_stdp, refuses_parameters_out_of_range) {
  const auto refusal = [](astrocyte_stdp<millivolts> r) {
    try {
      r.check("here");
    } catch (const spinule_error& e) {
      return std::string{e.what()};
    }
    return std::string{};
  };
  using testing::HasSubstr;
  EXPECT_EQ(refusal({.w_max = 1_mV}), "");
  EXPECT_THAT(refusal({}), HasSubstr("w_max"));
  EXPECT_THAT(refusal({.w_max = -1_mV, .both_signs = true}), HasSubstr("w_max"));
  EXPECT_THAT(refusal({.eta = -1, .w_max = 1_mV}), HasSubstr("eta"));
  EXPECT_THAT(refusal({.tau_gain = 0_ms, .w_max = 1_mV}), HasSubstr("tau_gain"));
}

}  // namespace spinule::nalsm_test

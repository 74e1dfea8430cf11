// Training that knows of the arrays: what a batch sees in place of the weights, and what it learns from that.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/simulation.hpp>

#include "learning/compared.hpp"
#include "learning/layer_to_train.hpp"

namespace spinule::learning::array_effects_test {

using namespace layer_to_train;

const array_effects all_of_them{.noise = {0.02, 0.1, 0.05}, .levels = 9, .drop = 0.1};

std::vector<std::vector<double>> acting(const trainer& t, const std::vector<projection>& all) {
  std::vector<std::vector<double>> weights;
  for (const projection& p : all) weights.push_back(t.acting_weights(p));
  return weights;
}

std::vector<projection> projections(const small_network& n) { return {n.in, n.loop, n.out}; }

TEST(array_effects, none_of_any_size_leave_every_bit) {
  const auto n = plain_network();
  trainer plain = trainer_of(n), idle = trainer_of(n, {.arrays = {.noise = {0.0}}});
  for (int step = 0; step < 3; ++step) EXPECT_EQ(plain.learn(samples_of(9)).loss, idle.learn(samples_of(9)).loss);
  for (const projection& p : projections(n)) {
    EXPECT_EQ(plain.gradient(p), idle.gradient(p));
    EXPECT_EQ(plain.weights(p), idle.weights(p));
  }
}

template <class Network>
void expect_what_that_network_does(const Network& n, const std::vector<projection>& all, bool delays) {
  trainer aware = trainer_of(n, {.arrays = all_of_them}), other = trainer_of(n);
  if (delays)
    for (trainer* t : {&aware, &other}) t->learn_by(all[1], {.delays = true});
  const auto before = aware.test(samples_of(9)).loss;
  const double loss = aware.differentiate(samples_of(9)).loss;
  EXPECT_NE(loss, before);
  const auto seen = acting(aware, all);
  for (std::size_t k = 0; k < all.size(); ++k) other.set_weights(all[k], seen[k]);
  EXPECT_EQ(other.differentiate(samples_of(9)).loss, loss);
  for (const projection& p : all) EXPECT_EQ(aware.gradient(p), other.gradient(p));
  EXPECT_EQ(aware.test(samples_of(9)).loss, before);
}

TEST(array_effects, a_batch_is_that_of_a_network_with_other_weights) {
  const auto n = plain_network();
  expect_what_that_network_does(n, projections(n), false);
  const auto full = deep_network_of(
      soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV,
      {.inputs = channels, .first = 30, .second = 20, .share = 0.4, .into_first = 0.3, .into_second = 0.2}, false,
      true);
  expect_what_that_network_does(full, full.projections, true);
}

TEST(array_effects, a_list_of_synapses_sees_what_a_matrix_does) {
  const deep_shape shape{
      .inputs = channels, .first = 40, .second = 30, .share = 0.09, .into_first = 0.4, .into_second = 0.4};
  const soft_reset_lif unit{.tau = 8_ms, .threshold = 1_mV};
  const auto n = deep_network_of(unit, 1_mV, shape, false);
  trainer t = trainer_of(n, {.arrays = all_of_them});
  t.differentiate(samples_of(5));
  for (const projection& p : n.projections) {
    const auto clean = t.weights(p), seen = t.acting_weights(p);
    for (std::size_t i = 0; i < clean.size(); ++i)
      if (clean[i] == 0) {
        EXPECT_EQ(seen[i], 0);
      }
    EXPECT_NE(clean, seen);
  }
}

TEST(array_effects, noise_has_the_deviation_that_is_asked_for) {
  const auto n = plain_network();
  trainer t = trainer_of(n, {.rate = 0, .arrays = {.noise = {0.02, 0.1}, .drop = 0.25}});
  const auto weights = t.weights(n.in);
  const double most = largest(weights);
  double kept = 0, squares = 0, sum = 0, count = 0;
  for (int batch = 0; batch < 400; ++batch) {
    t.learn(samples_of(1));
    const auto seen = t.acting_weights(n.in);
    for (std::size_t i = 0; i < seen.size(); ++i) {
      ++count;
      if (seen[i] == 0) continue;
      const double z = (seen[i] - weights[i]) / (most * (0.02 + 0.08 * std::fabs(weights[i]) / most));
      ++kept;
      sum += z;
      squares += z * z;
    }
  }
  EXPECT_NEAR(kept / count, 0.75, 4 * std::sqrt(0.25 * 0.75 / count));
  EXPECT_NEAR(sum / kept, 0, 4 / std::sqrt(kept));
  EXPECT_NEAR(squares / kept, 1, 4 * std::sqrt(2 / kept));
}

hardware ideal_with(std::vector<std::string> changes) {
  hardware hw = load_hardware("ideal");
  override_hardware(hw, changes);
  return hw;
}

TEST(array_effects, levels_are_those_of_the_cells_of_an_array) {
  const auto n = plain_network();
  for (const auto& [least, changes] :
       {std::pair{0.0, std::vector<std::string>{"device.levels=6"}},
        {0.2, {"device.levels=6", "device.unused=pristine", "device.g_min=20", "device.g_max=100"}}}) {
    trainer t = trainer_of(n, {.arrays = {.levels = 6, .least = least}});
    t.differentiate(samples_of(1));
    const simulation sim{t.trained(), crossbar{.tick = 1_ms, .hardware = ideal_with(changes)}};
    for (const projection& p : projections(n)) {
      const auto clean = t.weights(p), all = t.acting_weights(p);
      const double most = largest(clean);
      std::vector<double> seen;  // of the synapses there are
      for (std::size_t i = 0; i < all.size(); ++i)
        if (clean[i] != 0) seen.push_back(all[i]);
      EXPECT_LE(std::set<double>(seen.begin(), seen.end()).size(), 13U);
      const auto written = sim.weights(p);
      ASSERT_EQ(written.size(), seen.size());
      for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_NEAR(written[i], seen[i], 1e-5 * most) << i;
    }
  }
}

TEST(array_effects, sums_pass_the_converters_of_an_array) {
  const auto n = plain_network();
  const auto batch = samples_of(6);
  trainer first = trainer_of(n);
  const network net = first.trained();
  for (const int bits : {3, 5}) {
    trainer t{net, n.input, n.output, 1_ms, length, {}, {.arrays = {.sum_bits = bits, .rows = 5}}};
    t.differentiate(batch);
    simulation sim{
        net,
        crossbar{.tick = 1_ms,
                 .hardware = ideal_with({"adc.converter=linear", fmt::format("adc.bits={}", bits), "array.rows=5"})}};
    double spikes = 0;
    for (const auto& sample : batch) {
      recording r;
      for (const auto& e : sample.events) r.events.push_back({e.bin * 1000, e.address});
      sim.reset();
      sim.play(n.input, r);
      sim.run(1_ms * length);
      const auto counts = sim.counts(n.hidden);
      spikes += static_cast<double>(std::accumulate(counts.begin(), counts.end(), 0U));
    }
    EXPECT_NEAR(t.layers()[0].spikes * units * 6, spikes, 1e-6) << bits;
    trainer exact{net, n.input, n.output, 1_ms, length, {}};
    exact.differentiate(batch);
    EXPECT_NE(exact.layers()[0].spikes, t.layers()[0].spikes);
  }
}

TEST(array_effects, fine_converters_change_little_and_no_thread_a_bit) {
  const auto n = plain_network();
  const array_effects fine{.sum_bits = 22, .rows = 4, .full_scale = 12};
  trainer exact = trainer_of(n), converted = trainer_of(n, {.arrays = fine});
  const double loss = exact.differentiate(samples_of(9)).loss;
  EXPECT_NEAR(converted.differentiate(samples_of(9)).loss, loss, 1e-4 * loss);
  const auto learned = [&](unsigned threads) {
    trainer t = trainer_of(n, {.arrays = all_of_them, .threads = threads});
    for (int k = 0; k < 4; ++k) t.learn(samples_of(70));
    return t.state();
  };
  EXPECT_EQ(learned(1), learned(3));
}

TEST(array_effects, each_batch_draws_anew_and_goes_on_where_it_was) {
  const auto n = plain_network();
  const trainer_options how{.arrays = all_of_them};
  trainer whole = trainer_of(n, how), broken = trainer_of(n, how);
  whole.differentiate(samples_of(9));
  const auto first = whole.acting_weights(n.in);
  whole.learn(samples_of(9));
  EXPECT_EQ(whole.acting_weights(n.in), first);
  whole.learn(samples_of(9));
  EXPECT_NE(whole.acting_weights(n.in), first);
  broken.restore(whole.state());
  for (trainer* t : {&whole, &broken}) t->learn(samples_of(9));
  EXPECT_EQ(whole.state(), broken.state());
  trainer other = trainer_of(n, {.arrays = all_of_them, .seed = 2});
  other.differentiate(samples_of(9));
  EXPECT_NE(other.acting_weights(n.in), first);
}

TEST(array_effects, weights_stay_within_the_bound_that_is_asked_for) {
  const auto n = plain_network();
  trainer t = trainer_of(n, {.rate = 1e-9, .arrays = {.clip = 1.5}});
  auto weights = t.weights(n.in);
  weights[3] = 40;
  t.set_weights(n.in, weights);
  const double bound = 1.5 * norm(weights) / std::sqrt(static_cast<double>(weights.size()));
  t.learn(samples_of(9));
  EXPECT_NEAR(largest(t.weights(n.in)), bound, 1e-5 * bound);
}

TEST(array_effects, what_cannot_be_is_refused) {
  const auto n = plain_network();
  const auto refuse = [&](const array_effects& a, const std::string& text) {
    refused([&] { trainer_of(n, {.arrays = a}); }, text);
  };
  refuse({.noise = {0.1, -0.1}}, "arrays.noise = -0.1; give 0 to 10");
  refuse({.levels = 1}, "arrays.levels = 1; give 2 or more");
  refuse({.least = 1}, "arrays.least = 1; give a share");
  refuse({.drop = 1}, "arrays.drop = 1; give a share");
  refuse({.clip = -1}, "arrays.clip = -1");
  refuse({.sum_bits = 1}, "arrays.sum_bits = 1; give 2 to 22");
  refuse({.sum_bits = 4, .rows = 0}, "arrays.rows = 0");
  refuse({.sum_bits = 4, .full_scale = -1}, "arrays.full_scale");
  refuse({.sum_bits = 4, .activity = 0}, "arrays.activity");
  trainer t = trainer_of(n, {.arrays = {.sum_bits = 4}});
  refused([&] { t.learn_by(n.in, {.delays = true}); }, "its synapses have delays of their own");
  trainer drawn = trainer_of(n, {.arrays = all_of_them});
  refused([&] { drawn.restore(trainer_of(n).state()); }, "of other options");
}

}  // namespace spinule::learning::array_effects_test

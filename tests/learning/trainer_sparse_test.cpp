// Projections of few synapses.
#include <gtest/gtest.h>

#include <spinule/models/lif.hpp>

#include "learning/compared.hpp"
#include "learning/layer_to_train.hpp"

namespace spinule::learning {
namespace {

constexpr index_t wide = 37;

struct deep_network {
  network net{5};
  population input, output;
  std::vector<projection> projections;
};

/// Two layers, the second one recurrent, with every third synapse or so; `full` has all pairs, of weight 0 where the
/// other has none.
deep_network layers(bool full) {
  deep_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const lif unit{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms};
  const auto first = n.net.add("first", unit, wide), second = n.net.add("second", unit, units);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  random_stream random{4, purpose::user, 2};
  const auto some = [&](index_t from, index_t to, double mean, milliseconds delay, auto unit_of) {
    std::vector<listed<decltype(unit_of)>> all;
    for (index_t j = 0; j < from; ++j)
      for (index_t i = 0; i < to; ++i) {
        const double weight = mean + 0.5 * random.normal();
        if (random.uniform() < 0.3)
          all.push_back({j, i, decltype(unit_of){weight}, delay});
        else if (full)
          all.push_back({j, i, decltype(unit_of){0.0}, delay});
      }
    return all;
  };
  n.projections.push_back(n.net.connect(input, first, some(channels, wide, 0.6, 0_ms, 1_mV)));
  n.projections.push_back(n.net.connect(first, second, some(wide, units, 0.3, 0_ms, 1_mV)));
  n.projections.push_back(n.net.connect(second, second, some(units, units, 0, 2_ms, 1_mV)));
  n.projections.push_back(n.net.connect(second, output, some(units, classes, 0, 0_ms, 1.0)));
  n.input = input, n.output = output;
  return n;
}

trainer trainer_of(const deep_network& n, const trainer_options& o) {
  return {n.net, n.input, n.output, 1_ms, length, {}, o};
}

TEST(trainer_sparse, has_the_gradient_of_the_dense_network_with_zeros) {
  const auto few = layers(false), all = layers(true);
  const auto batch = samples_of(45);  // a block of 32 and one of 13
  for (const auto rule : {training_rule::bptt, training_rule::eprop, training_rule::ottt}) {
    trainer a = trainer_of(few, {.rule = rule}), b = trainer_of(all, {.rule = rule});
    EXPECT_EQ(a.differentiate(batch).loss, b.differentiate(batch).loss);
    EXPECT_GT(a.layers()[1].spikes, 1);
    for (std::size_t k = 0; k < few.projections.size(); ++k) {
      const auto weights = a.weights(few.projections[k]), found = a.gradient(few.projections[k]);
      auto expected = b.gradient(all.projections[k]);
      for (std::size_t i = 0; i < weights.size(); ++i)
        if (weights[i] == 0) expected[i] = 0;
      EXPECT_GT(largest(expected), 0);
      EXPECT_LT(apart(found, expected), 1e-5) << static_cast<int>(rule) << " " << k;
    }
  }
}

TEST(trainer_sparse, has_the_bits_of_the_dense_network_with_zeros_where_synapses_have_delays) {
  const auto few = layers(false), all = layers(true);
  const auto batch = samples_of(45);
  for (const auto rule : {training_rule::bptt, training_rule::eprop}) {
    trainer a = trainer_of(few, {.rule = rule}), b = trainer_of(all, {.rule = rule});
    for (std::size_t k = 0; k < few.projections.size(); ++k) {
      a.learn_by(few.projections[k], {.delays = true});
      b.learn_by(all.projections[k], {.delays = true});
    }
    EXPECT_EQ(a.differentiate(batch).loss, b.differentiate(batch).loss);
    for (std::size_t k = 0; k < few.projections.size(); ++k) {
      const auto weights = a.weights(few.projections[k]);
      auto expected = b.gradient(all.projections[k]);
      for (std::size_t i = 0; i < weights.size(); ++i)
        if (weights[i] == 0) expected[i] = 0;
      EXPECT_GT(largest(expected), 0);
      EXPECT_EQ(a.gradient(few.projections[k]), expected) << static_cast<int>(rule) << " " << k;
      EXPECT_EQ(a.delay_gradient(few.projections[k]), b.delay_gradient(all.projections[k]));
    }
  }
}

TEST(trainer_sparse, learns_to_the_same_bits_on_any_number_of_threads_and_from_its_state) {
  const auto n = layers(false);
  const auto batch = samples_of(75);
  trainer alone = trainer_of(n, {.rate = 0.01}), three = trainer_of(n, {.rate = 0.01, .threads = 3}),
          other = trainer_of(n, {.rate = 0.01});
  const double before = alone.learn(batch).loss;
  three.learn(batch);
  other.restore(three.state());
  for (int k = 0; k < 30; ++k)
    for (trainer* t : {&alone, &three, &other}) t->learn(batch);
  EXPECT_LT(alone.test(batch).loss, before);
  EXPECT_EQ(three.state(), alone.state());
  EXPECT_EQ(other.state(), alone.state());
  auto weights = alone.weights(n.projections[1]);
  for (double& w : weights) w /= 2;
  alone.set_weights(n.projections[1], weights);  // errors go back through these
  trainer again{alone.trained(), n.input, n.output, 1_ms, length, {}};
  alone.differentiate(batch);
  again.differentiate(batch);
  EXPECT_LT(apart(again.gradient(n.projections[0]), alone.gradient(n.projections[0])), 1e-3);
}

TEST(trainer_sparse, takes_less_memory) {
  const auto few = layers(false), all = layers(true);
  EXPECT_LT(trainer_of(few, {}).memory(1).bytes(), trainer_of(all, {}).memory(1).bytes());
}

}  // namespace
}  // namespace spinule::learning

// Projections of few synapses.
#include <gtest/gtest.h>

#include <spinule/models/lif.hpp>

#include "learning/compared.hpp"
#include "learning/layer_to_train.hpp"

namespace spinule::learning::trainer_sparse_test {

using namespace layer_to_train;

constexpr deep_shape shape{channels, 37, units, 0.3, 0.6, 0.3};

deep_network layers(bool full) {
  return deep_network_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1_mV, shape, full);
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

}  // namespace spinule::learning::trainer_sparse_test

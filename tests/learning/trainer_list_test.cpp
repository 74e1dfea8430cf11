// Projections of so few synapses that a trainer holds them as lists, against the same as matrices.
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/simulation.hpp>

#include "learning/compared.hpp"
#include "learning/layer_to_train.hpp"

namespace spinule::learning::trainer_list_test {

using namespace layer_to_train;

constexpr deep_shape shape{150, 140, 80, 0.06, 0.5, 0.5, 1_ms};

template <class Model, class Unit>
deep_network layers_of(const Model& model, Unit unit, bool full, bool own_delays = false) {
  return deep_network_of(model, unit, shape, full, own_delays);
}
deep_network layers(bool full, bool own_delays = false) {
  return layers_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1_mV, full, own_delays);
}

std::vector<training_sample> batch_of(std::size_t count) { return samples_of(count, 3, 0, shape.inputs); }

/// 0 where the pair has no synapse.
std::vector<double> where_connected(std::vector<double> x, const std::vector<double>& weights) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (weights[i] == 0) x[i] = 0;
  return x;
}

void expect_the_gradients_of_matrices(const deep_network& few, const deep_network& all, const trainer_options& o,
                                      const std::vector<training_sample>& batch) {
  trainer a = trainer_of(few, o), b = trainer_of(all, o);
  EXPECT_LT(a.memory(1).bytes(), b.memory(1).bytes() / 1.5);  // they are lists
  EXPECT_EQ(a.differentiate(batch).loss, b.differentiate(batch).loss);
  EXPECT_GT(a.layers()[1].spikes, 1);
  for (std::size_t k = 0; k < few.projections.size(); ++k) {
    const auto expected = where_connected(b.gradient(all.projections[k]), a.weights(few.projections[k]));
    EXPECT_GT(largest(expected), 0);
    const auto found = a.gradient(few.projections[k]);
    if (o.rule == training_rule::event_prop)
      EXPECT_LT(apart(found, expected), 1e-5) << k;
    else
      EXPECT_EQ(found, expected) << static_cast<int>(o.rule) << " " << k;
  }
}

TEST(trainer_list, has_the_gradient_of_matrices_under_every_rule) {
  const auto few = layers(false), all = layers(true);
  const auto batch = batch_of(45);  // a block of 32 and one of 13
  for (const auto rule : {training_rule::bptt, training_rule::eprop, training_rule::ottt, training_rule::decolle})
    expect_the_gradients_of_matrices(few, all, {.rule = rule}, batch);
  expect_the_gradients_of_matrices(few, all, {.checkpoint_every = 6}, batch);
  const current_lif with_currents{.tau = 8_ms, .capacitance = 2_pF, .threshold = 1_mV, .refractory = 1_ms};
  expect_the_gradients_of_matrices(layers_of(with_currents, 1_pA, false), layers_of(with_currents, 1_pA, true),
                                   {.rule = training_rule::event_prop}, batch);
}

TEST(trainer_list, has_the_gradient_of_matrices_with_weighted_and_with_steady_input) {
  const auto few = layers(false), all = layers(true);
  auto weighted = batch_of(9);
  random_stream random{8, purpose::user, 2};
  for (auto& s : weighted)
    for (std::size_t i = 0; i < s.events.size(); ++i) s.values.push_back(static_cast<float>(2 * random.uniform()));
  expect_the_gradients_of_matrices(few, all, {}, weighted);
  std::vector<training_sample> steady(5);
  for (std::uint32_t s = 0; s < 5; ++s)
    for (std::uint32_t t = 0; t < length; ++t)
      for (std::uint32_t c = s; c < shape.inputs; c += 4) steady[s].events.push_back({t, c});
  expect_the_gradients_of_matrices(few, all, {}, steady);
}

TEST(trainer_list, learns_as_matrices_do_with_signs_and_norms_that_are_kept) {
  const auto few = layers(false), all = layers(true);
  const auto batch = batch_of(20);
  const auto compare = [&](const trainer_options& o, const trainer::plasticity& how) {
    trainer a = trainer_of(few, o), b = trainer_of(all, o);
    for (std::size_t k = 0; k < 2; ++k) {
      auto own = how;
      own.signs = k == 0 ? learning_signs::flipped_sources(shape.inputs, how.keep_norm ? 70 : 0)
                         : learning_signs::flipped_targets(shape.second, how.keep_norm ? 30 : 0);
      a.learn_by(few.projections[k], own);
      b.learn_by(all.projections[k], own);
    }
    for (int step = 0; step < 3; ++step) EXPECT_EQ(a.learn(batch).loss, b.learn(batch).loss);
    for (std::size_t k = 0; k < few.projections.size(); ++k) {
      const auto now = a.weights(few.projections[k]);
      EXPECT_EQ(now, b.weights(all.projections[k])) << k;
      EXPECT_GT(apart(now, trainer_of(few, o).weights(few.projections[k])), 1e-3) << k;
    }
  };
  // Weights of 0 stay 0, so the matrices remain the same network.
  compare({.optimiser = exponentiated_gradient{}, .rate = 0.5}, {});
  compare({.optimiser = exponentiated_gradient{}, .rate = 0.3}, {.keep_norm = true});
}

TEST(trainer_list, learns_to_the_same_bits_on_any_number_of_threads_and_from_its_state) {
  const auto n = layers(false);
  const auto batch = batch_of(75);
  for (const optimiser& how : {optimiser{adam{}}, optimiser{sgd{.momentum = 0.9}}}) {
    trainer alone = trainer_of(n, {.optimiser = how, .rate = 0.005}),
            two = trainer_of(n, {.optimiser = how, .rate = 0.005, .threads = 2}),
            three = trainer_of(n, {.optimiser = how, .rate = 0.005, .threads = 3}),
            other = trainer_of(n, {.optimiser = how, .rate = 0.005});
    const double before = alone.learn(batch).loss;
    two.learn(batch);
    three.learn(batch);
    other.restore(three.state());
    for (int k = 0; k < 8; ++k)
      for (trainer* t : {&alone, &two, &three, &other}) t->learn(batch);
    EXPECT_LT(alone.test(batch).loss, before);
    EXPECT_EQ(two.state(), alone.state());
    EXPECT_EQ(three.state(), alone.state());
    EXPECT_EQ(other.state(), alone.state());
  }
}

TEST(trainer_list, scales_a_gradient_down_that_is_too_large) {
  const auto n = layers(false);
  trainer t = trainer_of(n, {.largest_gradient = 1e-3});
  t.learn(batch_of(20));
  double squares = 0;
  for (const projection& p : n.projections) squares += norm(t.gradient(p)) * norm(t.gradient(p));
  EXPECT_NEAR(std::sqrt(squares), 1e-3, 1e-8);
}

TEST(trainer_list, takes_weights_of_pairs_that_are_connected_alone) {
  const auto n = layers(false);
  trainer t = trainer_of(n);
  const auto before = t.weights(n.projections[2]);
  std::vector<double> given(before.size());
  for (std::size_t i = 0; i < given.size(); ++i) given[i] = static_cast<double>(i + 1);
  t.set_weights(n.projections[2], given);
  EXPECT_EQ(t.weights(n.projections[2]), where_connected(given, before));
}

TEST(trainer_list, spikes_as_a_simulation_of_what_it_learned) {
  const auto n = layers(false);
  const auto batch = batch_of(10);
  trainer t = trainer_of(n, {.rate = 0.01});
  for (int k = 0; k < 5; ++k) t.learn(batch);
  const network net = t.trained();
  trainer exact{net, n.input, n.output, 1_ms, length, {}};
  exact.test(batch);
  simulation sim{net, cpu{.tick = 1_ms}};
  double spikes = 0;
  for (std::size_t s = 0; s < batch.size(); ++s) {
    sim.reset(s);
    std::vector<event> events;
    for (const raster_event& e : batch[s].events) events.push_back({e.bin * std::int64_t{1000}, e.address});
    sim.play(n.input, events);
    sim.run_ticks(length);
    for (const auto c : sim.counts(n.second)) spikes += static_cast<double>(c);
  }
  EXPECT_GT(spikes, 100);
  EXPECT_NEAR(exact.layers().at(1).spikes * shape.second * static_cast<double>(batch.size()), spikes, 1e-6);
}

TEST(trainer_list, has_the_bits_of_matrices_where_synapses_have_delays_of_their_own) {
  const auto few = layers(false, true), all = layers(true, true);
  const auto batch = batch_of(45);
  expect_the_gradients_of_matrices(few, all, {}, batch);
  const current_lif with_currents{.tau = 8_ms, .capacitance = 2_pF, .threshold = 1_mV, .refractory = 1_ms};
  expect_the_gradients_of_matrices(layers_of(with_currents, 1_pA, false, true),
                                   layers_of(with_currents, 1_pA, true, true), {.rule = training_rule::event_prop},
                                   batch);
  for (const auto sharing : {delay_sharing::synapse, delay_sharing::axon, delay_sharing::dendrite}) {
    const bool own = sharing == delay_sharing::synapse;
    const auto learned = layers(false, own), full = layers(true, own);
    const trainer_options o{.optimiser = exponentiated_gradient{}, .rate = 0.3, .delay_rate = 0.6, .threads = 2};
    trainer a = trainer_of(learned, o), b = trainer_of(full, o);  // weights of 0 stay 0
    for (std::size_t k = 0; k < 3; ++k) {
      a.learn_by(learned.projections[k], {.delays = true, .sharing = sharing});
      b.learn_by(full.projections[k], {.delays = true, .sharing = sharing});
    }
    EXPECT_LT(a.memory(1).bytes(), b.memory(1).bytes() / 1.2);
    for (int step = 0; step < 3; ++step) EXPECT_EQ(a.learn(batch).loss, b.learn(batch).loss);
    for (std::size_t k = 0; k < 3; ++k) {
      const auto weights = a.weights(learned.projections[k]), delays = a.delays(learned.projections[k]);
      EXPECT_EQ(weights, b.weights(full.projections[k]));
      EXPECT_EQ(where_connected(delays, weights), where_connected(b.delays(full.projections[k]), weights));
      EXPECT_NE(where_connected(delays, weights),
                where_connected(trainer_of(learned).delays(learned.projections[k]), weights));
      EXPECT_EQ(a.delay_gradient(learned.projections[k]),
                where_connected(b.delay_gradient(full.projections[k]), weights));
    }
    trainer other = trainer_of(learned, o);
    for (std::size_t k = 0; k < 3; ++k) other.learn_by(learned.projections[k], {.delays = true, .sharing = sharing});
    other.restore(a.state());
    EXPECT_EQ(other.learn(batch).loss, a.learn(batch).loss);
    trainer again{a.trained(), learned.input, learned.output, 1_ms, length, {}};
    EXPECT_EQ(again.test(batch).answers, a.test(batch).answers);
  }
}

TEST(trainer_list, becomes_a_matrix_for_a_subspace) {
  for (const bool own_delays : {false, true}) {
    const auto few = layers(false, own_delays), all = layers(true, own_delays);
    const auto batch = batch_of(20);
    trainer a = trainer_of(few), b = trainer_of(all);
    const auto weights = a.weights(few.projections[1]);
    const auto delays = where_connected(a.delays(few.projections[1]), weights);
    a.learn_by(few.projections[1], {.subspace = activity_subspace::options{}});
    b.learn_by(all.projections[1], {.subspace = activity_subspace::options{}});
    EXPECT_EQ(a.weights(few.projections[1]), weights);
    EXPECT_EQ(where_connected(a.delays(few.projections[1]), weights), delays);
    EXPECT_GT(a.memory(1).bytes(), trainer_of(few).memory(1).bytes());
    a.differentiate(batch);
    b.differentiate(batch);
    for (std::size_t k = 0; k < few.projections.size(); ++k)
      EXPECT_EQ(a.gradient(few.projections[k]),
                where_connected(b.gradient(all.projections[k]), a.weights(few.projections[k])));
    a.begin_task(few.projections[1], 4);
    a.learn(batch);
  }
}

TEST(trainer_list, trains_many_units_in_little_memory) {
  network net{3};
  const auto input = net.add("input", replay{}, 20'000);
  const auto hidden = net.add("hidden", lif{.tau = 8_ms, .threshold = 1_mV}, 2000);
  const auto output = net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  net.connect(input, hidden, fixed_probability{0.005}, {.weight = normal{0.1_mV, 0.2_mV}, .delay = 1_ms});
  net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 0.05}, .delay = 0_ms});
  trainer t{net, input, output, 1_ms, length, {}, {.rate = 0.002}};
  EXPECT_LT(t.memory(4).bytes(), 20e6);  // a matrix has 680 MB
  const auto batch = samples_of(4, 3, 0, 2000);
  const double before = t.learn(batch).loss;
  EXPECT_GT(t.layers()[0].spikes, 0.5);
  EXPECT_LT(t.learn(batch).loss, before);
}

TEST(trainer_list, refuses_what_is_connected_twice) {
  network net;
  const auto input = net.add("input", replay{}, 50);
  const auto output = net.add("output", leaky_integrator{}, 10);
  net.connect(input, output, std::vector<listed<number>>{{7, 3, 1, 1_ms}, {0, 2, 1, 1_ms}, {7, 3, 2, 1_ms}});
  refused([&] { trainer{net, input, output, 1_ms, length, {}}; }, "connects neuron 7 to 3 twice");
}

}  // namespace spinule::learning::trainer_list_test

// Gradients through networks of spiking units against finite differences, and what a trainer promises.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/learning/trainer.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "learning/compared.hpp"

namespace spinule::learning::trainer_test {

constexpr index_t channels = 12, units = 7, classes = 3;
constexpr ticks length = 20;

std::vector<training_sample> samples_of(std::size_t count, std::uint64_t seed = 3) {
  std::vector<training_sample> all(count);
  random_stream random{seed, purpose::user, 1};
  for (std::size_t s = 0; s < count; ++s) {
    all[s].label = static_cast<std::uint32_t>(random.below(classes));
    for (std::uint32_t t = 0; t < length; ++t)
      for (index_t c = 0; c < channels; ++c)
        if (random.uniform() < 0.2) all[s].events.push_back({t, c});
  }
  return all;
}

struct small_network {
  network net{5};
  population input, hidden, output;
  std::vector<projection> projections;
};

/// Input, a layer that is recurrent where asked for, and leaky readout units.
template <class Model, class Unit>
small_network layer_of(const Model& model, Unit scale, bool recurrent, bool delayed = false) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto hidden = n.net.add("hidden", model, units);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  const value<milliseconds> delay = delayed ? value<milliseconds>{uniform{1_ms, 5_ms}} : value<milliseconds>{0_ms};
  n.projections.push_back(
      n.net.connect(input, hidden, all_to_all{}, {.weight = normal{scale * 0.3, scale * 0.4}, .delay = delay}));
  if (recurrent)
    n.projections.push_back(
        n.net.connect(hidden, hidden, all_to_all{}, {.weight = normal{scale * 0.0, scale * 0.4}, .delay = 1_ms}));
  n.projections.push_back(n.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1.0}, .delay = 0_ms}));
  n.input = input, n.hidden = hidden, n.output = output;
  return n;
}

trainer trainer_of(const small_network& n, const trainer_options& o, const classification_loss_options& loss = {}) {
  return {n.net, n.input, n.output, 1_ms, length, loss, o};
}

/// All weights of all projections against central differences of the loss of the network with smooth spikes.
void expect_derivatives(const small_network& n, double width, bool detach = false) {
  const auto batch = samples_of(5);
  trainer t = trainer_of(n, {.surrogate = {.shape = surrogate::form::sigmoid, .width = width, .height = 0.25 / width},
                             .detach_reset = detach,
                             .smooth_spikes = true});
  for (const projection& p : n.projections) {
    t.differentiate(batch);
    const auto gradient = t.gradient(p);
    const auto weights = t.weights(p);
    const double step = 0.01 * largest(weights);
    for (std::size_t i = 0; i < weights.size(); i += 3) {
      auto moved = weights;
      moved[i] += step;
      t.set_weights(p, moved);
      const double above = t.test(batch).loss;
      moved[i] -= 2 * step;
      t.set_weights(p, moved);
      const double below = t.test(batch).loss;
      t.set_weights(p, weights);
      EXPECT_NEAR(gradient[i], (above - below) / (2 * step), 4e-3 * largest(gradient) + 2e-7 / step) << i;
    }
  }
}

TEST(trainer, has_the_derivatives_of_the_smooth_network) {
  for (const bool recurrent : {false, true}) {
    expect_derivatives(layer_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 0_ms}, 1_mV, recurrent), 0.3);
    expect_derivatives(layer_of(soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV, recurrent), 0.3);
    expect_derivatives(layer_of(adaptive_lif{.tau = 8_ms, .base = 0.1, .beta = 0.5}, 1.0, recurrent), 0.1);
    expect_derivatives(
        layer_of(current_lif{.tau = 8_ms, .capacitance = 8_pF, .threshold = 1_mV, .refractory = 0_ms}, 1_pA, recurrent),
        0.3);
  }
}

TEST(trainer, has_the_derivatives_with_a_delay_for_each_synapse) {
  expect_derivatives(layer_of(soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV, true, true), 0.3);
}

TEST(trainer, gives_the_same_bits_on_any_number_of_threads) {
  const auto n = layer_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1_mV, true, true);
  const auto batch = samples_of(75);
  const auto learned = [&](unsigned threads) {
    trainer t = trainer_of(n, {.threads = threads});
    t.learn_by(n.projections[0], {.delays = true});
    for (int k = 0; k < 3; ++k) t.learn(batch);
    return t.state();
  };
  const auto alone = learned(1);
  EXPECT_EQ(learned(2), alone);
  EXPECT_EQ(learned(3), alone);
}

TEST(trainer, moves_weights_by_the_rate_times_the_gradient) {
  const auto n = layer_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1_mV, true);
  trainer t = trainer_of(n, {.optimiser = sgd{}, .rate = 0.1});
  const auto before = t.weights(n.projections[1]);
  t.learn(samples_of(9));
  const auto after = t.weights(n.projections[1]), gradient = t.gradient(n.projections[1]);
  EXPECT_GT(largest(gradient), 0);
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_EQ(static_cast<float>(after[i]), static_cast<float>(before[i]) - 0.1F * static_cast<float>(gradient[i]));
}

TEST(trainer, a_test_changes_nothing_and_samples_do_not_see_each_other) {
  const auto n = layer_of(adaptive_lif{.base = 0.1}, 1.0, true);
  trainer t = trainer_of(n, {});
  const auto batch = samples_of(40);
  const auto before = t.state();
  const auto together = t.test(batch);
  EXPECT_EQ(t.state(), before);
  double loss = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto alone = t.test({&batch[i], 1});
    EXPECT_EQ(alone.answers[0], together.answers[i]);
    loss += alone.loss / static_cast<double>(batch.size());
  }
  EXPECT_NEAR(together.loss, loss, 1e-12);
}

TEST(trainer, goes_on_from_its_state_to_the_same_bits) {
  const auto n = layer_of(lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV, true, true);
  const auto make = [&] {
    trainer t = trainer_of(n, {});
    t.learn_by(n.projections[0], {.delays = true, .subspace = activity_subspace::options{}});
    t.learn_parameter(n.hidden, "tau", 0.05);
    t.begin_task(n.projections[0], 3);
    return t;
  };
  trainer whole = make(), first = make(), second = make();
  for (int k = 0; k < 6; ++k) whole.learn(samples_of(8, static_cast<std::uint64_t>(k)));
  for (int k = 0; k < 3; ++k) first.learn(samples_of(8, static_cast<std::uint64_t>(k)));
  second.restore(first.state());
  for (int k = 3; k < 6; ++k) second.learn(samples_of(8, static_cast<std::uint64_t>(k)));
  EXPECT_EQ(second.state(), whole.state());
  EXPECT_THROW(second.restore(std::vector<double>(7)), spinule_error);
}

/// Spikes of every neuron of the hidden layer in every sample, in the trainer and in a simulation of what it learned.
template <class Model, class Unit>
void expect_the_same_spikes(const Model& model, Unit scale) {
  const auto n = layer_of(model, scale, true, true);
  trainer t = trainer_of(n, {.rate = 0.01});
  t.learn_by(n.projections[0], {.delays = true});
  const auto batch = samples_of(20);
  for (int k = 0; k < 5; ++k) t.learn(batch);
  const network net = t.trained();
  trainer exact{net, n.input, n.output, 1_ms, length, {}};
  const auto answers = exact.test(batch).answers;
  simulation sim{net, cpu{.tick = 1_ms}};
  const auto output = sim.probe(n.output, "m");
  std::uint64_t spikes = 0;
  for (std::size_t s = 0; s < batch.size(); ++s) {
    sim.reset(s);
    std::vector<event> events;
    for (const raster_event& e : batch[s].events) events.push_back({e.bin * std::int64_t{1000}, e.address});
    sim.play(n.input, events);
    sim.run_ticks(length);
    const auto& m = sim.traced(output).values;
    std::vector<double> mean(classes, 0);
    for (std::size_t i = 0; i < m.size(); ++i) mean[i % classes] += m[i];
    EXPECT_EQ(std::max_element(mean.begin(), mean.end()) - mean.begin(), answers[s]);
    for (const auto c : sim.counts(n.hidden)) spikes += c;
  }
  const layer_report hidden = exact.layers().at(0);
  EXPECT_GT(spikes, 100U);
  EXPECT_NEAR(hidden.spikes * units * static_cast<double>(batch.size()), static_cast<double>(spikes), 1e-6);
}

TEST(trainer, what_was_learned_spikes_alike_in_a_simulation) {
  expect_the_same_spikes(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1_mV);
  expect_the_same_spikes(soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV);
  expect_the_same_spikes(adaptive_lif{.base = 0.1}, 1.0);
  expect_the_same_spikes(current_lif{.tau = 8_ms, .capacitance = 8_pF, .threshold = 1_mV, .refractory = 0_ms}, 1_pA);
}

TEST(trainer, eprop_is_bptt_where_nothing_is_recurrent) {
  const auto n = layer_of(adaptive_lif{.base = 0.1}, 1.0, false);
  const auto batch = samples_of(10);
  trainer through = trainer_of(n, {}), local = trainer_of(n, {.rule = training_rule::eprop});
  through.differentiate(batch);
  local.differentiate(batch);
  for (const projection& p : n.projections) EXPECT_EQ(local.gradient(p), through.gradient(p));
}

TEST(trainer, ottt_of_one_layer_is_eprop_with_a_loss_of_each_tick) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto output = n.net.add("output", soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, classes);
  n.projections.push_back(n.net.connect(input, output, all_to_all{}, {.weight = normal{0.2_mV, 0.4_mV}}));
  n.input = input, n.output = output;
  const classification_loss_options loss{.kind = classification_loss_kind::each_tick};
  trainer a = trainer_of(n, {.rule = training_rule::ottt}, loss),
          b = trainer_of(n, {.rule = training_rule::eprop}, loss);
  a.differentiate(samples_of(10));
  b.differentiate(samples_of(10));
  EXPECT_GT(largest(a.gradient(n.projections[0])), 0);
  EXPECT_EQ(a.gradient(n.projections[0]), b.gradient(n.projections[0]));
}

TEST(trainer, learns_parameters_along_their_gradient) {
  const auto n = layer_of(soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV, true);
  const auto batch = samples_of(5);
  const trainer_options smooth{.surrogate = {.shape = surrogate::form::sigmoid, .width = 0.3, .height = 0.25 / 0.3},
                               .detach_reset = false,
                               .smooth_spikes = true};
  for (const std::string name : {"tau", "bias"}) {
    trainer t = trainer_of(n, smooth);
    t.learn_parameter(n.hidden, name, 0.01);
    t.differentiate(batch);
    const auto gradient = t.parameter_gradient(n.hidden, name);
    const double base = name == "tau" ? 8 : 0, step = name == "tau" ? 0.1 : 0.01;
    for (index_t i = 0; i < units; ++i) {
      const auto loss = [&](double by) {
        network net = n.net;
        std::vector<double> values(units, base);
        values[i] += by;
        net.set(n.hidden, name, values);
        return trainer{net, n.input, n.output, 1_ms, length, {}, smooth}.test(batch).loss;
      };
      EXPECT_NEAR(gradient[i], (loss(step) - loss(-step)) / (2 * step), 0.02 * largest(gradient) + 1e-6) << name << i;
    }
  }
}

TEST(trainer, learns_to_tell_classes_apart) {
  const auto n = layer_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1_mV, true);
  const auto batch = samples_of(30);
  for (const auto rule : {training_rule::bptt, training_rule::eprop, training_rule::ottt, training_rule::decolle}) {
    trainer t = trainer_of(n, {.rule = rule, .surrogate = {.width = 0.3}, .rate = 0.03});
    const double before = t.learn(batch).loss;
    for (int k = 0; k < 100; ++k) t.learn(batch);
    // The hidden layer of decolle follows a loss of its own, not this one.
    EXPECT_LT(t.test(batch).loss, (rule == training_rule::decolle ? 0.8 : 0.6) * before) << static_cast<int>(rule);
  }
}

TEST(trainer, curl_descent_flips_what_is_learned_and_nothing_else) {
  const auto n = layer_of(lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV, false);
  trainer plain = trainer_of(n, {.optimiser = sgd{}, .rate = 0.1}),
          curled = trainer_of(n, {.optimiser = sgd{}, .rate = 0.1});
  curled.learn_by(n.projections[0], {.signs = learning_signs::flipped_sources(channels, 4)});
  const auto start = plain.weights(n.projections[0]);
  plain.learn(samples_of(9));
  curled.learn(samples_of(9));
  const auto a = plain.weights(n.projections[0]), b = curled.weights(n.projections[0]);
  for (std::size_t i = 0; i < a.size(); ++i)
    EXPECT_NEAR(b[i] - start[i], (i / units < 4 ? -1 : 1) * (a[i] - start[i]), 1e-6);
  EXPECT_EQ(plain.weights(n.projections[1]), curled.weights(n.projections[1]));
}

TEST(trainer, steady_input_has_the_gradient_of_any_other) {
  const auto n = layer_of(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1_mV, true);
  std::vector<training_sample> steady(5), broken;
  for (std::size_t s = 0; s < steady.size(); ++s) {
    for (std::uint32_t t = 0; t < length; ++t)
      for (index_t c = 0; c < channels; ++c) {
        steady[s].events.push_back({t, c});
        steady[s].values.push_back(0.1F * static_cast<float>((c + s) % 5));
      }
    steady[s].label = static_cast<std::uint32_t>(s % classes);
  }
  broken = steady;
  broken.push_back({.events = {{3, 1}}, .values = {1}, .label = 0});  // so that the batch is not steady
  trainer a = trainer_of(n, {}), b = trainer_of(n, {});
  a.differentiate(steady);
  const auto sum = a.gradient(n.projections[0]);
  b.differentiate(broken);
  const auto with = b.gradient(n.projections[0]);
  b.differentiate({&broken.back(), 1});
  const auto alone = b.gradient(n.projections[0]);
  for (std::size_t i = 0; i < sum.size(); ++i)
    EXPECT_NEAR(5 * sum[i], 6 * with[i] - alone[i], 1e-5 * largest(sum)) << i;
}

TEST(trainer, refuses_what_cannot_be) {
  const auto n = layer_of(lif{}, 1_mV, false);
  trainer t = trainer_of(n, {});
  const auto refused = [&](const auto& work, const std::string& text) {
    try {
      work();
      ADD_FAILURE() << text;
    } catch (const spinule_error& e) {
      EXPECT_THAT(e.what(), testing::HasSubstr(text));
    }
  };
  refused([&] { t.learn({}); }, "batch is empty");
  auto batch = samples_of(3);
  batch[1].label = 3;
  refused([&] { t.learn(batch); }, "sample 1: label 3 for 3 outputs");
  batch = samples_of(3);
  batch[2].events.push_back({length, 0});
  refused([&] { t.learn(batch); }, "before tick 20");
  batch[2].events.back() = {length - 1, channels};
  refused([&] { t.learn(batch); }, "channel 12; the input has 12");
  refused([&] { trainer_of(n, {.surrogate = {.width = 0}}); }, "must be positive");
  refused([&] { trainer_of(n, {.rate = -1}); }, "rate = -1");
  refused([&] { t.learn_parameter(n.hidden, "taw", 1); }, "taw");
  refused([&] { trainer{n.net, n.hidden, n.output, 1_ms, length, {}}; }, "a second source");
  network other;
  const auto stranger = other.add("other", lif{}, 1);
  refused([&] { trainer{n.net, n.input, stranger, 1_ms, length, {}}; }, "trainer");
}

}  // namespace spinule::learning::trainer_test

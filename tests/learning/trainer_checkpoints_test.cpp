// States that are worked out anew on the way back.
#include <gtest/gtest.h>

#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>

#include "learning/layer_to_train.hpp"

namespace spinule::learning::trainer_checkpoints_test {

using namespace layer_to_train;

/// Windows of one tick, that do and do not divide the ticks of a sample, of all but one, of all, and longer.
constexpr int windows[] = {1, 3, 4, length - 1, length, 3 * length};

/// Everything that comes of three steps and of the derivatives after them.
struct outcome {
  std::vector<double> state, weights, delays, starts;
  double loss = 0, spikes = 0;
  bool operator==(const outcome&) const = default;
};

outcome outcome_of(const small_network& n, trainer_options o, int every, std::span<const training_sample> batch,
                   const std::string& field) {
  o.checkpoint_every = every;
  trainer t = trainer_of(n, o);
  t.learn_by(n.in, {.delays = true});
  if (o.rule != training_rule::ottt) t.learn_by(n.loop, {.delays = true});
  t.learn_parameter(n.hidden, "tau", 0.1);
  t.learn_start(n.hidden, field, 0.05);
  for (int k = 0; k < 3; ++k) t.learn(batch);
  outcome all;
  all.loss = t.differentiate(batch).loss;
  all.state = t.state();
  for (const projection& p : {n.in, n.loop, n.out})
    for (const double g : t.gradient(p)) all.weights.push_back(g);
  all.delays = t.delay_gradient(n.in);
  all.starts = t.start_gradient(n.hidden, field);
  all.spikes = t.layers()[0].spikes;
  EXPECT_GT(norm(all.weights), 0);
  return all;
}

TEST(trainer_checkpoints, change_no_bit_by_any_rule) {
  const auto batch = samples_of(40);  // two blocks
  const auto n = network_of(
      current_lif{.tau = 8_ms, .capacitance = 8_pF, .tau_excitatory = 4_ms, .threshold = 1_mV, .refractory = 1_ms},
      1_pA);
  for (const auto rule : {training_rule::bptt, training_rule::event_prop, training_rule::eprop, training_rule::ottt,
                          training_rule::decolle}) {
    const trainer_options o{.rule = rule, .rate_penalty = 0.1, .most_spikes = 2, .threads = 2};
    const outcome whole = outcome_of(n, o, 0, batch, "v");
    for (const int every : windows)
      EXPECT_EQ(outcome_of(n, o, every, batch, "v"), whole) << static_cast<int>(rule) << " " << every;
  }
}

TEST(trainer_checkpoints, change_no_bit_of_any_model) {
  const auto batch = samples_of(9);
  const auto expect = [&](const auto& model, auto scale, const std::string& field) {
    const auto n = network_of(model, scale);
    for (const trainer_options& o : {trainer_options{.detach_reset = false}, trainer_options{.truncate = 6},
                                     trainer_options{.smooth_spikes = true}}) {
      const outcome whole = outcome_of(n, o, 0, batch, field);
      for (const int every : windows) EXPECT_EQ(outcome_of(n, o, every, batch, field), whole) << every;
    }
  };
  expect(lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 2_ms}, 1_mV, "v");
  expect(soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV, "v");
  expect(adaptive_lif{.tau = 8_ms, .base = 0.3, .beta = 0.5}, 1.0, "a");
}

TEST(trainer_checkpoints, change_no_bit_where_the_input_is_steady_and_units_that_fire_answer) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto output = n.net.add("output", lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, classes);
  n.in = n.net.connect(input, output, all_to_all{}, {.weight = normal{0.2_mV, 0.2_mV}});
  n.input = input, n.output = output;
  std::vector<training_sample> steady(3);
  for (std::uint32_t s = 0; s < 3; ++s)
    for (std::uint32_t t = 0; t < length; ++t)
      steady[s].events.push_back({t, 2 * s}), steady[s].events.push_back({t, 7});
  const auto learned = [&](int every) {
    trainer t = trainer_of(n, {.checkpoint_every = every}, {.kind = classification_loss_kind::each_tick});
    for (int k = 0; k < 3; ++k) t.learn(steady);
    return t.state();
  };
  const auto whole = learned(0);
  for (const int every : windows) EXPECT_EQ(learned(every), whole) << every;
}

TEST(trainer_checkpoints, take_the_memory_of_a_window_and_of_one_row_for_each) {
  const auto n = network_of(lif{.tau = 8_ms, .threshold = 1_mV}, 1_mV);
  const auto bytes = [&](int every) {
    return trainer{n.net, n.input, n.output, 1_ms, 1000, {}, {.checkpoint_every = every}}.memory(100).bytes();
  };
  // 2 fields and margins of 7 units, 1 field of 3 that do not fire: 1000 ticks, or 50 in windows of 20.
  const double states = 100 * sizeof(float), whole = states * (units * (2 * 1001 + 1000) + classes * 1001);
  EXPECT_EQ(bytes(0) - bytes(20), whole - states * (units * (2 * (21 + 50) + 20) + classes * (21 + 50)));
  EXPECT_EQ(bytes(5000), bytes(0));
  refused([&] { trainer_of(n, {.checkpoint_every = -1}); }, "checkpoint_every = -1");
}

}  // namespace spinule::learning::trainer_checkpoints_test

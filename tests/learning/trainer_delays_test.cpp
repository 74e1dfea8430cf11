// Learned delays that the synapses of an axon or a dendrite share.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/models/lif.hpp>

#include "learning/compared.hpp"
#include "learning/layer_to_train.hpp"

namespace spinule::learning::trainer_delays_test {

using namespace layer_to_train;

/// Of a synapse: its source or its target, whichever its delay belongs to.
std::size_t owner(delay_sharing sharing, std::size_t synapse, std::size_t targets) {
  return sharing == delay_sharing::axon ? synapse / targets : synapse % targets;
}

/// Input whose synapses have delays that sources share, or targets, in a list that leaves out one pair in five.
small_network shared_network(delay_sharing sharing) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto hidden = n.net.add("hidden", lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, units);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  random_stream random{4, purpose::user, 2};
  std::vector<listed<millivolts>> synapses;
  for (index_t j = 0; j < channels; ++j)
    for (index_t i = 0; i < units; ++i) {
      const milliseconds delay{static_cast<double>((sharing == delay_sharing::axon ? j : i) % 4 + 2)};
      const millivolts weight{0.4 + 0.5 * random.normal()};
      if ((j * units + i) % 5 != 3) synapses.push_back({j, i, weight, delay});
    }
  n.in = n.net.connect(input, hidden, synapses);
  n.loop = n.net.connect(hidden, hidden, all_to_all{}, {.weight = normal{0_mV, 0.4_mV}, .delay = 2_ms});
  n.out = n.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1.0}});
  n.input = input, n.hidden = hidden, n.output = output;
  return n;
}

void expect_alike(const std::vector<double>& of, delay_sharing sharing, std::size_t targets) {
  std::vector<double> first(of.size(), -1);
  for (std::size_t i = 0; i < of.size(); ++i) {
    double& known = first[owner(sharing, i, targets)];
    if (known < 0) known = of[i];
    EXPECT_EQ(of[i], known) << i;
  }
}

TEST(trainer_delays, the_gradient_of_a_shared_delay_is_the_sum_over_its_synapses) {
  for (const auto rule : {training_rule::bptt, training_rule::eprop})
    for (const auto sharing : {delay_sharing::axon, delay_sharing::dendrite}) {
      const auto n = shared_network(sharing);
      trainer each = trainer_of(n, {.rule = rule}), shared = trainer_of(n, {.rule = rule});
      for (const projection& p : {n.in, n.loop}) {
        each.learn_by(p, {.delays = true});
        shared.learn_by(p, {.delays = true, .sharing = sharing});
      }
      each.differentiate(samples_of(9));
      shared.differentiate(samples_of(9));
      for (const projection& p : {n.in, n.loop}) {
        const auto of_each = each.delay_gradient(p), of_shared = shared.delay_gradient(p);
        EXPECT_EQ(each.gradient(p), shared.gradient(p));
        EXPECT_GT(largest(of_each), 0);
        const auto there = each.weights(p);
        std::vector<double> sums(of_each.size(), 0);
        for (std::size_t i = 0; i < of_each.size(); ++i) sums[owner(sharing, i, units)] += of_each[i];
        for (std::size_t i = 0; i < of_each.size(); ++i)
          EXPECT_NEAR(of_shared[i], there[i] == 0 ? 0 : sums[owner(sharing, i, units)], 1e-6 * largest(sums)) << i;
      }
    }
}

TEST(trainer_delays, stay_alike_and_give_the_same_spikes_in_the_network_that_was_learned) {
  for (const auto sharing : {delay_sharing::axon, delay_sharing::dendrite}) {
    const auto n = shared_network(sharing);
    const auto batch = samples_of(20);
    const auto make = [&] {
      trainer t = trainer_of(n, {.rate = 0.01, .delay_rate = 0.3, .longest_delay = 9});
      for (const projection& p : {n.in, n.loop}) t.learn_by(p, {.delays = true, .sharing = sharing});
      return t;
    };
    trainer t = make();
    const auto before = t.delays(n.in), before_loop = t.delays(n.loop);
    const double loss = t.learn(batch).loss;
    for (int k = 0; k < 15; ++k) t.learn(batch);
    EXPECT_LT(t.test(batch).loss, loss);
    EXPECT_NE(t.delays(n.in), before);
    EXPECT_NE(t.delays(n.loop), before_loop);
    for (const projection& p : {n.in, n.loop}) expect_alike(t.delays(p), sharing, units);
    EXPECT_GE(std::ranges::min(t.delays(n.loop)), 1);

    const network net = t.trained();
    trainer again{net, n.input, n.output, 1_ms, length, {}},
        once_more{again.trained(), n.input, n.output, 1_ms, length, {}};
    EXPECT_EQ(again.test(batch).answers, t.test(batch).answers);
    EXPECT_EQ(once_more.test(batch).loss, again.test(batch).loss);
    EXPECT_EQ(once_more.layers()[0].spikes, again.layers()[0].spikes);
    for (std::size_t i = 0; i < before.size(); ++i)
      if (t.weights(n.in)[i] != 0) {
        EXPECT_EQ(again.delays(n.in)[i], std::floor(t.delays(n.in)[i] + 0.5)) << i;
      }
    again.learn_by(n.in, {.delays = true, .sharing = sharing});  // rounded, they are still alike

    trainer other = make();
    other.restore(t.state());
    t.learn(batch);
    other.learn(batch);
    EXPECT_EQ(other.state(), t.state());
    EXPECT_EQ(other.delays(n.in), t.delays(n.in));
  }
}

TEST(trainer_delays, one_for_each_synapse_is_one_for_each_axon_with_one_target) {
  small_network n;
  const auto input = n.net.add("input", replay{}, channels);
  const auto hidden = n.net.add("hidden", lif{.tau = 8_ms, .threshold = 1_mV, .refractory = 1_ms}, 1);
  const auto output = n.net.add("output", leaky_integrator{.tau = 5_ms}, classes);
  n.in = n.net.connect(input, hidden, all_to_all{}, {.weight = normal{0.5_mV, 0.2_mV}, .delay = uniform{1_ms, 5_ms}});
  n.out = n.net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1.0}, .delay = 2_ms});
  n.input = input, n.hidden = hidden, n.output = output;
  trainer each = trainer_of(n), shared = trainer_of(n);
  each.learn_by(n.in, {.delays = true});
  shared.learn_by(n.in, {.delays = true, .sharing = delay_sharing::axon});
  for (int k = 0; k < 5; ++k) {
    each.learn(samples_of(9));
    shared.learn(samples_of(9));
  }
  EXPECT_EQ(shared.delays(n.in), each.delays(n.in));
  EXPECT_EQ(shared.state(), each.state());
}

TEST(trainer_delays, refuses_to_share_what_is_not_alike_or_not_learned) {
  const auto n = shared_network(delay_sharing::axon);
  trainer t = trainer_of(n);
  const auto before = t.state();
  refused([&] { t.learn_by(n.in, {.delays = true, .sharing = delay_sharing::dendrite}); },
          "the synapses onto target 0 have delays of 2 and 3 ms");
  const auto dendrites = shared_network(delay_sharing::dendrite);
  trainer other = trainer_of(dendrites);
  refused([&] { other.learn_by(dendrites.in, {.delays = true, .sharing = delay_sharing::axon}); },
          "the synapses of source 0 have delays of 2 and 3 ms");
  refused([&] { t.learn_by(n.in, {.sharing = delay_sharing::axon}); }, "delays = true");
  EXPECT_EQ(t.state(), before);
  t.learn_by(n.in, {.delays = true, .sharing = delay_sharing::axon});
  trainer each = trainer_of(n);
  each.learn_by(n.in, {.delays = true});
  const auto of_each = each.state();
  EXPECT_THROW(each.restore(t.state()), spinule_error);
  EXPECT_EQ(each.state(), of_each);
  EXPECT_LT(t.memory(1).bytes(), each.memory(1).bytes());
}

}  // namespace spinule::learning::trainer_delays_test

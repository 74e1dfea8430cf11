// Plastic networks learn the same on every back end, for any number of threads, stepping and cut of the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>

#include "laws/linear_block.hpp"
#include "networks.hpp"

namespace spinule::plasticity_test {

struct learner {
  network net{7};
  projection recurrent, inhibition, feed_forward;
};

/// Plastic projections of every kind side by side: spread delays, second synapses, no delay, onto two models, and
/// negative.
template <class Pairs = spike_pairs::all_to_all>
learner make_learner(index_t n = 300) {
  learner l;
  const auto noise = l.net.add("noise", poisson{.rate = 30_Hz}, 100);
  const auto e = l.net.add("excitatory", lif{.tau = 20_ms, .threshold = 12_mV}, n);
  const auto i = l.net.add("inhibitory", current_lif{}, n / 4);
  l.feed_forward =
      l.net.connect(noise, e, fixed_probability{0.2}, {.weight = uniform{2_mV, 4_mV}},
                    pair_stdp{.w_max = 6_mV, .dependence = weight_dependence::additive{}, .paired = Pairs{}});
  l.net.connect(noise, i[current_lif::excitatory], fixed_probability{0.2}, {.weight = 700_pA, .delay = 1_ms});
  l.recurrent = l.net.connect(e, e, fixed_total_number{20 * n}, {.weight = 0.4_mV, .delay = uniform{1_ms, 6_ms}},
                              pair_stdp{.tau_minus = 34_ms, .lambda = 0.02, .w_max = 1_mV, .paired = Pairs{}});
  l.net.connect(e, i[current_lif::excitatory], fixed_probability{0.05}, {.weight = 100_pA, .delay = 2_ms});
  l.inhibition =
      l.net.connect(i, e, fixed_indegree{.k = 10}, {.weight = -1_mV, .delay = 1_ms},
                    pair_stdp{.w_max = -3_mV, .dependence = weight_dependence::van_rossum{}, .paired = Pairs{}});
  return l;
}

struct outcome {
  std::vector<std::vector<spike>> spikes;
  std::vector<std::vector<double>> weights;
  bool operator==(const outcome&) const = default;
};

outcome outcome_of(const learner& l, simulation& sim) {
  outcome o;
  for (index_t p = 0; p < 3; ++p)
    o.spikes.emplace_back(sim.spikes(sim.population_at(p)).begin(), sim.spikes(sim.population_at(p)).end());
  for (const auto& j : {l.feed_forward, l.recurrent, l.inhibition}) o.weights.push_back(sim.weights(j));
  return o;
}

outcome run(const learner& l, simulation sim, const std::vector<milliseconds>& pieces) {
  for (index_t p = 0; p < 3; ++p) sim.observe(sim.population_at(p));
  for (const auto piece : pieces) sim.run(piece);
  return outcome_of(l, sim);
}

void expect_near(const outcome& a, const outcome& b, double tolerance) {
  for (std::size_t j = 0; j < a.weights.size(); ++j) {
    ASSERT_EQ(a.weights[j].size(), b.weights[j].size());
    double largest = 0;
    for (std::size_t s = 0; s < a.weights[j].size(); ++s)
      largest = std::max(largest, std::fabs(a.weights[j][s] - b.weights[j][s]));
    EXPECT_LT(largest, tolerance) << "projection " << j;
  }
}

TEST(plasticity, is_that_of_the_reference_in_double) {
  for (const learner& l :
       {make_learner(), make_learner<spike_pairs::nearest_symmetric>(),
        make_learner<spike_pairs::presynaptic_centred>(), make_learner<spike_pairs::reduced_symmetric>()}) {
    const outcome plain = run(l, {l.net, reference{1_ms}}, {1500_ms});
    ASSERT_GT(plain.spikes[1].size(), 3000u);
    const outcome fast = run(l, {l.net, cpu{.tick = 1_ms, .threads = 1, .precision = precision::full}}, {1500_ms});
    EXPECT_EQ(plain.spikes, fast.spikes);
    expect_near(plain, fast, 1e-12);
  }
}

TEST(plasticity, is_that_of_the_reference_to_a_millionth_in_float) {
  // Both sides of every synapse are told when to fire, so that rounding cannot move a spike.
  network net{3};
  const auto sender = net.add("sender", poisson{.rate = 100_Hz}, 60);
  const auto teacher = net.add("teacher", poisson{.rate = 100_Hz}, 60);
  const auto cell = net.add("cell", lif{.tau = 1_ms, .threshold = 1e3_mV, .refractory = 0_ms}, 60);
  net.connect(teacher, cell, one_to_one{}, {.weight = 3e3_mV});
  const auto j = net.connect(sender, cell, all_to_all{}, {.weight = uniform{0_mV, 1_mV}, .delay = uniform{1_ms, 20_ms}},
                             pair_stdp{.w_max = 1_mV});
  simulation plain{net, reference{1_ms}}, fast{net, cpu{.tick = 1_ms, .threads = 1}};
  const auto start = plain.weights(j);
  plain.run(1_s);
  fast.run(1_s);
  const auto a = plain.weights(j), b = fast.weights(j);
  ASSERT_EQ(a.size(), 3600u);
  double moved = 0;
  for (std::size_t s = 0; s < a.size(); ++s) {
    EXPECT_NEAR(a[s], b[s], 1e-6);
    moved = std::max(moved, std::fabs(a[s] - start[s]));
  }
  EXPECT_GT(moved, 0.1);
}

TEST(plasticity, does_not_depend_on_threads_drives_or_cuts) {
  const learner l = make_learner(6000);  // enough that threads share every tick
  const auto on = [](int threads, stepping d) {
    return cpu{.tick = 1_ms, .threads = threads, .stepping = d, .precision = precision::full};
  };
  const outcome whole = run(l, {l.net, on(1, stepping::sweep)}, {60_ms});
  ASSERT_GT(whole.spikes[1].size(), 1000u);
  for (const int threads : {1, 2, 3, 8})
    EXPECT_EQ(whole, run(l, {l.net, on(threads, stepping::automatic)}, {1_ms, 20_ms, 9_ms, 30_ms}))
        << threads << " threads";
  EXPECT_EQ(whole, run(l, {l.net, on(2, stepping::visit)}, {60_ms}));
  const outcome single = run(l, {l.net, cpu{.tick = 1_ms, .threads = 1}}, {60_ms});
  EXPECT_EQ(single, run(l, {l.net, cpu{.tick = 1_ms, .threads = 2}}, {23_ms, 37_ms}));
}

TEST(plasticity, is_not_disturbed_by_reading_weights) {
  const learner l = make_learner();
  simulation a{l.net, cpu{.tick = 1_ms, .threads = 1}}, b{a};
  for (int k = 0; k < 30; ++k) {
    a.run(50_ms);
    static_cast<void>(a.weights(l.recurrent));
  }
  b.run(1500_ms);
  EXPECT_EQ(a.weights(l.recurrent), b.weights(l.recurrent));
}

TEST(plasticity, is_forgotten_by_reset_and_kept_by_a_new_episode) {
  const learner l = make_learner();
  const auto check = [&](const auto& on) {
    simulation sim{l.net, on};
    const auto start = sim.weights(l.recurrent);
    sim.run(300_ms);
    const auto learned = sim.weights(l.recurrent);
    EXPECT_NE(start, learned);
    simulation copy{sim};
    sim.begin_episode(5);
    EXPECT_EQ(learned, sim.weights(l.recurrent));
    EXPECT_EQ(sim.now(), 0);
    sim.run(300_ms);
    EXPECT_NE(learned, sim.weights(l.recurrent));
    EXPECT_EQ(learned, copy.weights(l.recurrent));
    sim.reset();
    EXPECT_EQ(start, sim.weights(l.recurrent));
    sim.run(300_ms);
    EXPECT_EQ(learned, sim.weights(l.recurrent));
  };
  check(cpu{.tick = 1_ms, .threads = 1});
  check(reference{1_ms});
}

TEST(plasticity, episodes_agree_between_back_ends) {
  const learner l = make_learner();
  simulation plain{l.net, reference{1_ms}}, fast{l.net, cpu{.tick = 1_ms, .threads = 2, .precision = precision::full}};
  for (auto* sim : {&plain, &fast})
    for (std::uint64_t episode = 0; episode < 4; ++episode) {
      sim->begin_episode(episode);
      sim->run(150_ms);
    }
  const auto a = plain.weights(l.recurrent), b = fast.weights(l.recurrent);
  for (std::size_t s = 0; s < a.size(); ++s) ASSERT_NEAR(a[s], b[s], 1e-12);
  EXPECT_EQ(plain.synaptic_events(), fast.synaptic_events());
}

TEST(plasticity, that_a_back_end_cannot_run_is_refused_by_the_name_of_its_projection) {
  network net;
  const auto noise = net.add("noise", poisson{.rate = 30_Hz}, 3);
  const auto cells = net.add("cells", lif{}, 3);
  net.connect(noise, cells, one_to_one{}, {.weight = 1_mV}, pair_stdp{.tau_plus = 1e6_s, .w_max = 2_mV});
  try {
    simulation{net, cpu{.tick = 0.1_ms}};
    FAIL() << "accepted";
  } catch (const spinule_error& refused) {
    EXPECT_EQ(std::string{refused.what()}.rfind("projection \"noise->cells\": the trace of arrivals", 0), 0u)
        << refused.what();
  }
}

TEST(plasticity, of_a_wide_port_pairs_each_lane_with_the_spikes_of_its_neuron) {
  network net{5};
  const auto in = net.add("in", poisson{.rate = 60_Hz}, 30);
  const auto cells = net.add("cells", spiral(5, 0.3, 0.9), 20);
  const auto learned =
      net.connect(in, cells[linear_block::branches], fixed_probability{0.3}, {.weight = 0.5, .delay = 1_ms},
                  pair_stdp<number>{.lambda = 0.05, .w_max = number{1}});
  const auto after = [&](simulation sim) {
    sim.run(400_ms);
    return sim.weights(learned);
  };
  const auto expected = after({net, reference{1_ms}});
  for (const int threads : {1, 2})
    EXPECT_THAT(after({net, cpu{.tick = 1_ms, .threads = threads, .precision = precision::full}}),
                testing::Pointwise(testing::DoubleNear(1e-12), expected));
  simulation sim{net, reference{1_ms}};
  EXPECT_NE(expected, sim.weights(learned));
  const auto [least, most] = std::minmax_element(expected.begin(), expected.end());
  EXPECT_LT(*least, 0.4) << "a lane that opposes the spikes";
  EXPECT_GT(*most, 0.6);
}

}  // namespace spinule::plasticity_test

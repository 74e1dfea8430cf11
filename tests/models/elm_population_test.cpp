// Populations of ELM neurons: equal to the dense form on every back end, alone and in layers; rules of firing; misuse.
#include <spinule/models/elm.hpp>

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <set>

#include <spinule/error.hpp>
#include <spinule/models/lif.hpp>

#include "io/message.hpp"
#include "io/real_data.hpp"
#include "models/elm_world.hpp"

namespace spinule::elm_population_test {

using testing::HasSubstr;

constexpr int bins = 80;

/// Neurons with these weights, under events of `events_on`, follow the dense form on every back end.
void expect_dense(const elm_neurons& weights, index_t neurons, double tolerance = 1e-5) {
  const auto sets = weights.sets();
  const index_t channels = sets[0].inputs;
  const auto events = events_on(channels, bins);
  network net;
  const auto input = net.add("input", spikes_of(events), channels);
  const auto cells = net.add("cells", spiking_elm{.neurons = weights}, neurons);
  net.connect(input, cells, channel_by_channel(channels, neurons, 3_ms));
  std::vector<std::vector<std::vector<double>>> golden;
  for (const elm_weights& w : sets) golden.push_back(dense_trace(w, events, bins, 3));
  on_all_back_ends(net, [&](const char* name, simulation sim) {
    expect_traces(
        sim, cells, neurons, bins, [&](index_t n) -> auto& { return golden[sets.size() == 1 ? 0 : n]; }, tolerance,
        name);
  });
}

TEST(elm_population, follows_the_dense_form_with_shared_weights) {
  for (const elm_version version : {elm_version::v1, elm_version::v2}) expect_dense(small_shape(version).build(), 7);
}

TEST(elm_population, follows_the_dense_form_with_a_trace_for_each_time_constant) {
  for (const elm_version version : {elm_version::v1, elm_version::v2})
    expect_dense(of_many_tau(small_shape(version).build()), 5);
}

TEST(elm_population, follows_the_dense_form_with_silu_and_two_hidden_layers) {
  elm_shape shape = small_shape(elm_version::v1);
  shape.activation = elm_activation::silu;
  shape.hidden_layers = 2;
  shape.hidden = 17;
  expect_dense(shape.build(), 6);
}

TEST(elm_population, follows_the_dense_form_with_weights_of_each_neuron) {
  std::vector<elm_weights> each;
  for (std::uint64_t k = 0; k < 6; ++k) each.push_back(small_shape(elm_version::v2, k).build());
  expect_dense(each, 6);
}

TEST(elm_population, of_the_published_neurons_follows_the_dense_form) {
  SPINULE_REAL_DATA(folder, "elm_neuron");
  for (const char* name : {"num_memory_20", "best_elm_neuron"})
    expect_dense(load_elm(folder / name / "neuronio_best_model_state.pt"), 2, 2e-5);
}

TEST(elm_population, with_branches_for_lanes_is_that_with_inputs_when_the_network_routes_alike) {
  for (const bool many : {false, true}) {
    const elm_weights plain = small_shape(elm_version::v2).build(), w = many ? of_many_tau(plain) : plain;
    const auto events = events_on(w.inputs, bins);
    network net;
    const auto input = net.add("input", spikes_of(events), w.inputs);
    const auto cells = net.add("cells", spiking_elm{.neurons = w, .lanes = elm_lanes::branches}, 3);
    std::vector<listed<number>> list;
    for (index_t n = 0; n < 3; ++n)
      for (std::size_t j = 0; j < w.synapses(); ++j)
        if (w.input[j] != elm_weights::unconnected)
          list.push_back({w.input[j], net.lane(cells[spiking_elm::dendrite], n, static_cast<index_t>(j / 12)),
                          number{sign_of(w.input[j]) * static_cast<double>(w.weight[j])}, 3_ms});
    net.connect(input, cells, list);
    const auto golden = dense_trace(w, events, bins, 3);
    on_all_back_ends(net, [&](const char* name, simulation sim) {
      expect_traces(
          sim, cells, 3, bins, [&](index_t) -> auto& { return golden; }, 1e-5, name);
    });
  }
}

TEST(elm_population, gives_the_same_bits_for_any_threads_and_neighbours) {
  const elm_weights w = small_shape(elm_version::v1).build();
  const auto states = [&](index_t neurons, int threads) {
    network net;
    const auto input = net.add("input", spikes_of(events_on(40, bins)), 40);
    const auto cells = net.add("cells", spiking_elm{.neurons = w}, neurons);
    net.connect(input, cells, channel_by_channel(40, neurons, 1_ms));
    simulation sim{net, cpu{.tick = 1_ms, .threads = threads}};
    sim.run(60_ms);
    return sim.state(cells, "y[0]");
  };
  const auto many = states(301, 1);
  EXPECT_EQ(std::set<double>(many.begin(), many.end()).size(), 1u) << "equal neurons with equal input";
  EXPECT_EQ(many[0], states(1, 1)[0]);
  for (const int threads : {2, 3}) EXPECT_EQ(many, states(301, threads));
}

/// Ticks in which neuron 0 fires, and the trace of its first output.
struct firing_run {
  std::vector<moment> spikes;
  std::vector<double> y;
};
firing_run run_firing(const spiking_elm& model, int ticks) {
  const elm_weights& w = model.neurons.sets()[0];
  network net;
  const auto input = net.add("input", spikes_of(events_on(w.inputs, ticks)), w.inputs);
  const auto cells = net.add("cells", model, 1);
  net.connect(input, cells, channel_by_channel(w.inputs, 1, 1_ms));
  simulation sim{net, cpu{.tick = 1_ms, .precision = precision::full}};
  sim.observe(cells);
  firing_run run;
  for (int t = 0; t < ticks; ++t) {
    sim.run(1_ms);
    run.y.push_back(output_of(sim, cells, 0, 0));
  }
  for (const spike& s : sim.spikes(cells)) run.spikes.push_back(s.when);
  return run;
}

TEST(elm_firing, follows_the_rule_that_is_set) {
  const elm_weights w = small_shape(elm_version::v1).build();
  const double threshold = 0.1;
  const auto expect = [&](elm_firing rule, auto fires) {
    const firing_run run = run_firing({.neurons = w, .firing = rule, .threshold = threshold}, 400);
    std::vector<moment> expected;
    const auto y = [&](std::size_t t, std::size_t back) { return t < back ? -1e30 : run.y[t - back]; };
    for (std::size_t t = 0; t < run.y.size(); ++t)
      if (fires(y(t, 0), y(t, 1), y(t, 2))) expected.push_back(static_cast<moment>(t));
    EXPECT_EQ(run.spikes, expected);
    EXPECT_GT(expected.size(), 5u);
    EXPECT_LT(expected.size(), 300u);
  };
  expect(elm_firing::above, [&](double a, double, double) { return a >= threshold; });
  expect(elm_firing::crossing, [&](double a, double b, double) { return a >= threshold && b < threshold; });
  expect(elm_firing::local_maximum, [&](double a, double b, double c) { return b >= threshold && b > c && a <= b; });
}

TEST(elm_firing, at_random_has_the_probability_of_its_log_odds) {
  elm_weights w = small_shape(elm_version::v1).build();
  for (float& x : w.readout.weights) x = 0;
  w.readout.bias[0] = -1;
  network net;
  const auto cells =
      net.add("cells", spiking_elm{.neurons = w, .firing = elm_firing::bernoulli, .threshold = 0.5}, 200);
  const auto spikes = [&](double seed) {
    simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
    sim.set(cells, "seed", seed);
    sim.observe(cells);
    sim.run(300_ms);
    std::vector<std::pair<moment, index_t>> all;
    for (const spike& s : sim.spikes(cells)) all.push_back({s.when, s.neuron});
    return all;
  };
  const auto first = spikes(1);
  const double n = 200 * 300, p = 1 / (1 + std::exp(1.5));
  EXPECT_NEAR(static_cast<double>(first.size()), n * p, 4 * std::sqrt(n * p * (1 - p)));
  EXPECT_EQ(first, spikes(1)) << "numbers follow from seed, neuron and bin";
  EXPECT_NE(first, spikes(2));
}

TEST(elm_layers, follow_each_other_and_spiking_layers_with_delays) {
  // input -> ELM neurons -> lif neurons -> ELM neurons; the last is compared with the dense form under the spikes seen.
  const elm_weights w = small_shape(elm_version::v1).build(), v = of_many_tau(small_shape(elm_version::v2, 9).build());
  network net;
  const auto input = net.add("input", spikes_of(events_on(40, 300)), 40);
  const auto first = net.add("first", spiking_elm{.neurons = w, .firing = elm_firing::bernoulli}, 20);
  const auto middle = net.add("middle", lif{}, 20);
  const auto last = net.add("last", spiking_elm{.neurons = v}, 4);
  net.connect(input, first, channel_by_channel(40, 20, 1_ms));
  net.connect(first, middle, fixed_indegree{.k = 5}, {.weight = 6_mV, .delay = 2_ms});
  std::vector<listed<number>> list;
  for (index_t n = 0; n < 4; ++n)
    for (index_t c = 0; c < 20; ++c) {
      list.push_back({c, n * 40 + 2 * c, number{1}, milliseconds{3.0 + c % 5}});
      list.push_back({c, n * 40 + 2 * c + 1, number{-0.5}, 9_ms});
    }
  net.connect(middle, last, list);
  std::vector<std::vector<spike>> spikes;
  on_all_back_ends(net, [&](const char* name, simulation sim) {
    sim.observe(middle);
    sim.run(300_ms);
    const auto fired = sim.spikes(middle);
    ASSERT_GT(fired.size(), 200u) << name;
    dense_elm<double> golden{v};
    std::vector<double> y;
    for (int t = 0; t < 300; ++t) {
      std::vector<double> x(40, 0);
      for (const spike& s : fired) {
        if (s.when + 3 + s.neuron % 5 == t) x[2 * s.neuron] += 1;
        if (s.when + 9 == t) x[2 * s.neuron + 1] -= 0.5;
      }
      const auto now = golden.step(x);
      y.assign(now.begin(), now.end());
    }
    for (index_t n = 0; n < 4; ++n) EXPECT_NEAR(output_of(sim, last, n, 0), y[0], 1e-5) << name;
  });
}

TEST(elm_layers, of_values_follow_each_other_with_delays) {
  // Graded neurons 2 and 5 ms before others; values are rounded to the steps of sums, and to floats.
  const elm_weights w = small_shape(elm_version::v1).build(), v = of_many_tau(small_shape(elm_version::v2, 9).build());
  const auto events = events_on(40, 120);
  for (const elm_transfer transfer : {elm_transfer::identity, elm_transfer::relu, elm_transfer::sigmoid}) {
    network net;
    const auto input = net.add("input", spikes_of(events), 40);
    const auto first =
        net.add("first", elm{.neurons = w, .output = 1, .transfer = transfer, .gain = 2, .offset = 0.1}, 3);
    const auto last = net.add("last", elm{.neurons = v}, 2);
    net.connect(input, first, channel_by_channel(40, 3, 1_ms));
    net.connect(first, last,
                {{0, 7, number{0.5}, 2_ms},
                 {1, 12, number{-0.25}, 5_ms},
                 {2, 40 + 7, number{0.5}, 2_ms},
                 {0, 40 + 12, number{-0.25}, 5_ms}});
    const auto before = dense_trace(w, events, 120, 1);
    const auto sent = [&](int t) {
      if (t < 0) return 0.0;
      const double x = 2 * (before[static_cast<std::size_t>(t)][1] - 0.1);
      if (transfer == elm_transfer::sigmoid) return 1 / (1 + std::exp(-x));
      return transfer == elm_transfer::relu ? std::max(x, 0.0) : x;
    };
    dense_elm<double> neuron{v};
    std::vector<std::vector<double>> golden;
    for (int t = 0; t < 120; ++t) {
      std::vector<double> x(40, 0);
      x[7] = 0.5 * sent(t - 2);
      x[12] = -0.25 * sent(t - 5);
      const auto y = neuron.step(x);
      golden.emplace_back(y.begin(), y.end());
    }
    on_all_back_ends(net, [&](const char* name, simulation sim) {
      const bool converted = std::string{name} == "crossbar";  // the DAC of a row has finite bits
      expect_traces(
          sim, last, 2, 120, [&](index_t) -> auto& { return golden; }, converted ? 1e-3 : 1e-5, name);
    });
  }
}

TEST(elm_population, states_a_largest_output_that_none_exceeds) {
  elm_weights w = small_shape(elm_version::v1).build();
  for (std::size_t k = 0; k < w.memory(); ++k)  // memory is driven to its bounds, each with the sign of its weight
    w.layers.back().bias[k] = w.readout.weights[k] > 0 ? 1e6f : -1e6f;
  w.readout.bias[0] = 0.5f;
  const elm model{.neurons = w, .gain = -3, .offset = -2};
  network net;
  const auto cells = net.add("cells", model, 1);
  simulation sim{net, cpu{.tick = 1_ms}};
  sim.run(5_s);
  EXPECT_NEAR(3 * (output_of(sim, cells, 0, 0) + 2), model.largest_output(), 1e-2);
  EXPECT_EQ((elm{.neurons = w, .transfer = elm_transfer::sigmoid, .gain = 9}.largest_output()), 1);
}

TEST(elm_population, refuses_what_cannot_be) {
  network net;
  int k = 0;
  const auto refusal = [&](const spiking_elm& model, std::int64_t size = 3) {
    return message_of<spinule_error>([&] { net.add("cells " + std::to_string(k++), model, size); });
  };
  const elm_weights w = small_shape(elm_version::v1).build();
  EXPECT_THAT(refusal({}),
              testing::AllOf(HasSubstr("population \"cells 0\""), HasSubstr("has no weights; give load_elm")));
  elm_weights bad = w;
  bad.layers[0].weights[3] = NAN;
  EXPECT_THAT(refusal({.neurons = bad}), HasSubstr("layer 0: weights[3] = nan"));
  EXPECT_THAT(refusal({.neurons = std::vector{w, bad, w}}), HasSubstr("set 1 layer 0: weights[3] = nan"));
  EXPECT_THAT(refusal({.neurons = elm_weights{}}), HasSubstr("0 synapses of 0 inputs on 0 branches"));
  EXPECT_THAT(refusal({.neurons = std::vector{w, w}}), HasSubstr("2 sets of weights for 3 neurons; give one for all"));
  EXPECT_THAT(refusal({.neurons = std::vector{w, of_many_tau(w), w}}),
              HasSubstr("set 1 of its weights has other sizes"));
  EXPECT_THAT(refusal({.neurons = of_many_tau(w), .lanes = elm_lanes::branches}), HasSubstr("several time constants"));
  EXPECT_THAT(refusal({.neurons = w, .threshold = NAN}), HasSubstr("threshold"));
  EXPECT_THAT(message_of<spinule_error>([&] { net.add("sender", elm{.neurons = w, .output = 2}, 2); }),
              HasSubstr("it sends output 2; its weights have 2"));
  EXPECT_THAT(message_of<spinule_error>([&] { net.add("sender", elm{.neurons = w, .gain = INFINITY}, 2); }),
              HasSubstr("gain"));
  const auto cells = net.add("cells", spiking_elm{.neurons = w}, 2);
  EXPECT_THAT(message_of<spinule_error>([&] {
                simulation{net, cpu{.tick = 0.5_ms}};
              }),
              HasSubstr("for bins of 1 ms, and a tick lasts 0.5 ms"));
  EXPECT_THAT(message_of<spinule_error>([&] {
                simulation{net, cpu{.tick = 1_ms}}.set(cells, "seed", 1.5);
              }),
              HasSubstr("seed"));
}

}  // namespace spinule::elm_population_test

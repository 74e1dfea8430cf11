// Laws of one ELM neuron, with weights before training.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include <spinule/models/elm_weights.hpp>

#include "io/message.hpp"

namespace spinule::elm_test {

using testing::ElementsAre;
using testing::HasSubstr;

const elm_shape small{.inputs = 12,
                      .outputs = 2,
                      .memory = 5,
                      .branches = 4,
                      .synapses_per_branch = 6,
                      .routing = elm_routing::random,
                      .tau_memory_max = 150_ms};

std::vector<double> input_of(int t, index_t inputs) {
  std::vector<double> x(inputs, 0);
  for (index_t c = 0; c < inputs; ++c)
    if ((t * 7 + static_cast<int>(c) * 5) % 11 == 0) x[c] = c % 3 == 0 ? -1 : 1;
  return x;
}

TEST(elm, branch_traces_of_both_versions_are_equal_when_all_time_constants_are) {
  elm_shape shape = small;
  shape.version = elm_version::v1;
  dense_elm<double> v1{shape.build()};
  shape.version = elm_version::v2;
  dense_elm<double> v2{shape.build()};
  double apart = 0;
  for (int t = 0; t < 200; ++t) {
    v1.step(input_of(t, 12));
    v2.step(input_of(t, 12));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(v1.branches()[i], v2.branches()[i], 1e-13);
    apart = std::max(apart, std::fabs(v1.memory()[0] - v2.memory()[0]));
  }
  EXPECT_GT(apart, 0.1) << "gains differ";
}

TEST(elm, memory_stays_within_the_bounds_of_its_version) {
  for (const elm_version version : {elm_version::v1, elm_version::v2}) {
    elm_shape shape = small;
    shape.version = version;
    elm_weights w = shape.build();
    for (float& x : w.layers.back().bias) x = 1e6f;  // q is always 1.7159
    dense_elm<double> neuron{w};
    for (int t = 0; t < 5000; ++t) neuron.step(input_of(t, 12));
    for (std::size_t k = 0; k < 5; ++k) {
      const double kappa = std::exp(-1 / w.tau_memory[k]);
      const double bound = version == elm_version::v1 ? 1.7159 * 5 : 1.7159 * (1 - std::pow(kappa, 5)) / (1 - kappa);
      EXPECT_NEAR(neuron.memory()[k], bound, 1e-9);
    }
  }
}

TEST(elm, single_precision_follows_double) {
  for (const elm_activation activation : {elm_activation::relu, elm_activation::silu}) {
    elm_shape shape = small;
    shape.activation = activation;
    shape.hidden_layers = 2;
    dense_elm<double> exact{shape.build()};
    dense_elm<float> single{shape.build()};
    for (int t = 0; t < 500; ++t) {
      const auto x = input_of(t, 12);
      const auto y = exact.step(x);
      const auto z = single.step(std::vector<float>(x.begin(), x.end()));
      for (std::size_t o = 0; o < 2; ++o) ASSERT_NEAR(z[o], y[o], 1e-5);
    }
  }
}

TEST(elm, routings_are_those_of_their_authors) {
  EXPECT_THAT((elm_shape{.inputs = 4, .memory = 1}.build().input), ElementsAre(0, 1, 2, 3));
  constexpr index_t none = elm_weights::unconnected;
  const elm_shape neuronio{
      .inputs = 8, .memory = 1, .branches = 3, .synapses_per_branch = 4, .routing = elm_routing::neuronio};
  EXPECT_THAT(neuronio.build().input, ElementsAre(0, 4, 1, 5, 5, 2, 6, 3, 3, 7, none, none));
  std::vector<int> hits(12, 0);
  elm_shape many = small;
  many.synapses_per_branch = 3000;
  for (const index_t c : many.build().input) ++hits.at(c);
  for (const int n : hits) EXPECT_NEAR(n, 1000, 150);
}

TEST(elm, parameters_are_counted_as_in_the_paper) {
  EXPECT_EQ((elm_shape{.inputs = 1278, .outputs = 2, .memory = 20}.build().parameter_count() - 1278), 52'822u);
  EXPECT_EQ((elm_shape{.inputs = 700, .outputs = 20, .memory = 100}.build().parameter_count()), 183'020u);
  EXPECT_EQ((elm_shape{.inputs = 700, .outputs = 20, .memory = 100}.build().parameter_count(true)), 183'120u);
}

TEST(elm, time_constants_are_spaced_evenly_in_their_logarithm) {
  const auto tau = elm_shape{.inputs = 3, .memory = 4}.build().tau_memory;
  EXPECT_THAT(tau, ElementsAre(testing::DoubleNear(1, 1e-12), testing::DoubleNear(10, 1e-11),
                               testing::DoubleNear(100, 1e-10), testing::DoubleNear(1000, 1e-9)));
}

TEST(elm, a_reset_is_a_fresh_neuron) {
  dense_elm<double> used{small.build()}, fresh{small.build()};
  for (int t = 0; t < 50; ++t) used.step(input_of(t, 12));
  used.reset();
  for (int t = 0; t < 50; ++t) EXPECT_EQ(used.step(input_of(t, 12))[1], fresh.step(input_of(t, 12))[1]);
}

TEST(elm, weights_that_cannot_be_are_refused) {
  const auto refusal = [](auto change) {
    elm_weights w = small.build();
    change(w);
    return message_of<spinule_error>([&] { dense_elm<float>{w}; });
  };
  const float infinite = std::numeric_limits<float>::infinity();
  EXPECT_THAT(refusal([](elm_weights& w) { w.branches = 5; }), HasSubstr("24 synapses of 12 inputs on 5 branches"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.input[3] = 12; }), HasSubstr("synapse 3 reads input 12; there are 12"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.weight[2] = -1; }),
              HasSubstr("weight[2] = -1; it must be finite and at least 0"));
  EXPECT_THAT(refusal([&](elm_weights& w) { w.weight[2] = infinite; }), HasSubstr("weight[2] = inf"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.weight.pop_back(); }),
              HasSubstr("weight has 23 numbers; there must be 24"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.tau_input[1] = std::nan(""); }), HasSubstr("tau_input[1] = nan"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.version = elm_version::v1; }),
              HasSubstr("tau_input has 4 numbers; there must be 24"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.tau_memory.clear(); }), HasSubstr("tau_memory is empty"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.lambda = 0; }), HasSubstr("lambda = 0"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.bin = 0_ms; }), HasSubstr("bin = 0 ms"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.layers.pop_back(); }), HasSubstr("needs a hidden layer"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.layers[1].inputs = 3; }), HasSubstr("dense_elm layer 1: it has 3 inputs"));
  EXPECT_THAT(refusal([&](elm_weights& w) { w.layers[0].bias[1] = -infinite; }), HasSubstr("layer 0: bias[1] = -inf"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.layers[1] = w.layers[0]; }), HasSubstr("layer 1"));
  EXPECT_THAT(refusal([](elm_weights& w) { w.readout.weights[0] = std::nanf(""); }),
              HasSubstr("readout: weights[0] = nan"));
  dense_elm<double> neuron{small.build()};
  EXPECT_THAT(message_of<spinule_error>([&] { neuron.step(std::vector<double>(11)); }),
              HasSubstr("11 inputs; the neuron has 12"));
}

TEST(elm, shapes_that_cannot_be_are_refused) {
  const auto refusal = [](elm_shape shape) { return message_of<spinule_error>([&] { shape.build(); }); };
  EXPECT_THAT(refusal({}), HasSubstr("must be 1 or more"));
  EXPECT_THAT(refusal({.inputs = 10, .branches = 3}), HasSubstr("3 synapses for 10 inputs"));
  EXPECT_THAT(refusal({.inputs = 10, .branches = 3, .synapses_per_branch = 3, .routing = elm_routing::neuronio}),
              HasSubstr("3 branches of 10 inputs need 4 or more"));
  EXPECT_THAT(refusal({.inputs = 10, .tau_memory_min = 5_ms, .tau_memory_max = 4_ms}), HasSubstr("tau_memory_min"));
  EXPECT_THAT(refusal({.inputs = 4'000'000'000u}), HasSubstr("2^26"));
  EXPECT_THAT(refusal({.inputs = 10, .synapse_weight = -1}), HasSubstr("weight[0] = -1"));
}

}  // namespace spinule::elm_test

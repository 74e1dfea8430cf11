// Local rules of a trainer: e-prop against that which runs forward in time, OTTT and DECOLLE against sums written out.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/learning/eprop.hpp>
#include <spinule/learning/trainer.hpp>
#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/soft_reset_lif.hpp>
#include <spinule/models/sources.hpp>

#include "learning/compared.hpp"

namespace spinule::learning::trainer_rules_test {

// e-prop, forward in time.

TEST(trainer_rules, eprop_of_a_recurrent_layer_is_that_of_bellec_et_al) {
  constexpr std::size_t in = 9, units = 8, out = 3;
  constexpr ticks length = 80;
  network net{7};
  const auto input = net.add("input", replay{}, in);
  const auto hidden = net.add("hidden", adaptive_lif{.tau = 12_ms, .base = 0.3, .beta = 0}, units);
  const auto output = net.add("output", leaky_integrator{.tau = 7_ms}, out);
  const std::vector<projection> all{
      net.connect(input, hidden, all_to_all{}, {.weight = normal{1.0, 1.5}, .delay = 0_ms}),
      net.connect(hidden, hidden, all_to_all{}, {.weight = normal{0.0, 2.0}, .delay = 1_ms}),
      net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 2.0}, .delay = 0_ms})};
  trainer t{net,
            input,
            output,
            1_ms,
            length,
            {.kind = classification_loss_kind::each_tick},
            {.rule = training_rule::eprop,
             .surrogate = {.shape = surrogate::form::triangle, .width = 0.3, .height = 0.4 / 0.3}}};
  auto recurrent = t.weights(all[1]);
  for (std::size_t i = 0; i < units; ++i) recurrent[i * units + i] = 0;
  t.set_weights(all[1], recurrent);

  const auto turned = [](const std::vector<double>& w, std::size_t sources) {
    const std::size_t targets = w.size() / sources;
    std::vector<double> by_target(w.size());
    for (std::size_t j = 0; j < sources; ++j)
      for (std::size_t i = 0; i < targets; ++i) by_target[i * sources + j] = w[j * targets + i];
    return by_target;
  };
  eprop_network reference{
      {.inputs = in,
       .neurons = units,
       .outputs = out,
       .tau_m = 12,
       .tau_out = 7,
       .input_gain = -std::expm1(-1.0 / 12),
       .output_gain = -std::expm1(-1.0 / 7),
       .threshold = 0.3,
       .dampening = 0.4,
       .loss = eprop_loss::cross_entropy},
      {turned(t.weights(all[0]), in), turned(t.weights(all[1]), units), turned(t.weights(all[2]), units)}};
  training_sample s{.label = 2};
  random_stream random{3, purpose::user, 1};
  reference.begin();
  double spikes = 0;
  for (std::uint32_t n = 0; n < static_cast<std::uint32_t>(length); ++n) {
    std::vector<double> x(in, 0);
    for (std::uint32_t c = 0; c < in; ++c)
      if (random.uniform() < 0.2) x[c] = 1, s.events.push_back({n, c});
    reference.step(x, std::vector<double>{0, 0, 1});
    for (const double z : reference.spikes()) spikes += z;
  }
  reference.end();
  const auto result = t.differentiate({&s, 1});
  EXPECT_GT(spikes, 50);
  EXPECT_NEAR(t.layers()[0].spikes * units, spikes, 1e-9);
  EXPECT_NEAR(result.loss, reference.loss() / length, 1e-5);
  const auto expect = [&](const projection& p, std::vector<double> expected, std::size_t sources) {
    for (double& g : expected) g /= length;
    auto found = turned(t.gradient(p), sources);
    if (sources == units && expected.size() == units * units)  // the reference has no synapses onto oneself
      for (std::size_t i = 0; i < units; ++i) found[i * units + i] = expected[i * units + i] = 0;
    EXPECT_GT(largest(expected), 0);
    EXPECT_LT(apart(found, expected), 1e-4);
  };
  expect(all[0], reference.gradients().input, in);
  expect(all[1], reference.gradients().recurrent, units);
  expect(all[2], reference.gradients().output, units);
}

// OTTT, the sums written out.

TEST(trainer_rules, ottt_passes_signals_of_the_same_tick_through_layers) {
  constexpr std::size_t in = 6, a_units = 5, b_units = 4, out = 3;
  constexpr ticks length = 15;
  constexpr double decay = 0.8824969025845955;  // exp(-1 / 8)
  network net{4};
  const auto input = net.add("input", replay{}, in);
  const auto a = net.add("a", soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, a_units);
  const auto b = net.add("b", soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, b_units);
  const auto output = net.add("output", leaky_integrator{.tau = 5_ms}, out);
  const std::vector<projection> all{net.connect(input, a, all_to_all{}, {.weight = normal{0.3_mV, 0.4_mV}}),
                                    net.connect(a, b, all_to_all{}, {.weight = normal{0.3_mV, 0.5_mV}}),
                                    net.connect(b, output, all_to_all{}, {.weight = normal{0.0, 1.0}})};
  const surrogate shape{.shape = surrogate::form::triangle, .width = 1, .height = 0.7};
  trainer t{net,
            input,
            output,
            1_ms,
            length,
            {.kind = classification_loss_kind::each_tick},
            {.rule = training_rule::ottt, .surrogate = shape}};
  const auto wa = t.weights(all[0]), wb = t.weights(all[1]), wo = t.weights(all[2]);
  training_sample s{.label = 1};
  random_stream random{5, purpose::user, 1};
  std::vector<double> va(a_units), vb(b_units), m(out), trace_in(in), trace_a(a_units);
  std::vector<double> ga(in * a_units), gb(a_units * b_units);
  const double gain = -std::expm1(-1.0 / 5);
  const auto psi = [&](double v) { return 0.7 * std::fmax(0, 1 - std::fabs(v - 1)); };
  for (std::uint32_t n = 0; n < static_cast<std::uint32_t>(length); ++n) {
    std::vector<double> x(in), sa(a_units), sb(b_units), slope_a(a_units), slope_b(b_units), p(out);
    for (std::uint32_t c = 0; c < in; ++c)
      if (random.uniform() < 0.4) x[c] = 1, s.events.push_back({n, c});
    const auto step = [&](std::vector<double>& v, const std::vector<double>& w, const std::vector<double>& from,
                          std::vector<double>& fired, std::vector<double>& slope) {
      for (std::size_t i = 0; i < v.size(); ++i) {
        v[i] *= decay;
        for (std::size_t j = 0; j < from.size(); ++j) v[i] += w[j * v.size() + i] * from[j];
        fired[i] = v[i] >= 1;
        slope[i] = psi(v[i]);
        v[i] -= fired[i];
      }
    };
    step(va, wa, x, sa, slope_a);
    step(vb, wb, sa, sb, slope_b);
    double sum = 0;
    for (std::size_t k = 0; k < out; ++k) {
      double arriving = 0;
      for (std::size_t j = 0; j < b_units; ++j) arriving += wo[j * out + k] * sb[j];
      m[k] = (1 - gain) * m[k] + gain * arriving;
      sum += p[k] = std::exp(m[k]);
    }
    for (std::size_t j = 0; j < in; ++j) trace_in[j] = decay * trace_in[j] + x[j];
    for (std::size_t j = 0; j < a_units; ++j) trace_a[j] = decay * trace_a[j] + sa[j];
    std::vector<double> signal_b(b_units), signal_a(a_units);
    for (std::size_t i = 0; i < b_units; ++i) {
      for (std::size_t k = 0; k < out; ++k) signal_b[i] += wo[i * out + k] * gain * (p[k] / sum - (k == 1)) / length;
      signal_b[i] *= slope_b[i];
      for (std::size_t j = 0; j < a_units; ++j) gb[j * b_units + i] += signal_b[i] * trace_a[j];
    }
    for (std::size_t i = 0; i < a_units; ++i) {
      for (std::size_t k = 0; k < b_units; ++k) signal_a[i] += wb[i * b_units + k] * signal_b[k];
      signal_a[i] *= slope_a[i];
      for (std::size_t j = 0; j < in; ++j) ga[j * a_units + i] += signal_a[i] * trace_in[j];
    }
  }
  t.differentiate({&s, 1});
  EXPECT_LT(apart(t.gradient(all[1]), gb), 1e-5);
  EXPECT_LT(apart(t.gradient(all[0]), ga), 1e-5);
}

// DECOLLE, against the smooth loss of one layer in one tick.

TEST(trainer_rules, decolle_follows_the_local_loss_of_a_tick) {
  constexpr std::size_t in = 6, units = 5, out = 3;
  network net{4};
  const auto input = net.add("input", replay{}, in);
  const auto hidden = net.add("hidden", soft_reset_lif{.tau = 8_ms, .threshold = 1_mV}, units);
  const auto output = net.add("output", leaky_integrator{}, out);
  const auto learned = net.connect(input, hidden, all_to_all{}, {.weight = normal{0.3_mV, 0.4_mV}});
  net.connect(hidden, output, all_to_all{}, {.weight = normal{0.0, 1.0}});
  const surrogate shape{.shape = surrogate::form::sigmoid, .width = 0.3, .height = 0.25 / 0.3};
  trainer t{net,
            input,
            output,
            1_ms,
            1,
            {},
            {.rule = training_rule::decolle, .surrogate = shape, .smooth_spikes = true, .seed = 6}};
  std::vector<double> readout;  // as the trainer draws it
  random_stream random{6, purpose::user, 1, 77};
  for (std::size_t k = 0; k < out * units; ++k) readout.push_back(random.normal() / std::sqrt(double{units}));
  const training_sample s{.events = {{0, 1}, {0, 2}, {0, 5}}, .label = 2};
  auto weights = t.weights(learned);
  const auto loss = [&] {  // half the squared error of what the readout says of the spikes
    std::vector<double> y(out, 0);
    for (std::size_t i = 0; i < units; ++i) {
      const double margin = weights[1 * units + i] + weights[2 * units + i] + weights[5 * units + i] - 1;
      for (std::size_t c = 0; c < out; ++c) y[c] += readout[c * units + i] / (1 + std::exp(-margin / 0.3));
    }
    double sum = 0;
    for (std::size_t c = 0; c < out; ++c) sum += (y[c] - (c == 2)) * (y[c] - (c == 2)) / 2;
    return sum;
  };
  t.differentiate({&s, 1});
  std::vector<double> expected;
  for (double& w : weights) {
    w += 1e-5;
    const double above = loss();
    w -= 2e-5;
    expected.push_back((above - loss()) / 2e-5);
    w += 1e-5;
  }
  EXPECT_LT(apart(t.gradient(learned), expected), 1e-5);
}

}  // namespace spinule::learning::trainer_rules_test

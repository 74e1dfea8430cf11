// EventProp: spike times against closed forms and a fine grid, gradients against central differences.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/learning/event_prop.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::event_prop_test {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

using spikes = std::vector<event_prop_spike>;
using loss_function = std::function<double(const event_prop_run&)>;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Six inputs onto five neurons that are all connected, delays of 1 to 6 ms.
event_prop_network recurrent_network(std::uint32_t readouts, std::uint64_t seed) {
  random_stream random{seed, purpose::user, 0};
  event_prop_network net{.inputs = 6, .neurons = 5, .readouts = readouts};
  const auto connect = [&](std::uint32_t from, std::uint32_t to, double mean, double deviation) {
    net.synapses.push_back({from, to, mean + deviation * random.normal(), 1 + 5 * random.uniform()});
  };
  for (std::uint32_t n = 6; n < 11; ++n) {
    for (std::uint32_t k = 0; k < 6; ++k) connect(k, n, 1.5, 0.7);
    for (std::uint32_t k = 6; k < 11; ++k) connect(k, n, 0.1, 0.4);
  }
  for (std::uint32_t r = 11; r < 11 + readouts; ++r)
    for (std::uint32_t k = 0; k < 11; ++k) connect(k, r, 0, 0.1);
  return net;
}

spikes random_input(std::uint64_t seed) {
  random_stream random{seed, purpose::user, 1};
  spikes result;
  for (std::uint32_t k = 0; k < 24; ++k) result.push_back({50 * random.uniform(), k % 6});
  return result;
}

/// Of each neuron that fired; in the order of their times.
std::vector<std::size_t> first_spikes(const event_prop_run& run) {
  std::vector<std::size_t> result;
  std::vector<bool> seen(100, false);
  for (std::size_t k = 0; k < run.spikes.size(); ++k)
    if (!seen[run.spikes[k].unit]) {
      seen[run.spikes[k].unit] = true;
      result.push_back(k);
    }
  return result;
}

/// Sum over neurons of (t - 10 unit)^2 / 100, t the time of the first spike.
double first_spike_loss(const event_prop_run& run) {
  double loss = 0;
  for (const auto k : first_spikes(run)) loss += std::pow(run.spikes[k].time - 10.0 * run.spikes[k].unit, 2) / 100;
  return loss;
}

std::vector<double> first_spike_derivatives(const event_prop_run& run) {
  std::vector<double> result(run.spikes.size());
  for (const auto k : first_spikes(run)) result[k] = (run.spikes[k].time - 10.0 * run.spikes[k].unit) / 50;
  return result;
}

/// Largest error of any derivative against central differences, over the largest derivative of its kind: weights of
/// inputs, of recurrent synapses and of readouts, and delays of the same.
double largest_error(event_prop_network net, const spikes& input, const loss_function& loss,
                     const event_prop_gradients& gradients) {
  constexpr double step = 1e-6;
  double errors[6] = {}, sizes[6] = {};
  for (std::size_t k = 0; k < net.synapses.size(); ++k) {
    auto& s = net.synapses[k];
    const int kind = s.target >= net.inputs + net.neurons ? 2 : s.source >= net.inputs ? 1 : 0;
    const auto judge = [&](double& parameter, double exact, int group) {
      const double start = parameter;
      const auto at = [&](double value) {
        parameter = value;
        return loss(net.forward(input, 60));
      };
      const double measured = (at(start + step) - at(start - step)) / (2 * step);
      parameter = start;
      errors[group] = std::max(errors[group], std::abs(measured - exact));
      sizes[group] = std::max(sizes[group], std::abs(exact));
    };
    judge(s.weight, gradients.weights[k], kind);
    judge(s.delay, gradients.delays[k], kind + 3);
  }
  double largest = 0;
  for (int group = 0; group < 6; ++group) {
    if (sizes[group] > 0) largest = std::max(largest, errors[group] / sizes[group]);
    EXPECT_TRUE(sizes[group] > 1e-3 || errors[group] < 1e-9) << group << ": " << sizes[group];
  }
  return largest;
}

TEST(event_prop, gradients_of_spike_times_are_central_differences) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto net = recurrent_network(0, seed);
    const auto input = random_input(seed);
    const auto run = net.forward(input, 60);
    EXPECT_GE(run.spikes.size(), 15u);
    EXPECT_EQ(first_spikes(run).size(), 5u);
    const auto gradients = net.backward(run, {.spike_times = first_spike_derivatives(run)});
    EXPECT_LT(largest_error(net, input, first_spike_loss, gradients), 1e-6) << seed;
  }
}

TEST(event_prop, gradients_of_readouts_are_central_differences) {
  for (const auto& [tau_loss, tau_s] :
       {std::pair{infinity, 5.0}, {20.0, 5.0}, {20.0, 10.0}, {60.0, 20.0}, {60.0, 30.0}}) {
    auto net = recurrent_network(3, 4);
    net.tau_loss = tau_loss;
    net.tau_s = tau_s;
    if (tau_s > 10) net.readout_tau_m = 35;
    const auto input = random_input(4);
    const auto loss = [&](const event_prop_run& run) { return cross_entropy(run.readouts, 1).loss; };
    for (auto& s : net.synapses)
      if (s.target < 11) s.weight *= 5 / tau_s;
    const auto run = net.forward(input, 60);
    EXPECT_GE(run.spikes.size(), 5u);
    const auto gradients = net.backward(run, {.readouts = cross_entropy(run.readouts, 1).gradient});
    EXPECT_LT(largest_error(net, input, loss, gradients), 1e-6) << tau_loss << ' ' << tau_s;
  }
}

TEST(event_prop, both_losses_add) {
  const auto net = recurrent_network(2, 5);
  const auto run = net.forward(random_input(5), 100);
  const auto times = first_spike_derivatives(run);
  const auto a = net.backward(run, {.spike_times = times}), b = net.backward(run, {.readouts = {0.2, -0.3}});
  const auto both = net.backward(run, {.spike_times = times, .readouts = {0.2, -0.3}});
  for (std::size_t k = 0; k < net.synapses.size(); ++k) {
    EXPECT_NEAR(both.weights[k], a.weights[k] + b.weights[k], 1e-10);
    EXPECT_NEAR(both.delays[k], a.delays[k] + b.delays[k], 1e-10);
  }
}

/// The readout against Simpson's rule on V, which is the sum of the responses to all arrivals.
TEST(event_prop, readouts_are_integrals_of_the_potential) {
  for (const double tau_loss : {infinity, 25.0}) {
    event_prop_network net{.inputs = 2, .readouts = 1, .tau_s = 4, .readout_tau_m = 15, .tau_loss = tau_loss};
    net.synapses = {{0, 2, 1.5, 3}, {1, 2, -0.7, 0}};
    const auto run = net.forward(spikes{{1, 0}, {10, 1}, {12, 0}, {49, 0}}, 50);
    const auto potential = [](double t) {
      double v = 0;
      for (const auto& [arrival, weight] : {std::pair{4.0, 1.5}, {10.0, -0.7}, {15.0, 1.5}})
        if (t > arrival) v += weight * 4 / 11.0 * (std::exp((arrival - t) / 15) - std::exp((arrival - t) / 4));
      return v;
    };
    constexpr int steps = 50000;  // arrivals are at even ones
    double integral = 0;
    for (int k = 0; k <= steps; ++k) {
      const double t = 50.0 * k / steps;
      integral += (k == 0 || k == steps ? 1 : k % 2 ? 4 : 2) * std::exp(-t / tau_loss) * potential(t);
    }
    EXPECT_NEAR(run.readouts[0], integral * 50 / steps / 3, 1e-9);
  }
}

/// tau_m = 2 tau_s: V = I (x - x^2) with x = exp(-t / tau_m) is a quadratic equation of the time.
TEST(event_prop, a_chain_of_two_neurons_fires_as_the_closed_form_says) {
  event_prop_network net{.inputs = 1, .neurons = 2, .tau_m = 10, .tau_s = 5};
  const double w = 4.5, u = 4.75, d = 1.5, e = 2.25;
  net.synapses = {{0, 1, w, d}, {1, 2, u, e}};
  const auto run = net.forward(spikes{{2, 0}}, 40);
  const auto x = [](double weight) { return (1 + std::sqrt(1 - 4 / weight)) / 2; };
  const double first = 2 + d - 10 * std::log(x(w)), second = first + e - 10 * std::log(x(u));
  ASSERT_EQ(run.spikes.size(), 2u);
  EXPECT_NEAR(run.spikes[0].time, first, 1e-14);
  EXPECT_NEAR(run.spikes[1].time, second, 1e-14);
  const auto slope = [&](double weight) {  // d/dw of -10 ln x, with dx/dw = 1 / (w^2 sqrt(1 - 4 / w))
    return -10 / (x(weight) * weight * weight * std::sqrt(1 - 4 / weight));
  };
  const auto g = net.backward(run, {.spike_times = {0, 1}});
  EXPECT_NEAR(g.weights[0], slope(w), 1e-13);
  EXPECT_NEAR(g.weights[1], slope(u), 1e-13);
  EXPECT_NEAR(g.delays[0], 1, 1e-13);
  EXPECT_NEAR(g.delays[1], 1, 1e-13);
}

/// Numbers of a closed form (Lambert's W for equal time constants), threshold 15 mV, C 250 pF, tau 5 ms, I 3000 pA.
TEST(event_prop, equal_time_constants_are_not_special) {
  const double unit = 250 / 5.0;  // currents as potentials: I tau / C
  const auto time = [&](double tau_m) {
    event_prop_network net{.inputs = 1, .neurons = 1, .tau_m = tau_m, .tau_s = 5, .threshold = 15};
    net.synapses = {{0, 1, 3000 / unit, 0}};
    const auto run = net.forward(spikes{{0, 0}}, 10);
    return run.spikes.empty() ? infinity : run.spikes[0].time;
  };
  // -5 W0(-1/4), as V = I (t / 5) exp(-t / 5).
  EXPECT_NEAR(time(5), 5 * 0.35740295618138895, 1e-13);
  for (const double near : {1e-13, 1e-10, 1e-7, 1e-5}) {
    EXPECT_NEAR(time(5 * (1 + near)), time(5), 10 * near + 1e-13);
    EXPECT_NEAR(time(5 * (1 - near)), time(5), 10 * near + 1e-13);
  }
}

/// Exact propagators on a grid of 1 us find the same spikes, at most a step later.
TEST(event_prop, spikes_are_those_of_a_fine_grid) {
  const auto net = recurrent_network(0, 1);
  const auto input = random_input(1);
  const auto run = net.forward(input, 60);
  constexpr double step = 1e-3;
  constexpr std::size_t steps = 60000;
  std::vector<std::vector<double>> arriving(steps, std::vector<double>(5));
  const auto send = [&](std::uint32_t unit, double time) {
    for (const auto& s : net.synapses)
      if (s.source == unit)
        if (const auto at = static_cast<std::size_t>(std::lround((time + s.delay) / step)); at < steps)
          arriving[at][s.target - 6] += s.weight;
  };
  for (const auto& s : input) send(s.unit, s.time);
  std::vector<double> v(5), i(5);
  spikes found;
  for (std::size_t t = 0; t < steps; ++t)
    for (std::uint32_t n = 0; n < 5; ++n) {
      v[n] = v[n] * std::exp(-step / 20) + i[n] * (std::exp(-step / 20) - std::exp(-step / 5)) / 3;
      i[n] = i[n] * std::exp(-step / 5) + arriving[t][n];
      if (v[n] <= 1) continue;
      v[n] = 0;
      found.push_back({static_cast<double>(t) * step, n + 6});
      send(n + 6, static_cast<double>(t) * step);
    }
  ASSERT_EQ(found.size(), run.spikes.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    EXPECT_EQ(found[k].unit, run.spikes[k].unit);
    EXPECT_NEAR(found[k].time, run.spikes[k].time, 0.02) << k;
  }
}

/// A peak that passes the threshold and is back below before the next arrival is a spike; one that does not is none.
TEST(event_prop, finds_short_crossings) {
  event_prop_network net{.inputs = 1, .neurons = 1};
  const double peak = std::pow(4, -1 / 3.0) / 4;  // of the response to weight 1, at t = tau_s tau_m ln 4 / 15
  net.synapses = {{0, 1, (1 + 1e-9) / peak, 1}};
  const auto run = net.forward(spikes{{0, 0}, {10, 0}}, 15);
  ASSERT_EQ(run.spikes.size(), 1u);
  EXPECT_NEAR(run.spikes[0].time, 1 + 20 * std::log(4) / 3, 1e-3);
  EXPECT_TRUE(std::isfinite(net.backward(run, {.spike_times = {1}}).weights[0]));
  net.synapses[0].weight = (1 - 1e-9) / peak;
  EXPECT_THAT(net.forward(spikes{{0, 0}}, 100).spikes, IsEmpty());
  net.synapses = {{0, 1, -1e6, 0}, {0, 1, 50, 10}};  // far below rest
  EXPECT_THAT(net.forward(spikes{{0, 0}}, 100).spikes, IsEmpty());
}

TEST(event_prop, silence_has_no_gradient) {
  auto net = recurrent_network(1, 1);
  for (auto& s : net.synapses) s.weight *= s.target < 11 ? 0.01 : 0;
  const auto run = net.forward(random_input(1), 100);
  EXPECT_THAT(run.spikes, IsEmpty());
  const auto g = net.backward(run, {.readouts = {0}, .count_strength = 1, .count_target = 3});
  EXPECT_THAT(g.weights, Each(0));
  EXPECT_THAT(g.delays, Each(0));
  const auto nothing = net.forward({}, 100);
  EXPECT_THAT(nothing.readouts, ElementsAre(0));
  EXPECT_THAT(net.backward(nothing, {.readouts = {1}}).weights, Each(0));
}

/// Three spikes of one input together are one of thrice the weight.
TEST(event_prop, takes_simultaneous_spikes) {
  event_prop_network three{.inputs = 1, .neurons = 1, .readouts = 1}, one = three;
  three.synapses = {{0, 1, 5, 1}, {1, 2, 1, 0}, {1, 1, -0.5, 0}};
  one.synapses = {{0, 1, 15, 1}, {1, 2, 1, 0}, {1, 1, -0.5, 0}};
  const auto a = three.forward(spikes{{4, 0}, {4, 0}, {4, 0}}, 60), b = one.forward(spikes{{4, 0}}, 60);
  ASSERT_GE(a.spikes.size(), 2u);
  ASSERT_EQ(a.spikes.size(), b.spikes.size());
  for (std::size_t k = 0; k < a.spikes.size(); ++k) EXPECT_NEAR(a.spikes[k].time, b.spikes[k].time, 1e-13);
  const auto g = three.backward(a, {.readouts = {1}}), h = one.backward(b, {.readouts = {1}});
  EXPECT_NEAR(g.weights[0], 3 * h.weights[0], 1e-10);
  EXPECT_NEAR(g.delays[0], h.delays[0], 1e-10);
  EXPECT_NEAR(g.weights[2], h.weights[2], 1e-10);
}

TEST(event_prop, order_of_input_spikes_does_not_matter) {
  const auto net = recurrent_network(2, 6);
  auto input = random_input(6);
  const auto a = net.forward(input, 100);
  std::reverse(input.begin(), input.end());
  const auto b = net.forward(input, 100);
  EXPECT_EQ(a.readouts, b.readouts);
  EXPECT_EQ(net.backward(a, {.readouts = {1, -1}}).weights, net.backward(b, {.readouts = {1, -1}}).weights);
}

/// Of one spike: the derivative of tau_m V by the weight, at the time of the spike.
TEST(event_prop, regulariser_lowers_the_potential_at_spikes) {
  event_prop_network net{.inputs = 1, .neurons = 1, .tau_m = 10, .tau_s = 5};
  net.synapses = {{0, 1, 4.5, 1}};
  const auto run = net.forward(spikes{{0, 0}}, 50);
  ASSERT_EQ(run.spikes.size(), 1u);
  const double x = std::exp((1 - run.spikes[0].time) / 10);
  const auto g = net.backward(run, {.count_strength = 0.2, .count_target = 0.25});
  EXPECT_NEAR(g.weights[0], 0.2 * 0.75 * 10 * (x - x * x), 1e-14);
}

TEST(event_prop, regulariser_brings_counts_to_their_target) {
  auto net = recurrent_network(0, 7);
  const auto input = random_input(7);
  const auto most = [&] {
    std::vector<int> counts(5);
    for (const auto& s : net.forward(input, 100).spikes) ++counts[s.unit - 6];
    return *std::max_element(counts.begin(), counts.end());
  };
  EXPECT_GT(most(), 3);
  for (int step = 0; step < 200; ++step) {
    const auto g = net.backward(net.forward(input, 100), {.count_strength = 0.01, .count_target = 2});
    for (std::size_t k = 0; k < net.synapses.size(); ++k) net.synapses[k].weight -= 0.05 * g.weights[k];
  }
  EXPECT_LE(most(), 3);
}

TEST(event_prop, cross_entropy_is_that_of_the_softmax) {
  const std::vector<double> scores{0, std::log(2.0), std::log(5.0)};
  const auto l = cross_entropy(scores, 1);
  EXPECT_NEAR(l.loss, std::log(4.0), 1e-15);
  EXPECT_NEAR(l.gradient[0], 0.125, 1e-15);
  EXPECT_NEAR(l.gradient[1], -0.75, 1e-15);
  EXPECT_NEAR(l.gradient[2], 0.625, 1e-15);
  EXPECT_NEAR(cross_entropy(std::vector<double>{2000, 0}, 1).loss, 2000, 1e-12);
  EXPECT_THAT([&] { cross_entropy(scores, 3); }, ThrowsMessage<spinule_error>(HasSubstr("label 3 must be below 3")));
}

TEST(event_prop, refuses_what_makes_no_sense) {
  event_prop_network net{.inputs = 1, .neurons = 1, .readouts = 1};
  const auto refusal = [&](const spikes& input, double duration, const char* text) {
    EXPECT_THAT([&] { net.forward(input, duration, 1000); }, ThrowsMessage<spinule_error>(HasSubstr(text)));
  };
  refusal({{0, 1}}, 10, "spike of input 1 at 0: inputs are below 1");
  refusal({{11, 0}}, 10, "times from 0 to 10");
  refusal({}, 0, "duration 0 must be positive");
  net.synapses = {{1, 1, 1000, 0}, {0, 1, 1000, 0}};
  refusal({{0, 0}}, 100, "more than 1000 spikes before");
  for (const auto& bad : {event_prop_synapse{2, 1, 1, 1}, {0, 0, 1, 1}, {0, 3, 1, 1}}) {
    net.synapses = {bad};
    refusal({}, 10, "must start below 2 and end from 1 to below 3");
  }
  for (const auto& bad : {event_prop_synapse{0, 1, infinity, 1}, {0, 1, 1, -1}, {0, 1, 1, NAN}}) {
    net.synapses = {bad};
    refusal({}, 10, "a finite weight and a delay of 0 or more");
  }
  net.synapses = {{0, 1, 10, 1}};
  const auto run = net.forward(spikes{{0, 0}}, 50);
  EXPECT_THAT(
      [&] {
        net.backward(run, {.readouts = {1, 2}});
      },
      ThrowsMessage<spinule_error>(HasSubstr("2 derivatives of readouts, where the run has 1")));
  net.readouts = 2;
  EXPECT_THAT([&] { net.backward(run, {}); }, ThrowsMessage<spinule_error>(HasSubstr("of another network")));
  net.tau_s = 0;
  refusal({}, 10, "must be positive and finite");
}

}  // namespace spinule::learning::event_prop_test

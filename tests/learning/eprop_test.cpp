// e-prop: exactness where it is exact, the kinds of feedback, and what is refused.
#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/learning/eprop.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::eprop_test {

using testing::Each;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::array learned{&eprop_weights::input, &eprop_weights::recurrent, &eprop_weights::output};

constexpr std::size_t small_inputs = 7, small_neurons = 6, small_outputs = 3, small_steps = 120;

eprop_parameters small_parameters(eprop_loss loss) {
  return {.inputs = small_inputs,
          .neurons = small_neurons,
          .outputs = small_outputs,
          .step = 0.5,
          .tau_m = 9,
          .tau_out = 14,
          .input_gain = 0.7,
          .output_gain = 0.2,
          .threshold = 0.8,
          .refractory = 3,
          .dampening = 0.4,
          .tau_adaptation = 60,
          .adaptation = {0, 0, 0.1, 0.2, 0.3, 0.9},
          .loss = loss,
          .rate_strength = 20,
          .target_rate = 0.05};
}

struct small_task {
  eprop_weights weights;
  std::vector<double> x, target;  // [steps][inputs], [steps][outputs]

  small_task(double recurrent, std::uint64_t seed) : x(small_steps * small_inputs) {
    random_stream random{seed, purpose::user, 0};
    const auto fill = [&](std::vector<double>& w, std::size_t n, double scale) {
      w.resize(n);
      for (auto& a : w) a = scale * random.normal();
    };
    fill(weights.input, small_neurons * small_inputs, 0.5);
    fill(weights.recurrent, small_neurons * small_neurons, recurrent);
    for (std::size_t j = 0; j < small_neurons; ++j) weights.recurrent[j * small_neurons + j] = 0;
    fill(weights.output, small_outputs * small_neurons, 1);
    for (auto& s : x) s = random.uniform() < 0.2 ? 1 : 0;
    fill(target, small_steps * small_outputs, 1);
  }
  std::span<const double> input(std::size_t s) const { return {&x[s * small_inputs], small_inputs}; }
  /// In the first steps there is none.
  std::span<const double> wanted(std::size_t s) const {
    return {&target[s * small_outputs], s < 20 ? 0 : small_outputs};
  }
  double run(eprop_network& net) const {
    net.begin();
    for (std::size_t s = 0; s < small_steps; ++s) net.step(input(s), wanted(s));
    net.end();
    return net.loss();
  }
};

/// Backpropagation through time with the surrogate derivative and without the path of the reset; paths through
/// recurrent weights are followed or not.
eprop_weights backpropagated(const eprop_parameters& p, const small_task& task, bool follow) {
  constexpr std::size_t n = small_neurons, m = small_inputs, outputs = small_outputs, steps = small_steps;
  using row = std::array<double, n>;
  const double alpha = std::exp(-p.step / p.tau_m), rho = std::exp(-p.step / p.tau_adaptation),
               kappa = std::exp(-p.step / p.tau_out);
  const auto& w = task.weights;
  std::vector<row> z(steps + 1), psi(steps + 1);  // z[t + 1] is that of step t
  std::vector<std::array<double, outputs>> error(steps);
  row v{}, a{}, rate{};
  std::array<int, n> last;
  last.fill(-100);
  std::array<double, outputs> y{};
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < m; ++i) sum += w.input[j * m + i] * task.input(t)[i];
      for (std::size_t i = 0; i < n; ++i) sum += w.recurrent[j * n + i] * z[t][i];
      v[j] = alpha * v[j] + p.input_gain * sum - p.threshold * z[t][j];
      a[j] = rho * a[j] + z[t][j];
      const double limit = p.threshold + p.adaptation[j] * a[j];
      const int now = static_cast<int>(t);
      if (now - last[j] < 3) continue;
      psi[t][j] = p.dampening / p.threshold * std::max(0.0, 1 - std::abs(v[j] - limit) / p.threshold);
      if (v[j] < limit) continue;
      z[t + 1][j] = 1;
      last[j] = now;
      rate[j] += 1.0 / steps;
    }
    double exps = 0;
    for (std::size_t k = 0; k < outputs; ++k) {
      double sum = 0;
      for (std::size_t j = 0; j < n; ++j) sum += w.output[k * n + j] * z[t + 1][j];
      y[k] = kappa * y[k] + p.output_gain * sum;
      exps += std::exp(y[k]);
    }
    if (task.wanted(t).empty()) continue;
    for (std::size_t k = 0; k < outputs; ++k)
      error[t][k] = (p.loss == eprop_loss::cross_entropy ? std::exp(y[k]) / exps : y[k]) - task.wanted(t)[k];
  }
  eprop_weights g{std::vector<double>(w.input.size()), std::vector<double>(w.recurrent.size()),
                  std::vector<double>(w.output.size())};
  row dv{}, da{};
  std::array<double, outputs> dy{};
  for (std::size_t t = steps; t-- > 0;) {
    const row dv_next = dv, da_next = da;
    for (std::size_t k = 0; k < outputs; ++k) {
      dy[k] = error[t][k] + kappa * dy[k];
      for (std::size_t j = 0; j < n; ++j) g.output[k * n + j] += dy[k] * p.output_gain * z[t + 1][j];
    }
    for (std::size_t j = 0; j < n; ++j) {
      double dz = da_next[j] + p.rate_strength * (rate[j] - p.target_rate) / steps;
      for (std::size_t k = 0; k < outputs; ++k) dz += dy[k] * p.output_gain * w.output[k * n + j];
      for (std::size_t i = 0; follow && i < n; ++i) dz += dv_next[i] * p.input_gain * w.recurrent[i * n + j];
      dv[j] = alpha * dv_next[j] + dz * psi[t][j];
      da[j] = rho * da_next[j] - dz * psi[t][j] * p.adaptation[j];
      for (std::size_t i = 0; i < m; ++i) g.input[j * m + i] += dv[j] * p.input_gain * task.input(t)[i];
      for (std::size_t i = 0; i < n; ++i)
        if (i != j) g.recurrent[j * n + i] += dv[j] * p.input_gain * z[t][i];
    }
  }
  return g;
}

/// Largest difference over the largest derivative.
double difference(const std::vector<double>& a, const std::vector<double>& b) {
  double most = 0, size = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    most = std::max(most, std::abs(a[k] - b[k]));
    size = std::max(size, std::abs(b[k]));
  }
  return most / size;
}

TEST(eprop, is_backpropagation_without_the_paths_between_neurons) {
  for (const auto loss : {eprop_loss::squared_error, eprop_loss::cross_entropy})
    for (const double recurrent : {0.0, 0.4}) {
      const auto p = small_parameters(loss);
      const small_task task{recurrent, 3};
      eprop_network net{p, task.weights};
      task.run(net);
      const auto cut = backpropagated(p, task, false), full = backpropagated(p, task, true);
      for (const auto part : learned) EXPECT_LT(difference(net.gradients().*part, cut.*part), 1e-12) << recurrent;
      if (recurrent == 0) {
        EXPECT_LT(difference(net.gradients().input, full.input), 1e-12);
      } else {
        EXPECT_GT(difference(net.gradients().input, full.input), 1e-3);
      }
    }
}

/// The spikes do not depend on the output weights, so these derivatives are true ones.
TEST(eprop, gradients_of_output_weights_are_central_differences) {
  for (const auto loss : {eprop_loss::squared_error, eprop_loss::cross_entropy}) {
    const auto p = small_parameters(loss);
    small_task task{0.3, 4};
    if (loss == eprop_loss::cross_entropy)
      for (std::size_t s = 0; s < small_steps; ++s)
        for (std::size_t k = 0; k < 3; ++k) task.target[3 * s + k] = s % 3 == k ? 1 : 0;
    eprop_network net{p, task.weights};
    task.run(net);
    const auto exact = net.gradients().output;
    std::vector<double> measured;
    for (auto& w : net.weights().output) {
      const double start = w;
      w = start + 1e-5;
      const double above = task.run(net);
      w = start - 1e-5;
      measured.push_back((above - task.run(net)) / 2e-5);
      w = start;
    }
    EXPECT_LT(difference(measured, exact), 1e-8);
  }
}

TEST(eprop, gradients_of_sequences_add) {
  const small_task task{0.3, 5};
  eprop_network net{small_parameters(eprop_loss::squared_error), task.weights};
  task.run(net);
  const auto once = net.gradients().recurrent;
  const double loss = net.loss();
  EXPECT_EQ(task.run(net), loss);
  for (std::size_t k = 0; k < once.size(); ++k) EXPECT_NEAR(net.gradients().recurrent[k], 2 * once[k], 1e-12);
  net.clear_gradients();
  EXPECT_THAT(net.gradients().recurrent, Each(0));
}

/// Feedback that starts as the transposed output weights and learns as they do stays that.
TEST(eprop, adaptive_feedback_follows_the_output_weights) {
  auto p = small_parameters(eprop_loss::squared_error);
  const small_task task{0.3, 6};
  eprop_network symmetric{p, task.weights};
  auto w = task.weights;
  w.feedback.resize(small_neurons * small_outputs);
  for (std::size_t k = 0; k < small_outputs; ++k)
    for (std::size_t j = 0; j < small_neurons; ++j) w.feedback[j * small_outputs + k] = w.output[k * small_neurons + j];
  p.feedback = eprop_feedback::adaptive;
  eprop_network adaptive{p, w};
  p.feedback = eprop_feedback::random;
  eprop_network random{p, w};
  const auto learn = [&](eprop_network& net) {
    for (int k = 0; k < 5; ++k) {
      net.clear_gradients();
      task.run(net);
      for (const auto part : {&eprop_weights::input, &eprop_weights::output, &eprop_weights::feedback})
        for (std::size_t s = 0; s < (net.weights().*part).size(); ++s)
          (net.weights().*part)[s] -= 1e-3 * (net.gradients().*part)[s];
    }
  };
  for (auto* net : {&symmetric, &adaptive, &random}) learn(*net);
  EXPECT_LT(difference(adaptive.weights().input, symmetric.weights().input), 1e-13);
  EXPECT_EQ(random.weights().feedback, w.feedback);
  EXPECT_GT(difference(random.weights().input, symmetric.weights().input), 1e-6);
}

TEST(eprop, refuses_what_does_not_fit) {
  const auto refusal = [](const eprop_parameters& p, const eprop_weights& w, const char* text) {
    EXPECT_THAT(([&] { eprop_network{p, w}; }), ThrowsMessage<spinule_error>(HasSubstr(text)));
  };
  const auto p = small_parameters(eprop_loss::squared_error);
  const small_task task{0.3, 1};
  auto w = task.weights;
  w.input.pop_back();
  refusal(p, w, "41 input weights, where 42 are wanted");
  w = task.weights;
  w.recurrent[7] = 0.5;
  refusal(p, w, "weight 0.5 from neuron 1 to itself");
  auto bad = p;
  bad.feedback = eprop_feedback::random;
  refusal(bad, task.weights, "0 feedback weights, where 18 are wanted");
  bad = p;
  bad.tau_out = 0;
  refusal(bad, task.weights, "tau_out 0 must be positive");
  bad = p;
  bad.rate_strength = -1;
  refusal(bad, task.weights, "rate_strength -1 must be 0 or more");
  bad = p;
  bad.adaptation = {1};
  refusal(bad, task.weights, "1 adaptations, where 6 are wanted");
  refusal({}, {}, "give at least one of each");
  eprop_network net{p, task.weights};
  EXPECT_THAT([&] { net.step(std::vector<double>(6)); }, ThrowsMessage<spinule_error>(HasSubstr("6 inputs, where 7")));
  net.weights().output.pop_back();
  EXPECT_THAT([&] { net.begin(); }, ThrowsMessage<spinule_error>(HasSubstr("17 output weights, where 18")));
  EXPECT_THAT([&] { net.step(task.input(0), std::vector<double>(2)); },
              ThrowsMessage<spinule_error>(HasSubstr("2 targets, where 3")));
}

}  // namespace spinule::learning::eprop_test

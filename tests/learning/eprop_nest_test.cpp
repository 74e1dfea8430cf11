// e-prop against the losses of NEST's test suite.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include <spinule/learning/eprop.hpp>

namespace spinule::learning::eprop_nest_test {

/// The legacy generator of NumPy, `numpy.random.RandomState(seed)`: MT19937 with the polar method.
class random_state {
 public:
  explicit random_state(std::uint32_t seed) : engine_{seed} {}

  double rand() {
    const std::uint32_t a = next() >> 5, b = next() >> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
  }
  double randn() {
    if (second_) return *std::exchange(second_, std::nullopt);
    double x, y, r;
    do {
      x = 2 * rand() - 1;
      y = 2 * rand() - 1;
      r = x * x + y * y;
    } while (r >= 1 || r == 0);
    const double scale = std::sqrt(-2 * std::log(r) / r);
    second_ = scale * x;
    return scale * y;
  }
  double uniform(double low, double high) { return low + (high - low) * rand(); }
  std::size_t coin() { return next() & 1; }                            ///< `choice([0, 1])`
  std::size_t choice(double first) { return rand() < first ? 0 : 1; }  ///< `choice([0, 1], p)`

 private:
  std::uint32_t next() { return static_cast<std::uint32_t>(engine_()); }
  std::mt19937 engine_;
  std::optional<double> second_;
};

TEST(eprop, random_state_is_that_of_numpy) {
  random_state random{1};
  EXPECT_NEAR(random.randn(), 1.6243453636632417, 1e-15);
  EXPECT_NEAR(random.randn(), -0.6117564136500754, 1e-15);
  EXPECT_NEAR(random.randn(), -0.5281717522634557, 1e-15);
  EXPECT_NEAR(random.rand(), 0.39676747423066994, 1e-15);
}

/// [columns][rows], drawn row by row, in single precision.
template <class Draw>
std::vector<double> drawn(std::size_t rows, std::size_t columns, Draw draw) {
  std::vector<double> result(rows * columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) result[c * rows + r] = static_cast<float>(draw());
  return result;
}

void clear_diagonal(std::vector<double>& w, std::size_t n) {
  for (std::size_t j = 0; j < n; ++j) w[j * n + j] = 0;
}

constexpr std::array learned{&eprop_weights::input, &eprop_weights::recurrent, &eprop_weights::output};

/// Test suite of NEST, test_eprop_bsshslm_2020_plasticity.py, regression; TensorFlow agrees to 1e-7. The draws are in
/// its order.
TEST(eprop, regression_has_the_losses_of_nest) {
  constexpr std::size_t n = 100, steps = 1000;
  random_state random{1};
  const auto normal = [&] { return random.randn() / std::sqrt(100.0); };
  eprop_weights w;
  w.input = drawn(n, n, normal);
  w.recurrent = drawn(n, n, normal);
  clear_diagonal(w.recurrent, n);
  w.output = drawn(n, 1, normal);
  w.feedback = drawn(n, 1, normal);
  std::vector<double> x(steps * n);
  for (auto& s : x) s = random.rand() < 0.05 ? 1 : 0;
  std::fill_n(x.begin(), n, 0);
  std::vector<double> target(steps);
  double amplitudes[4], phases[4];
  for (auto& a : amplitudes) a = random.uniform(0.5, 2);
  for (auto& f : phases) f = random.uniform(0, 2 * std::numbers::pi);
  for (std::size_t s = 0; s < steps; ++s)
    for (std::size_t k = 0; k < 4; ++k) {
      constexpr double cycles[] = {1, 2, 3, 5};
      target[s] +=
          amplitudes[k] * std::sin(phases[k] + 2 * std::numbers::pi * cycles[k] * static_cast<double>(s) / 999);
    }
  const double start = target[0];
  for (auto& y : target) y -= start;
  const double largest = std::abs(
      *std::max_element(target.begin(), target.end(), [](double a, double b) { return std::abs(a) < std::abs(b); }));
  for (auto& y : target) y /= largest;

  const double gain = 1 - std::exp(-1 / 30.0);
  eprop_network net{{.inputs = n,
                     .neurons = n,
                     .outputs = 1,
                     .tau_m = 30,
                     .tau_out = 30,
                     .input_gain = gain,
                     .output_gain = gain,
                     .threshold = 0.03,
                     .feedback = eprop_feedback::random,
                     .rate_strength = 300,
                     .target_rate = 0.01},
                    w};
  for (const double loss : {101.964356999041, 103.466731126205, 103.340607074771, 103.680244037686, 104.412775748752}) {
    net.begin();
    for (std::size_t s = 0; s < steps; ++s) net.step({&x[s * n], n}, {&target[s], 1});
    net.end();
    EXPECT_NEAR(net.loss() / loss, 1, 1e-10) << net.loss();
    for (const auto part : learned)
      for (std::size_t k = 0; k < (net.weights().*part).size(); ++k)
        (net.weights().*part)[k] -= 1e-4 * (net.gradients().*part)[k];
    net.clear_gradients();
  }
}

struct adam_moments {
  std::vector<double> m, v;
};

/// The same, classification: accumulation of evidence, half of the neurons adaptive, Adam.
void classify(std::size_t batch, std::array<double, 5> losses) {
  constexpr std::size_t inputs = 40, n = 100, outputs = 2, steps = 2250;
  random_state random{1};
  eprop_weights w;
  w.input = drawn(inputs, n, [&] { return random.randn() / std::sqrt(40.0); });
  w.recurrent = drawn(n, n, [&] { return random.randn() / std::sqrt(100.0); });
  clear_diagonal(w.recurrent, n);
  const double glorot = std::sqrt(3 / 51.0);
  w.output = drawn(n, outputs, [&] { return random.uniform(-glorot, glorot); });
  for (std::size_t k = 0; k < n * outputs; ++k) w.feedback.push_back(static_cast<float>(random.randn()));

  const double decay = std::exp(-1 / 20.0);
  eprop_parameters p{.inputs = inputs,
                     .neurons = n,
                     .outputs = outputs,
                     .output_gain = 1 - decay,
                     .threshold = 0.6,
                     .refractory = 5,
                     .adaptation = std::vector<double>(n),
                     .loss = eprop_loss::cross_entropy,
                     .feedback = eprop_feedback::random,
                     .rate_strength = 300};
  std::fill(p.adaptation.begin() + 50, p.adaptation.end(), 1.7 * (1 - std::exp(-1 / 2000.0)) / (1 - decay));
  eprop_network net{p, w};

  double power_1 = 1, power_2 = 1;
  std::array<adam_moments, 3> moments;
  std::vector<double> x(batch * steps * inputs);
  for (const double loss : losses) {
    std::vector<std::size_t> flipped(batch), ones(batch, 0);
    for (auto& f : flipped) f = random.coin();
    std::fill(x.begin(), x.end(), 0);
    const auto drive = [&](std::size_t b, std::size_t from, std::size_t to, std::size_t group, double p_spike) {
      for (std::size_t s = from; s < to; ++s)
        for (std::size_t i = 10 * group; i < 10 * group + 10; ++i) x[(b * steps + s) * inputs + i] = p_spike;
    };
    for (std::size_t b = 0; b < batch; ++b)
      for (std::size_t c = 0; c < 7; ++c) {
        const float first = flipped[b] ? 0.7f : 0.3f, other = flipped[b] ? 0.3f : 0.7f;
        const std::size_t cue = random.choice(first / (double{first} + other));
        ones[b] += cue;
        drive(b, 150 * c + 50, 150 * c + 150, cue, 0.04);
      }
    for (std::size_t b = 0; b < batch; ++b) {
      drive(b, steps - 150, steps, 2, 0.04);
      drive(b, 0, steps, 3, 0.01);
    }
    for (auto& s : x) s = s > random.rand() ? 1 : 0;
    double sum = 0;
    for (std::size_t b = 0; b < batch; ++b) {
      const std::array<double, 2> target{ones[b] > 3 ? 0.0 : 1.0, ones[b] > 3 ? 1.0 : 0.0};
      std::fill_n(x.begin() + static_cast<std::ptrdiff_t>(b * steps * inputs), inputs, 0);
      net.begin();
      for (std::size_t s = 0; s < steps; ++s)
        net.step({&x[(b * steps + s) * inputs], inputs},
                 s < steps - 150 ? std::span<const double>{} : std::span<const double>{target});
      net.end();
      sum += net.loss() / 150 / static_cast<double>(batch);
    }
    EXPECT_NEAR(sum / loss, 1, 1e-10) << sum;
    power_1 *= 0.9;
    power_2 *= 0.999;
    for (std::size_t part = 0; part < 3; ++part) {
      auto& weights = net.weights().*learned[part];
      auto& [m, v] = moments[part];
      m.resize(weights.size());
      v.resize(weights.size());
      for (std::size_t k = 0; k < weights.size(); ++k) {
        const double g = (net.gradients().*learned[part])[k] / 150 / static_cast<double>(batch);
        m[k] = 0.9 * m[k] + 0.1 * g;
        v[k] = 0.999 * v[k] + 0.001 * g * g;
        weights[k] -= 5e-3 * std::sqrt(1 - power_2) / (1 - power_1) * m[k] / (std::sqrt(v[k]) + 1e-8);
      }
    }
    net.clear_gradients();
  }
}

TEST(eprop, classification_has_the_losses_of_nest) {
  classify(1, {0.741152550006, 0.740388187700, 0.665785233177, 0.663644193322, 0.729428962844});
}

TEST(eprop, classification_in_batches_has_the_losses_of_nest) {
  classify(2, {0.702163370672, 0.735555303152, 0.740354864111, 0.683882815282, 0.707841122268});
}

}  // namespace spinule::learning::eprop_nest_test

// Physical local learning: its loss, its gradient, and two layers with a black box between them.
#include <cmath>
#include <limits>
#include <numbers>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/learning/forward_forward.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::forward_forward_test {

using testing::Each;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<double> normal_numbers(std::size_t n, std::uint64_t entity) {
  random_stream draw{11, purpose::user, entity};
  std::vector<double> result(n);
  draw.normals(result);
  return result;
}

std::vector<double> unchanged(std::span<const double> y) { return {y.begin(), y.end()}; }

TEST(forward_forward_layer, learns_nothing_from_equal_samples) {
  const forward_forward_layer layer{6, 4, unchanged, 3, 1};
  const auto x = normal_numbers(6, 1);
  EXPECT_DOUBLE_EQ(layer.loss(x, x), std::numbers::ln2);
  EXPECT_THAT(layer.gradient(x, x), Each(0.0));
}

TEST(forward_forward_layer, has_the_gradient_of_central_differences) {
  forward_forward_layer layer{6, 4, unchanged, 3, 1};
  const auto positive = normal_numbers(6, 1), negative = normal_numbers(6, 2);
  for (const auto& [good, bad] : {std::pair{positive, negative}, {negative, positive}}) {
    const auto gradient = layer.gradient(good, bad);
    std::vector<double> w(layer.weights().begin(), layer.weights().end());
    for (std::size_t k = 0; k < w.size(); ++k) {
      const auto at = [&](double change) {
        auto moved = w;
        moved[k] += change;
        layer.set_weights(moved);
        return layer.loss(good, bad);
      };
      const double difference = (at(1e-5) - at(-1e-5)) / 2e-5;
      EXPECT_NEAR(gradient[k], difference, 1e-9) << k;
    }
    layer.set_weights(w);
  }
}

TEST(forward_forward_layer, gets_better_with_every_step_on_one_pair) {
  forward_forward_layer layer{6, 4, unchanged, 2, 5};
  const auto positive = normal_numbers(6, 3), negative = normal_numbers(6, 4);
  double before = layer.loss(positive, negative);
  for (int step = 0; step < 200; ++step) {
    layer.step(positive, negative, 0.02);
    const double now = layer.loss(positive, negative);
    ASSERT_LT(now, before) << step;
    before = now;
  }
  EXPECT_LT(before, std::log1p(std::exp(-2.0)));  // a difference in goodness above 1
}

/// Whether two bits differ, which no linear map tells, learned by two layers with a device between them that is only
/// ever run.
TEST(forward_forward_layer, learns_through_what_it_has_no_model_of) {
  const auto mixing = normal_numbers(40 * 12, 5);
  const auto device = [&](std::span<const double> y) {
    std::vector<double> out(40);
    for (std::size_t i = 0; i < 40; ++i) {
      double a = 0.1 * static_cast<double>(i % 7);
      for (std::size_t j = 0; j < 12; ++j) a += 0.7 * mixing[i * 12 + j] * y[j];
      out[i] = std::sin(a) + 0.3 * std::abs(a);
    }
    return out;
  };
  forward_forward_layer first{4, 12, device, 4, 1}, second{40, 12, device, 4, 2};
  const auto sample = [](int k, bool label) {
    const double a = k & 1 ? 1 : -1, b = k & 2 ? 1 : -1;
    return std::vector<double>{a, b, label ? 1.0 : -1.0, 1.0};  // the last is a bias
  };
  const auto truth = [](int k) { return k == 1 || k == 2; };
  for (int step = 0; step < 2000; ++step) {
    const int k = step % 4;
    const auto positive = sample(k, truth(k)), negative = sample(k, !truth(k));
    first.step(positive, negative, 0.05);
    second.step(first.transformed(positive), first.transformed(negative), 0.05);
  }
  const auto goodness = [&](int k, bool label) {
    const auto x = sample(k, label);
    return first.goodness(x) + second.goodness(first.transformed(x));
  };
  for (int k = 0; k < 4; ++k) EXPECT_GT(goodness(k, truth(k)), goodness(k, !truth(k)) + 0.5) << k;
}

TEST(forward_forward_layer, refuses_what_makes_no_sense) {
  const auto message = [](const char* why) { return ThrowsMessage<spinule_error>(HasSubstr(why)); };
  EXPECT_THAT([] { forward_forward_layer(0, 1, unchanged, 1, 1); }, message("0 inputs"));
  EXPECT_THAT([] { forward_forward_layer(1, 1, nullptr, 1, 1); }, message("no transformation"));
  EXPECT_THAT([] { forward_forward_layer(1, 1, unchanged, 0, 1); }, message("theta"));
  forward_forward_layer layer{2, 3, unchanged, 1, 1};
  const std::vector<double> two(2), three(3);
  EXPECT_THAT([&] { layer.goodness(three); }, message("3 inputs: give 2"));
  EXPECT_THAT([&] { layer.set_weights(three); }, message("3 weights: give 6"));
  EXPECT_EQ(layer.goodness(two), 0);
  EXPECT_THAT(layer.gradient(two, two), Each(0.0));
}

}  // namespace spinule::learning::forward_forward_test

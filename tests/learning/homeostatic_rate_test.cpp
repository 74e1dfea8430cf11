// The learning rate that errors raise: its closed form, and what it gains where labels are swapped now and then.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/learning/homeostatic_rate.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::homeostatic_rate_test {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(homeostatic_rate, follows_its_closed_form) {
  homeostatic_rate rate{{.lowest = 0.01, .highest = 1, .pace = 0.1}};
  EXPECT_EQ(rate.rate(), 0.01);
  rate.observe(true);
  rate.observe(true);
  EXPECT_NEAR(rate.need(), 0.19, 1e-15);
  EXPECT_NEAR(rate.rate(), 0.01 * std::pow(100, 0.38), 1e-15);
  rate.observe(false);
  EXPECT_NEAR(rate.need(), 0.171, 1e-15);
  for (int i = 0; i < 100; ++i) rate.observe(true);
  EXPECT_NEAR(rate.rate(), 1, 1e-14);
}

TEST(homeostatic_rate, refuses_what_makes_no_sense) {
  const auto refuses = [](const homeostatic_rate::options& how, const char* why) {
    EXPECT_THAT([&] { homeostatic_rate{how}; }, ThrowsMessage<spinule_error>(HasSubstr(why)));
  };
  refuses({.lowest = 0}, "rates");
  refuses({.lowest = 1, .highest = 0.5}, "rates");
  refuses({.highest = std::nan("")}, "rates");
  refuses({.pace = 0}, "pace");
  refuses({.pace = 1.5}, "pace");
}

/// Share of right answers of softmax regression that learns online from 6000 samples of ten classes, normal in 20
/// dimensions; every `period` samples two labels are exchanged, never for 0.
double accuracy(int period, const std::function<double()>& rate, const std::function<void(bool)>& observe) {
  constexpr std::size_t classes = 10, dimensions = 20;
  constexpr int samples = 6000;
  double right = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    random_stream draw{seed, purpose::user, 0};
    std::vector<double> means(classes * dimensions), weights(classes * dimensions), x(dimensions), p(classes);
    std::vector<std::size_t> label(classes);
    std::iota(label.begin(), label.end(), std::size_t{0});
    for (double& m : means) m = 0.42 * draw.normal();
    for (int t = 0; t < samples; ++t) {
      if (period > 0 && t > 0 && t % period == 0) {
        const auto a = draw.below(std::uint64_t{classes}), b = draw.below(std::uint64_t{classes - 1});
        std::swap(label[a], label[b < a ? b : b + 1]);
      }
      const auto c = draw.below(std::uint64_t{classes});
      for (std::size_t i = 0; i < dimensions; ++i) x[i] = means[c * dimensions + i] + 0.35 * draw.normal();
      double sum = 0;
      for (std::size_t k = 0; k < classes; ++k)
        sum += p[k] = std::exp(std::inner_product(x.begin(), x.end(), &weights[k * dimensions], 0.0));
      const bool error = static_cast<std::size_t>(std::ranges::max_element(p) - p.begin()) != label[c];
      const double step = rate();
      for (std::size_t k = 0; k < classes; ++k)
        for (std::size_t i = 0; i < dimensions; ++i)
          weights[k * dimensions + i] -= step * (p[k] / sum - (k == label[c] ? 1 : 0)) * x[i];
      observe(error);
      right += error ? 0 : 1;
    }
  }
  return right / (3 * samples);
}

/// A large constant rate is better still on this task; which one is large enough must be known beforehand.
TEST(homeostatic_rate, helps_where_labels_change_and_costs_little_where_not) {
  const auto with_constant = [](int period, double rate) {
    return accuracy(
        period, [=] { return rate; }, [](bool) {});
  };
  const auto homeostatic = [](int period) {
    homeostatic_rate rate{{}};
    return accuracy(
        period, [&] { return rate.rate(); }, [&](bool error) { rate.observe(error); });
  };
  for (const int period : {20, 50}) EXPECT_GE(homeostatic(period), with_constant(period, 0.05) + 0.08) << period;
  EXPECT_GE(homeostatic(0), with_constant(0, 0.05) - 0.01);
  EXPECT_GT(with_constant(50, 0.5), homeostatic(50));
}

}  // namespace spinule::learning::homeostatic_rate_test

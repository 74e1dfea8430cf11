// Optimisers against their closed forms and PyTorch's equations; schedules against theirs.
#include <array>
#include <cmath>
#include <limits>
#include <thread>

#include <gmock/gmock.h>

#include <spinule/error.hpp>
#include <spinule/learning/optimiser.hpp>
#include <spinule/random.hpp>

namespace spinule::learning::optimiser_test {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr double infinite = std::numeric_limits<double>::infinity();

std::vector<optimiser> all_optimisers() {
  return {
      sgd{},    sgd{.momentum = 0.9},    sgd{.momentum = 0.9, .nesterov = true}, adam{.weight_decay = 0.01}, adamw{},
      adamax{}, exponentiated_gradient{}};
}

/// Parameters after three steps of rate 0.1.
std::vector<float> three_steps(const optimiser& how) {
  const float gradients[3][3] = {{0.5f, -1.0f, 0.25f}, {0.1f, 0.3f, -0.2f}, {-0.7f, 0.05f, 0.0f}};
  std::vector<float> w{1.0f, -2.0f, 0.5f};
  optimiser_state state{how, 3};
  for (const auto& g : gradients) state.step(w, g, 0.1);
  return w;
}

void expect_near(const std::vector<float>& given, const std::array<float, 3>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(given[i], wanted[i], 3e-7) << i;
}

/// The numbers are those of torch.optim's equations in double precision.
TEST(optimiser, takes_the_steps_of_pytorch) {
  expect_near(three_steps(sgd{.weight_decay = 0.01}), {1.00711295f, -1.9291759f, 0.493531475f});
  expect_near(three_steps(sgd{.momentum = 0.9, .weight_decay = 0.01}), {0.910094749f, -1.7801395f, 0.467522375f});
  expect_near(three_steps(sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 0.01}),
              {0.926465558f, -1.73175062f, 0.464392529f});
  expect_near(three_steps(adam{.weight_decay = 0.01}), {0.832237267f, -1.82244235f, 0.385474124f});
  expect_near(three_steps(adamw{.weight_decay = 0.1}), {0.807914676f, -1.77025489f, 0.376892042f});
  expect_near(three_steps(adamax{.weight_decay = 0.01}), {0.850948929f, -1.8474521f, 0.38813712f});
}

TEST(optimiser, clips_the_exponent_of_exponentiated_gradients) {
  expect_near(three_steps(exponentiated_gradient{.largest_step = 0.04}), {0.990049834f, -1.99002496f, 0.49750624f});
  std::vector<float> w{1, -1, 0, -0.0f};
  const std::vector<float> g{-1e30f, 1e30f, 5, -std::numeric_limits<float>::infinity()};
  optimiser_state{exponentiated_gradient{.largest_step = 2}, 4}.step(w, g, 1);
  EXPECT_NEAR(w[0], std::exp(2.0), 3e-6);
  EXPECT_NEAR(w[1], -std::exp(2.0), 3e-6);
  EXPECT_EQ(w[2], 0);
  EXPECT_EQ(w[3], 0);
}

TEST(optimiser, exponentiates_as_precisely_as_single_precision_allows) {
  optimiser_state state{exponentiated_gradient{.largest_step = 80}, 1};
  for (int i = -800; i <= 800; ++i) {
    const float x = static_cast<float>(i) / 10;
    float w = 1;
    const float g = -x;
    state.step({&w, 1}, {&g, 1}, 1);
    EXPECT_NEAR(w / std::exp(static_cast<double>(x)), 1, 4e-7) << x;
  }
}

TEST(optimiser, hides_no_gradient_that_is_no_number) {
  for (const optimiser& how : all_optimisers()) {
    float w = 1;
    const float g = std::numeric_limits<float>::quiet_NaN();
    optimiser_state{how, 1}.step({&w, 1}, {&g, 1}, 0.1);
    EXPECT_TRUE(std::isnan(w)) << how.index();
  }
}

TEST(adam, first_goes_as_far_as_the_rate_says) {
  for (const float g : {1e-3f, -5.0f, 2e4f}) {
    float w = 0;
    optimiser_state{adam{}, 1}.step({&w, 1}, {&g, 1}, 0.25);
    EXPECT_NEAR(w, -0.25 * (g > 0 ? 1 : -1), 1e-5) << g;
  }
}

TEST(adam, is_still_right_after_years) {
  optimiser_state state{adam{}, 1};
  const float zero = 0, one = 1;
  state.restore(std::uint64_t{1} << 40, {&zero, 1}, {&one, 1});
  float w = 0;
  state.step({&w, 1}, {&one, 1}, 1);
  EXPECT_NEAR(w, -0.1, 1e-6);
}

TEST(optimiser, gives_the_same_bits_in_parts) {
  constexpr std::size_t size = 1003;
  random_stream draw{1, purpose::user, 0};
  std::vector<float> start(size), g(size);
  for (float& x : start) x = static_cast<float>(draw.normal());
  for (const optimiser& how : all_optimisers()) {
    optimiser_state whole{how, size}, shared{how, size};
    std::vector<float> a = start, b = start;
    for (int t = 0; t < 5; ++t) {
      for (float& x : g) x = static_cast<float>(draw.normal());
      whole.step(a, g, 0.01);
      shared.begin_step(0.01);
      std::vector<std::jthread> threads;
      for (const auto& [first, last] : {std::pair{0, 1}, {1, 334}, {334, 701}, {701, 1003}})
        threads.emplace_back([&, first = static_cast<std::size_t>(first), n = static_cast<std::size_t>(last - first)] {
          shared.step_range(first, std::span{b}.subspan(first, n), std::span{g}.subspan(first, n));
        });
    }
    EXPECT_EQ(a, b) << how.index();
  }
}

TEST(optimiser, goes_on_from_a_checkpoint_with_the_same_bits) {
  random_stream draw{2, purpose::user, 0};
  for (const optimiser& how : all_optimisers()) {
    optimiser_state first{how, 10}, second{how, 10};
    std::vector<float> w(10, 0.5f), g(10);
    const auto next = [&] {
      for (float& x : g) x = static_cast<float>(draw.normal());
    };
    for (int t = 0; t < 3; ++t) next(), first.step(w, g, 0.01);
    second.restore(first.steps(), first.first_moment(), first.second_moment());
    EXPECT_EQ(second.steps(), 3);
    std::vector<float> again = w;
    for (int t = 0; t < 3; ++t) {
      next();
      first.step(w, g, 0.01);
      second.step(again, g, 0.01);
    }
    EXPECT_EQ(w, again) << how.index();
  }
}

/// Online least mean squares with d inputs of +-1, of which four matter: steps until the mean loss of 50 steps is below
/// 0.01, and how many parameters have another sign then than at the start.
struct lms_result {
  int steps = 0, flips = 0;
};

lms_result learn_lms(const optimiser& how, double rate, std::uint64_t seed) {
  constexpr std::size_t d = 400;
  random_stream draw{seed, purpose::user, 0};
  std::vector<float> w(d), x(d), g(d);
  for (float& weight : w) weight = draw.uniform() < 0.5 ? -1.0f / d : 1.0f / d;
  const std::vector<float> start = w;
  std::vector<float> wanted(d);
  for (std::size_t i = 0; i < 4; ++i) wanted[i] = w[i] > 0 ? 1.0f : -1.0f;
  optimiser_state state{how, d};
  std::array<double, 50> recent;
  recent.fill(1);
  lms_result result;
  for (double mean = 1; mean >= 0.01 && result.steps < 10000; ++result.steps) {
    double error = 0;
    for (std::size_t i = 0; i < d; ++i) {
      x[i] = draw.uniform() < 0.5 ? -1.0f : 1.0f;
      error += (w[i] - wanted[i]) * x[i];
    }
    for (std::size_t i = 0; i < d; ++i) g[i] = static_cast<float>(error) * x[i];
    state.step(w, g, rate);
    recent[static_cast<std::size_t>(result.steps) % recent.size()] = error * error / 2;
    mean = 0;
    for (const double e : recent) mean += e / recent.size();
  }
  for (std::size_t i = 0; i < d; ++i) result.flips += (w[i] > 0) != (start[i] > 0);
  return result;
}

TEST(exponentiated_gradient, finds_the_few_inputs_that_matter_and_flips_no_sign) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto eg = learn_lms(exponentiated_gradient{}, 0.02, seed), gd = learn_lms(sgd{}, 1.0 / 400, seed);
    EXPECT_EQ(eg.flips, 0) << seed;
    EXPECT_GT(gd.flips, 100) << seed;
    EXPECT_GT(gd.steps, 3 * eg.steps) << seed;
  }
}

TEST(optimiser, refuses_what_makes_no_sense) {
  const auto refuses = [](const optimiser& how, const char* why) {
    EXPECT_THAT([&] { optimiser_state(how, 2); }, ThrowsMessage<spinule_error>(HasSubstr(why)));
  };
  refuses(sgd{.momentum = 1}, "momentum");
  refuses(sgd{.weight_decay = -1}, "weight decay");
  refuses(sgd{.nesterov = true}, "nesterov");
  refuses(adam{.beta_1 = -0.1}, "beta_1");
  refuses(adamw{.beta_2 = 1}, "beta_2");
  refuses(adamax{.epsilon = 0}, "epsilon");
  refuses(adam{.weight_decay = infinite}, "weight decay");
  refuses(exponentiated_gradient{.largest_step = 0}, "largest step");
  refuses(exponentiated_gradient{.largest_step = 81}, "largest step");

  optimiser_state state{adam{}, 2};
  std::vector<float> w(2), g(2);
  const auto message = [](const char* why) { return ThrowsMessage<spinule_error>(HasSubstr(why)); };
  EXPECT_THAT([&] { state.step_range(0, w, g); }, message("begin_step"));
  EXPECT_THAT([&] { state.step(std::span{w}.first(1), g, 0.1); }, message("parameters"));
  EXPECT_THAT([&] { state.step(w, std::span{g}.first(1), 0.1); }, message("derivatives"));
  EXPECT_THAT([&] { state.step(w, g, -1); }, message("rate"));
  EXPECT_THAT([&] { state.step(w, g, std::nan("")); }, message("rate"));
  EXPECT_EQ(state.steps(), 0);
  state.begin_step(0.1);
  EXPECT_THAT([&] { state.step_range(1, w, g); }, message("there are 2 in all"));
  EXPECT_THAT([&] { state.restore(1, std::span{g}.first(1), g); }, message("first moments"));
  EXPECT_THAT([&] { state.restore(1, g, {}); }, message("second moments"));
  const std::vector<float> negative{0, -1}, no_number{0, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_THAT([&] { state.restore(1, no_number, g); }, message("first moment"));
  EXPECT_THAT([&] { state.restore(1, g, negative); }, message("second moment"));
}

std::vector<double> rates(const learning_rate_schedule& schedule, std::uint64_t steps) {
  std::vector<double> result;
  for (std::uint64_t t = 0; t < steps; ++t) result.push_back(rate_at(schedule, t, steps));
  return result;
}

TEST(learning_rate_schedule, follows_its_closed_form) {
  const auto like = [](const std::vector<double>& wanted) {
    return testing::Pointwise(testing::DoubleNear(1e-15), wanted);
  };
  EXPECT_THAT(rates(constant_rate{0.25}, 3), like({0.25, 0.25, 0.25}));
  EXPECT_THAT(rates(step_decay{.rate = 1, .factor = 0.5, .every = 2}, 5), like({1, 1, 0.5, 0.5, 0.25}));
  EXPECT_THAT(rates(cosine_decay{.rate = 1e-3, .lowest = 1e-4, .warm_up = 2}, 10),
              like({5e-4, 1e-3, 0.001, 0.000965745789630079, 0.000868198051533946, 0.00072220754456429, 0.00055,
                    0.00037779245543571, 0.000231801948466054, 0.000134254210369921}));
  EXPECT_THAT(rates(exponential_ease_in{.rate = 4, .start = 1, .factor = 1.5}, 6), like({1, 1.5, 2.25, 3.375, 4, 4}));
  EXPECT_EQ(rate_at(exponential_ease_in{}, 1'000'000'000'000, 2'000'000'000'000), 1e-3);
  EXPECT_THAT(rates(cosine_decay{.rate = 1, .warm_up = 2}, 2), like({0.5, 1}));
}

/// The numbers are those of torch.optim.lr_scheduler.OneCycleLR's equations.
TEST(learning_rate_schedule, cycles_once_as_pytorch_does) {
  const auto r = rates(one_cycle{.rate = 5e-3}, 20);
  EXPECT_NEAR(r[0], 2e-4, 1e-15);
  EXPECT_NEAR(r[1], 0.000658359213500125, 1e-15);
  EXPECT_NEAR(r[5], 5e-3, 1e-15);
  EXPECT_NEAR(r[6], 0.00493732003117544, 1e-15);
  EXPECT_NEAR(r[12], 0.00250001, 1e-15);
  EXPECT_NEAR(r[19], 2e-8, 1e-15);
  for (const std::uint64_t steps : {1, 2, 3})
    for (const double rate : rates(one_cycle{.rate = 1}, steps)) EXPECT_TRUE(rate > 0 && rate <= 1) << steps;
}

TEST(learning_rate_schedule, refuses_what_makes_no_sense) {
  const auto refuses = [](const learning_rate_schedule& schedule, const char* why) {
    EXPECT_THAT([&] { rate_at(schedule, 0, 10); }, ThrowsMessage<spinule_error>(HasSubstr(why)));
  };
  refuses(constant_rate{-1}, "rate");
  refuses(constant_rate{infinite}, "rate");
  refuses(step_decay{.factor = 0}, "factor");
  refuses(step_decay{.every = 0}, "every");
  refuses(cosine_decay{.rate = 1, .lowest = 2}, "lowest");
  refuses(cosine_decay{.warm_up = 11}, "warm-up");
  refuses(one_cycle{.start_divisor = 0.5}, "start divisor");
  refuses(one_cycle{.end_divisor = 0}, "end divisor");
  refuses(one_cycle{.rising = 1}, "rising");
  refuses(exponential_ease_in{.start = 0}, "start");
  refuses(exponential_ease_in{.factor = 1}, "factor");
  EXPECT_THAT([] { rate_at(constant_rate{}, 10, 10); }, ThrowsMessage<spinule_error>(HasSubstr("step 10")));
}

}  // namespace spinule::learning::optimiser_test

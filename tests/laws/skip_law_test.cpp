// Every model inherits these: skip(s, n) is n silent steps, and quiet(s) never promises too much.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/models/adaptive_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/random.hpp>

namespace spinule {
namespace {

template <class State>
void for_each_value(State& s, auto use) {
  std::apply([&](const auto&... f) { (use(s.*(f.member)), ...); }, State::fields);
}

template <class Model, class Real>
auto silence() {
  arriving_at<Model, Real> none{};
  return none;
}

/// A state within reach: random input for a while.
template <class Model, class Real>
state_of<Model, Real> random_state(const kernel_of<Model, Real>& k, random_stream& random, double scale) {
  state_of<Model, Real> s{};
  for (int t = 0; t < 40; ++t) {
    auto in = silence<Model, Real>();
    const auto x = [&] { return static_cast<Real>(random.uniform() < 0.3 ? scale * (random.uniform() - 0.4) : 0.0); };
    if constexpr (Model::ports == 1)
      in = x();
    else
      in[0] = x();
    k.step(s, in);
  }
  return s;
}

struct lif_case : lif {
  static lif model() { return {.tau = 10_ms, .threshold = 15_mV}; }
  static constexpr double scale = 12;
};
struct biased_lif_case {
  static lif model() { return {.tau = 10_ms, .threshold = 15_mV, .bias = 16_mV}; }
  static constexpr double scale = 6;
};
struct current_case {
  static current_lif model() { return {.tau_inhibitory = 5_ms}; }
  static constexpr double scale = 3000;
};
struct equal_tau_case {
  static current_lif model() { return {.tau = 2_ms}; }
  static constexpr double scale = 3000;
};
struct driven_current_case {
  static current_lif model() { return {.bias = 390_pA}; }
  static constexpr double scale = 2000;
};
struct adaptive_case {
  static adaptive_lif model() { return {}; }
  static constexpr double scale = 0.3;
};
struct integrator_case {
  static leaky_integrator model() { return {}; }
  static constexpr double scale = 1;
};

template <class Case>
class skip_law : public testing::Test {};
using cases = testing::Types<lif_case, biased_lif_case, current_case, equal_tau_case, driven_current_case,
                             adaptive_case, integrator_case>;
TYPED_TEST_SUITE(skip_law, cases);

template <class Case, class Real>
void expect_law(double tolerance) {
  using model = decltype(Case::model());
  const kernel_of<model, Real> k{Case::model(), 0.1_ms};
  random_stream random{1, purpose::user, 7};
  int checked = 0;
  for (int trial = 0; trial < 400; ++trial) {
    const auto start = random_state<model, Real>(k, random, Case::scale);
    const auto n = static_cast<ticks>(random.below(300));
    auto stepped = start, skipped = start;
    bool fired = false;
    for (ticks i = 0; i < n; ++i) fired |= k.step(stepped, silence<model, Real>());
    if (fired) continue;
    k.skip(skipped, n);
    std::vector<double> a, b;
    for_each_value(stepped, [&](auto x) { a.push_back(static_cast<double>(x)); });
    for_each_value(skipped, [&](auto x) { b.push_back(static_cast<double>(x)); });
    for (std::size_t f = 0; f < a.size(); ++f)
      EXPECT_NEAR(a[f], b[f], tolerance * (1 + std::fabs(a[f]))) << "field " << f << ", " << n << " ticks";
    ++checked;
  }
  EXPECT_GT(checked, 100);
}

TYPED_TEST(skip_law, skipping_equals_silent_steps_in_double) { expect_law<TypeParam, double>(1e-11); }
TYPED_TEST(skip_law, skipping_equals_silent_steps_in_float_up_to_rounding) { expect_law<TypeParam, float>(3e-5); }

TYPED_TEST(skip_law, skipping_in_two_parts_equals_skipping_once) {
  using model = decltype(TypeParam::model());
  const kernel_of<model, double> k{TypeParam::model(), 0.1_ms};
  random_stream random{2, purpose::user, 7};
  for (int trial = 0; trial < 100; ++trial) {
    auto once = random_state<model, double>(k, random, TypeParam::scale);
    auto twice = once;
    const auto n = static_cast<ticks>(random.below(100)), m = static_cast<ticks>(random.below(100));
    k.skip(once, n + m);
    k.skip(twice, n);
    k.skip(twice, m);
    std::vector<double> a, b;
    for_each_value(once, [&](auto x) { a.push_back(static_cast<double>(x)); });
    for_each_value(twice, [&](auto x) { b.push_back(static_cast<double>(x)); });
    for (std::size_t f = 0; f < a.size(); ++f) EXPECT_NEAR(a[f], b[f], 1e-11 * (1 + std::fabs(a[f])));
  }
}

TYPED_TEST(skip_law, nothing_fires_while_the_model_promises_quiet) {
  using model = decltype(TypeParam::model());
  if constexpr (self_firing<model>) {
    const kernel_of<model, float> k{TypeParam::model(), 0.1_ms};
    random_stream random{3, purpose::user, 7};
    for (int trial = 0; trial < 2000; ++trial) {
      auto s = random_state<model, float>(k, random, TypeParam::scale);
      const ticks promised = std::min(k.quiet(s), ticks{2000});
      for (ticks i = 0; i < promised; ++i)
        ASSERT_FALSE(k.step(s, silence<model, float>())) << "tick " << i << " of " << promised;
    }
  }
}

TYPED_TEST(skip_law, quiet_is_not_wasteful) {
  using model = decltype(TypeParam::model());
  if constexpr (self_firing<model>) {  // rounds of waking up in vain before a spike, or for ever
    const kernel_of<model, double> k{TypeParam::model(), 0.1_ms};
    random_stream random{4, purpose::user, 7};
    int rounds = 0;
    for (int trial = 0; trial < 200; ++trial) {
      auto s = random_state<model, double>(k, random, TypeParam::scale);
      for (int round = 0; round < 50; ++round, ++rounds) {
        const ticks n = k.quiet(s);
        if (n == forever) break;
        k.skip(s, n);
        if (k.step(s, silence<model, double>())) break;
      }
    }
    EXPECT_LT(rounds, 200 * 12);
  }
}

}  // namespace
}  // namespace spinule

// What every model promises of `step`, `skip` and `quiet`.
#include <cmath>

#include <gtest/gtest.h>

#include <spinule/engine/any_model.hpp>
#include <spinule/random.hpp>

#include "laws/all_models.hpp"
#include "laws/model_on_trial.hpp"

namespace spinule::laws {
namespace {

/// A state within reach: the trial's input for a while.
template <class Model, class Real>
state_of<Model, Real> random_state(const trial<Model>& t, const kernel_of<Model, Real>& k, random_stream& random) {
  state_of<Model, Real> s{};
  for (int n = 0; n < 60; ++n) k.step(s, arriving_now<Model, Real>(drawn(t.drive, random)));
  return s;
}

template <class On>
class model_step : public testing::Test {};
TYPED_TEST_SUITE(model_step, all_models, by_name);

TYPED_TEST(model_step, is_tried_with_one_range_of_input_for_each_port) {
  EXPECT_EQ(TypeParam::make().drive.size(), static_cast<std::size_t>(TypeParam::trial_type::model_type::ports));
}

TYPED_TEST(model_step, fires_on_its_trial_or_is_said_to_be_silent) {
  using model = typename TypeParam::trial_type::model_type;
  const auto t = TypeParam::make();
  const kernel_of<model, double> k{t.model, t.tick};
  random_stream random{5, purpose::user, 7};
  state_of<model, double> s{};
  int spikes = 0;
  for (int n = 0; n < 3000; ++n) spikes += is_spike(k.step(s, arriving_now<model, double>(drawn(t.drive, random))));
  EXPECT_TRUE(t.fires ? spikes >= 10 && spikes <= 1500 : spikes == 0) << spikes;
}

template <class Real, class Model>
void expect_values_within_what_is_stated(const trial<Model>& t) {
  if constexpr (graded<Model>) {
    const neuron_holder<Model> held{std::vector{t.model}};
    const auto most = static_cast<Real>(held.largest_output({1, t.tick, 1, 0, ""}));
    const kernel_of<Model, Real> k{t.model, t.tick};
    random_stream random{6, purpose::user, 7};
    state_of<Model, Real> s = start_of<Model, Real>(k);
    int sent = 0;
    for (int n = 0; n < 3000; ++n) {
      const Real value = k.step(s, arriving_now<Model, Real>(drawn(t.drive, random)));
      EXPECT_LE(std::fabs(value), most) << n;
      sent += value != 0;
    }
    EXPECT_GE(sent, t.sends);
  } else {
    GTEST_SKIP() << "the model fires";
  }
}

TYPED_TEST(model_step, sends_no_value_larger_than_the_model_says) {
  expect_values_within_what_is_stated<float>(TypeParam::make());
  expect_values_within_what_is_stated<double>(TypeParam::make());
}

template <class Real, class Model>
void expect_skipping_to_be_silent_steps(const trial<Model>& t, double tolerance) {
  if constexpr (skippable<Model>) {
    const kernel_of<Model, Real> k{t.model, t.tick};
    random_stream random{1, purpose::user, 7};
    int checked = 0;
    for (int round = 0; round < 400; ++round) {
      auto stepped = random_state<Model, Real>(t, k, random), skipped = stepped;
      const auto n = static_cast<ticks>(random.below(300));
      bool fired = false;
      for (ticks i = 0; i < n; ++i) fired |= is_spike(k.step(stepped, {}));
      if (fired) continue;
      k.skip(skipped, n);
      const auto a = values_of<Model, Real>(stepped), b = values_of<Model, Real>(skipped);
      for (std::size_t f = 0; f < a.size(); ++f)
        EXPECT_NEAR(a[f], b[f], tolerance * (1 + std::fabs(a[f]))) << "field " << f << ", " << n << " ticks";
      ++checked;
    }
    EXPECT_GT(checked, 100);
  } else {
    GTEST_SKIP() << "the model has no skip";
  }
}

TYPED_TEST(model_step, is_what_skip_repeats_in_double) {
  expect_skipping_to_be_silent_steps<double>(TypeParam::make(), 1e-11);
}
TYPED_TEST(model_step, is_what_skip_repeats_in_float_up_to_rounding) {
  expect_skipping_to_be_silent_steps<float>(TypeParam::make(), 3e-5);
}

TYPED_TEST(model_step, may_be_skipped_in_two_parts) {
  using model = typename TypeParam::trial_type::model_type;
  if constexpr (skippable<model>) {
    const auto t = TypeParam::make();
    const kernel_of<model, double> k{t.model, t.tick};
    random_stream random{2, purpose::user, 7};
    for (int round = 0; round < 100; ++round) {
      auto once = random_state<model, double>(t, k, random), twice = once;
      const auto n = static_cast<ticks>(random.below(100)), m = static_cast<ticks>(random.below(100));
      k.skip(once, n + m);
      k.skip(twice, n);
      k.skip(twice, m);
      const auto a = values_of<model, double>(once), b = values_of<model, double>(twice);
      for (std::size_t f = 0; f < a.size(); ++f) EXPECT_NEAR(a[f], b[f], 1e-11 * (1 + std::fabs(a[f])));
    }
  } else {
    GTEST_SKIP() << "the model has no skip";
  }
}

template <class Real, class Model>
void expect_quiet_to_be_kept(const trial<Model>& t) {
  if constexpr (self_firing<Model>) {
    const kernel_of<Model, Real> k{t.model, t.tick};
    random_stream random{3, purpose::user, 7};
    for (int round = 0; round < 2000; ++round) {
      auto s = random_state<Model, Real>(t, k, random);
      const ticks promised = std::min(k.quiet(s), ticks{2000});
      for (ticks i = 0; i < promised; ++i) ASSERT_FALSE(is_spike(k.step(s, {}))) << "tick " << i << " of " << promised;
    }
  } else if constexpr (skippable<Model>) {  // it says by leaving out `quiet` that it never fires by itself
    const kernel_of<Model, Real> k{t.model, t.tick};
    random_stream random{3, purpose::user, 7};
    for (int round = 0; round < 200; ++round) {
      auto s = random_state<Model, Real>(t, k, random);
      for (ticks i = 0; i < 2000; ++i) ASSERT_FALSE(is_spike(k.step(s, {}))) << "tick " << i;
    }
  } else {
    GTEST_SKIP() << "the model has no skip";
  }
}

TYPED_TEST(model_step, does_not_fire_while_the_model_promises_quiet) {
  expect_quiet_to_be_kept<float>(TypeParam::make());
  expect_quiet_to_be_kept<double>(TypeParam::make());
}

TYPED_TEST(model_step, is_not_called_in_vain_too_often) {
  using model = typename TypeParam::trial_type::model_type;
  if constexpr (self_firing<model>) {  // rounds of waking up in vain before a spike, or for ever
    const auto t = TypeParam::make();
    const kernel_of<model, double> k{t.model, t.tick};
    random_stream random{4, purpose::user, 7};
    int rounds = 0;
    for (int n = 0; n < 200; ++n) {
      auto s = random_state<model, double>(t, k, random);
      for (int round = 0; round < 50; ++round, ++rounds) {
        const ticks quiet = k.quiet(s);
        if (quiet == forever) break;
        k.skip(s, quiet);
        if (is_spike(k.step(s, {}))) break;
      }
    }
    EXPECT_LT(rounds, 200 * 12);
  } else {
    GTEST_SKIP() << "the model does not fire by itself";
  }
}

TYPED_TEST(model_step, fires_alone_at_the_interval_of_its_closed_form) {
  using model = typename TypeParam::trial_type::model_type;
  const auto t = TypeParam::make();
  if (t.interval == 0_ms) GTEST_SKIP() << "the trial states none";
  const kernel_of<model, double> k{t.model, t.tick};
  auto s = start_of<model, double>(k);
  int first = 0, last = 0, spikes = 0;
  for (int n = 0; n < 20000; ++n)
    if (is_spike(k.step(s, {}))) {
      if (spikes++ == 0) first = n;
      last = n;
    }
  ASSERT_GT(spikes, 20);
  const double mean = static_cast<double>(last - first) / (spikes - 1);
  EXPECT_NEAR(mean * t.tick.value(), t.interval.value(), t.tick.value()) << "spikes fall on the grid";
}

/// The fields at the ends of ticks of the trial after a common start, each tick cut into `parts`; ends a tick
/// before a spike, as on its way to infinity a model amplifies rounding without bound.
template <class Model>
std::vector<std::vector<double>> trajectory(const trial<Model>& t, int parts, std::uint32_t start) {
  const kernel_of<Model, double> coarse{t.model, t.tick}, fine{t.model, t.tick / parts};
  random_stream random{start, purpose::user, 8};
  auto s = random_state<Model, double>(t, coarse, random);
  while (is_spike(coarse.step(s, {}))) {  // away from a spike, which lasts a tick
  }
  std::vector<std::vector<double>> seen;
  for (bool fired = false; !fired && seen.size() < 100;) {
    const auto all = drawn(t.drive, random);
    auto during = all;
    for (std::size_t p = 0; p < all.size(); ++p) during[p] = t.drive[p].lasting ? all[p] : 0;
    for (int n = 1; n <= parts; ++n)
      fired |= is_spike(fine.step(s, arriving_now<Model, double>(n < parts ? during : all)));
    if (!fired) seen.push_back(values_of<Model, double>(s));
    if (fired && !seen.empty()) seen.pop_back();
  }
  return seen;
}

/// Largest difference of two trajectories as far as all of them go, over 1 + |value|.
double apart(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b, std::size_t upto) {
  double most = 0;
  for (std::size_t n = 0; n < upto; ++n)
    for (std::size_t f = 0; f < a[n].size(); ++f)
      most = std::fmax(most, std::fabs(a[n][f] - b[n][f]) / (1 + std::fabs(a[n][f])));
  return most;
}

TYPED_TEST(model_step, converges_with_the_tick_as_the_model_states) {
  auto t = TypeParam::make();
  if constexpr (requires { t.model.refractory; }) t.model.refractory = 0_ms;  // of whole ticks: another model on each
  std::size_t compared = 0;
  for (std::uint32_t start = 1; start <= 60; ++start) {
    // The order is judged below the stated tick, where of every start the leading term of the error decides.
    const auto stated = trajectory(t, 1, start), whole = trajectory(t, 2, start), half = trajectory(t, 4, start),
               quarter = trajectory(t, 8, start), fine = trajectory(t, 128, start);
    const std::size_t common = std::min({stated.size(), whole.size(), half.size(), quarter.size(), fine.size()});
    compared += common;
    if (t.accurate == accuracy::exact) {
      EXPECT_LT(apart(stated, fine, common), 1e-11);
      EXPECT_LT(apart(whole, fine, common), 1e-11);
    } else if (common > 0) {
      const double a = apart(whole, fine, common), b = apart(half, fine, common), c = apart(quarter, fine, common);
      const double left = std::pow(0.5, static_cast<int>(t.accurate));  // by the order
      EXPECT_LT(apart(stated, fine, common), 0.01);
      EXPECT_NEAR(b / a, left, 0.1 * left);
      EXPECT_NEAR(c / b, left, 0.1 * left);
    }
  }
  EXPECT_GT(compared, 200u);
}

}  // namespace
}  // namespace spinule::laws

// What every model that a trainer can differentiate promises of `flow`, `margin` and `settle`.
#include <gtest/gtest.h>

#include <spinule/engine/any_model.hpp>
#include <spinule/random.hpp>

#include "laws/all_models.hpp"
#include "laws/model_on_trial.hpp"

namespace spinule::laws {
namespace {

template <class On>
class model_halves : public testing::Test {};
TYPED_TEST_SUITE(model_halves, all_models, by_name);

template <class Real, class Model>
void expect_two_halves_to_be_a_step(const trial<Model>& t) {
  const kernel_of<Model, Real> k{t.model, t.tick};
  random_stream random{9, purpose::user, 7};
  auto whole = start_of<Model, Real>(k), halves = whole;
  for (int n = 0; n < 3000; ++n) {
    const auto in = arriving_now<Model, Real>(drawn(t.drive, random));
    const bool fired = is_spike(k.step(whole, in));
    k.flow(halves, in);
    if constexpr (differentiable_spiking<Model>) {
      bool above = false;
      if constexpr (requires { Model::fires_above; }) above = Model::fires_above;
      const Real margin = k.margin(halves);
      ASSERT_EQ(above ? margin > 0 : margin >= 0, fired) << "tick " << n;
      k.settle(halves, static_cast<Real>(fired));
    } else {
      ASSERT_FALSE(fired) << "a model that can fire needs margin and settle";
    }
    ASSERT_EQ((values_of<Model, Real>(halves)), (values_of<Model, Real>(whole))) << "tick " << n;
  }
}

TYPED_TEST(model_halves, halves_of_a_tick_are_a_step_to_the_bit) {
  using model = typename TypeParam::trial_type::model_type;
  if constexpr (differentiable_model<model>) {
    expect_two_halves_to_be_a_step<float>(TypeParam::make());
    expect_two_halves_to_be_a_step<double>(TypeParam::make());
  } else {
    GTEST_SKIP() << "the model has no derivative";
  }
}

}  // namespace
}  // namespace spinule::laws

// Liquids by name and numbers are those of the structs, and refuse what they do not know.
#include <spinule/models/liquid_recipe.hpp>

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/engine/lowering.hpp>
#include <spinule/error.hpp>

namespace spinule::liquid_recipe_test {

using testing::HasSubstr;

constexpr liquid_input camera{.channels = 2 * 12 * 12, .width = 12, .height = 12};

/// The same synapses, in quanta of the same size.
void expect_same(const network& a, const network& b, milliseconds tick) {
  const auto x = lower(a, tick), y = lower(b, tick);
  ASSERT_EQ(x->descriptions.size(), y->descriptions.size());
  EXPECT_EQ(x->quanta, y->quanta);
  for (index_t p = 0; p < x->descriptions.size(); ++p) {
    EXPECT_EQ(x->synapses(p).target, y->synapses(p).target);
    EXPECT_EQ(x->synapses(p).code, y->synapses(p).code);
    EXPECT_EQ(x->synapses(p).delays, y->synapses(p).delays);
  }
}

TEST(liquid_recipe, is_the_liquid_of_the_struct_with_these_numbers) {
  expect_same(build_liquid(liquid_for("nmnist", 100, 3), camera).net,
              grid_liquid{.neurons = 100, .seed = 3}.build(camera).net, 1_ms);
  expect_same(build_liquid(liquid_for("nmnist", 64, 3, "nalsm"), camera).net, nalsm_liquid(64, 3).build(camera).net,
              1_ms);
  expect_same(build_liquid(liquid_for("shd", 100, 3), camera).net,
              tonotopic_liquid{.neurons = 100, .seed = 3}.build(camera).net, 10_ms);
  expect_same(build_liquid(liquid_for("shd", 63, 3, "maass"), camera).net,
              maass_liquid{.neurons = 63, .seed = 3, .tick = 1_ms}.build(camera).net, 1_ms);
  liquid_description how = liquid_for("mnist", 100);
  EXPECT_TRUE(set_number(how, "tau", 30));
  EXPECT_TRUE(set_number(how, "patch", 0));
  const grid_liquid changed{.neurons = 100, .tau = 30_ms, .weight = 0.8_mV, .input_weight = 0.8_mV, .patch = 0};
  expect_same(build_liquid(how, camera).net, changed.build(camera).net, 1_ms);
}

TEST(liquid_recipe, has_the_windows_and_the_tick_of_its_data) {
  EXPECT_EQ(liquid_for("nmnist", 100).windows, (std::vector<milliseconds>{105_ms, 210_ms, 340_ms}));
  EXPECT_EQ(liquid_for("shd", 100).windows.size(), 10u);
  EXPECT_EQ(liquid_for("shd", 100).tick, 10_ms);
  EXPECT_EQ(liquid_for("shd", 100, 1, "grid").tick, 1_ms);
  EXPECT_TRUE(liquid_for("csv", 100).windows.empty());
  EXPECT_EQ(liquid_for("shd", 0).numbers.at("group"), 5);
  EXPECT_EQ(liquid_for("nmnist", 0).numbers.at("group"), 1);
  for (const auto& name : liquid_names())
    EXPECT_NO_THROW(liquid_for("nmnist", name == "nalsm" ? 64 : 63, 1, name)) << name;
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(liquid_recipe, refuses_what_it_does_not_know) {
  EXPECT_THAT(refusal([] { liquid_for("smells", 100); }), HasSubstr("no recipe for \"smells\""));
  EXPECT_THAT(refusal([] { liquid_for("nmnist", 100, 1, "jelly"); }), HasSubstr("no liquid of kind \"jelly\""));
  liquid_description how = liquid_for("nmnist", 100);
  EXPECT_FALSE(set_number(how, "jelly", 1));
  EXPECT_FALSE(how.numbers.contains("jelly"));
  EXPECT_THAT(refusal([&] { set_number(how, "patch", 0.5); }), HasSubstr("patch: 0.5 is no whole number"));
  EXPECT_THAT(refusal([&] { set_number(how, "patch", -1); }), HasSubstr("no whole number"));
  how.numbers["tau"] = -1;
  EXPECT_THAT(refusal([&] { build_liquid(how, camera); }), HasSubstr("tau"));
  how.numbers.erase("tau");
  EXPECT_THAT(refusal([&] { build_liquid(how, camera); }), HasSubstr("the number tau is missing"));
}

}  // namespace spinule::liquid_recipe_test

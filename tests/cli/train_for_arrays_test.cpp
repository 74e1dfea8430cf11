// Networks trained for emulated arrays by the command: what the hardware says, going on, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "array_options.hpp"
#include "cli/network_training_world.hpp"

namespace spinule::train_for_arrays_test {

using testing::HasSubstr;

hardware hardware_with(const std::string& name, const std::vector<std::string>& changes = {}) {
  hardware hw = load_hardware(name);
  override_hardware(hw, changes);
  return hw;
}

TEST(effects_of_arrays, are_none_of_ideal_ones) {
  const auto effects = effects_of(hardware_with("ideal"));
  EXPECT_FALSE(effects.change_weights());
  EXPECT_EQ(effects.sum_bits, 0);
  EXPECT_EQ(effects_text(effects), "");
}

TEST(effects_of_arrays, are_what_the_hardware_says) {
  const auto isaac = effects_of(hardware_with("isaac_32nm", {"device.levels=8", "device.stuck_off=2%", "adc.bits=4"}));
  EXPECT_EQ(effects_text(isaac), "cells of 8 levels, 2 % of synapses missing, sums of 4 bits for each 128 rows");
  // The published fit 1 s after writing, of both cells of a pair, and reads of 1 % of what each holds.
  const auto neurram = effects_of(hardware_with("neurram_130nm"));
  const auto error = [](double g) { return 1.053 + 0.2374 * g - 0.01167 * g * g + 1.536e-4 * g * g * g; };
  const double resting = 1.047 / 39;  // normal(1 uS, error(1 uS)), clipped at 0
  for (const std::size_t k : {4U, 8U, 16U}) {
    const double g = 1 + 39.0 * static_cast<double>(k) / 16;
    const double expected = std::hypot(error(g), 0.01 * g) / 39;
    EXPECT_NEAR(neurram.noise[k], std::hypot(expected, resting), 0.04 * expected) << k;
  }
  const auto rram = effects_of(hardware_with("random_rram_40nm", {"device.programming=write_verify", "adc=none"}));
  EXPECT_NEAR(rram.least, 7.5 / 18.7, 1e-12);
  EXPECT_EQ(rram.sum_bits, 0);
}

TEST(effects_of_arrays, grow_with_age) {
  const std::vector<std::string> drift{"device.drift=power", "device.drift_nu=0.05", "device.drift_nu_sd=0.02"};
  const auto young = effects_of(hardware_with("isaac_32nm", drift));
  const auto old = effects_of(hardware_with("isaac_32nm", {drift[0], drift[1], drift[2], "device.age=1 y"}));
  EXPECT_TRUE(young.noise.empty());
  ASSERT_FALSE(old.noise.empty());
  EXPECT_GT(old.noise.back(), 0.1);
}

TEST_F(train_network, for_hardware_sees_what_it_does_and_goes_on_to_the_same_bytes) {
  const words how{"--hardware",     "isaac_32nm", "--set",         "device.levels=4",
                  "--weight-noise", "20%",        "--weight-clip", "2.5"};
  const outcome o = spinule(call(how + words{"-o", in("whole.spn"), "--checkpoint", in("c")}));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("Learned as on arrays: noise of 20 % of the largest weight, cells of 4 levels, sums of "
                               "8 bits for each 128 rows"));
  EXPECT_NE(record(how)["epochs"][2]["loss"], record({})["epochs"][2]["loss"]);
  EXPECT_EQ(record({"--weight-noise", "0"})["epochs"][2]["loss"], record({})["epochs"][2]["loss"]);
  EXPECT_NE(record({"--drop-connect", "0.3"})["epochs"][2]["loss"], record({})["epochs"][2]["loss"]);
  words more;
  for (int breaks = 0; breaks < 200; ++breaks) {
    const outcome part = interrupted_after(std::chrono::milliseconds{60 + 20 * breaks},
                                           call(how + words{"-o", in("broken.spn")} + more));
    if (part.code == 0) break;
    if (std::filesystem::exists(in("broken.spn.checkpoint"))) more = {"--resume", in("broken.spn.checkpoint")};
  }
  EXPECT_EQ(text("broken.spn"), text("whole.spn"));
}

TEST_F(train_network, with_delay_lines_has_them_explained_together) {
  words how = call({"--epochs", "1", "-o", in("m.spn")});
  std::ofstream{in("lines.toml")} << text("network.toml") << R"(
[[projection]]
from = "pixels"
to = "hidden"
wiring = "all_to_all"
weight = { normal = [0.05, 0.2] }
delay = 20.0
)";
  how[2] = in("lines.toml");
  ASSERT_EQ(spinule(how).code, 0);
  const outcome o = spinule(words{"explain", in("m.spn"), "--part", "test", "--json", in("e.json")} + digits());
  ASSERT_EQ(o.code, 0) << o.err;
  std::vector<std::string> layers;
  const auto explained = nlohmann::json::parse(text("e.json"));
  for (const auto& p : explained.at("projections")) layers.push_back(p.at("name"));
  EXPECT_THAT(layers, testing::UnorderedElementsAre("pixels->hidden", "hidden->digits"));
}

TEST_F(train_network, says_what_of_the_hardware_it_leaves_out) {
  const words isaac{"--hardware", "isaac_32nm", "--epochs", "1", "-o", in("m.spn")};
  const outcome o = spinule(call(isaac + words{"--set", "device.stuck_on=10%", "--set", "array.wires=exact"}));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("Not learned as on arrays: resistance of wires; 10 % of cells stuck on\n"));
  EXPECT_THAT(o.out, HasSubstr("sums of 8 bits"));
  std::string drawn = text("network.toml");
  const std::string weight = "weight = {";
  drawn.insert(drawn.find(weight), "delay = { uniform = [1.0, 20.0] }\n");
  std::ofstream{in("delays.toml")} << drawn;
  words how = call(isaac);
  how[2] = in("delays.toml");
  const outcome without = spinule(how);
  ASSERT_EQ(without.code, 0) << without.err;
  EXPECT_THAT(without.out, HasSubstr("Not learned as on arrays: sums of 8 bits, as with --sum-bits 0, for the synapses "
                                     "of \"pixels->hidden\" have delays of their own\n"));
  const outcome given = spinule(how + words{"--sum-bits", "8"});
  EXPECT_EQ(given.code, 1);
  EXPECT_THAT(given.err, HasSubstr("converters are trained for only where they share one"));
  const outcome none = spinule(how + words{"--sum-bits", "0"});
  EXPECT_EQ(none.code, 0) << none.err;
  EXPECT_THAT(none.out, testing::Not(HasSubstr("Not learned")));
}

TEST_F(train_network, refuses_arrays_that_it_cannot_be_trained_for) {
  expect_refused(2, {"--hardware", "truenorth"}, {"--hardware", "a digital core"});
  expect_refused(2, {"--hardware", "random_rram_40nm"}, {"--hardware", "device.programming=write_verify"});
  expect_refused(2, {"--hardware", "none_such"}, {"--hardware", "isaac_32nm"});
  expect_refused(2, {"--hardware", "isaac_32nm", "--set", "device.level=3"}, {"device.level"});
  expect_refused(2, {"--hardware", "isaac_32nm", "--set", "adc.bits=6", "--set", "adc.bits=8"},
                 {"--set: adc.bits is set twice"});
  expect_refused(2, {"--set", "adc.bits=3"}, {"--set", "give --hardware NAME too"});
  for (const char* noise : {"x", "-1%", "2000%", "", "5 %"})
    expect_refused(2, {"--weight-noise", noise}, {"--weight-noise"});
  expect_refused(2, {"--drop-connect", "100%"}, {"--drop-connect", "is not a share from 0 to 0.99"});
  expect_refused(2, {"--weight-levels", "1"}, {"--weight-levels: 1 tells no sizes apart"});
  expect_refused(2, {"--sum-bits", "1"}, {"--sum-bits: 1 tells no sizes apart"});
  expect_refused(2, {"--sum-bits", "23"}, {"--sum-bits"});
  expect_refused(2, {"--weight-clip", "-1"}, {"--weight-clip"});
}

}  // namespace spinule::train_for_arrays_test

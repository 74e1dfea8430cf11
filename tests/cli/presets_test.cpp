// Hardware presets, listed and printed.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <spinule/backends/hardware.hpp>

#include "cli/world.hpp"

namespace spinule::presets_test {

using nlohmann::json;
using testing::HasSubstr;

using presets = command;

TEST_F(presets, are_listed_with_kind_and_summary) {
  const outcome o = spinule({"presets"});
  ASSERT_EQ(o.code, 0) << o.err;
  const json all = json::parse(spinule({"presets", "--json"}).out);
  ASSERT_EQ(all.size(), hardware_names().size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const hardware hw = load_hardware(hardware_names()[i]);
    EXPECT_EQ(all[i].at("name"), hw.name);
    EXPECT_EQ(all[i].at("kind"), hw.kind == hardware_kind::crossbar ? "crossbar" : "digital");
    EXPECT_EQ(all[i].at("summary"), hw.about);
    EXPECT_THAT(o.out, HasSubstr(hw.name + " (" + all[i].at("kind").get<std::string>() + ")\n"));
  }
}

TEST_F(presets, printed_as_toml_are_the_same_hardware_when_they_are_given_back) {
  for (const auto& name : hardware_names()) {
    const outcome o = spinule({"presets", name});
    ASSERT_EQ(o.code, 0) << o.err;
    std::ofstream{in("mine.toml")} << o.out;
    const auto built_in = describe(load_hardware(name)), mine = describe(load_hardware(in("mine.toml")));
    ASSERT_EQ(mine.constants.size(), built_in.constants.size()) << name;
    for (std::size_t i = 0; i < mine.constants.size(); ++i) {
      EXPECT_EQ(mine.constants[i].key, built_in.constants[i].key);
      EXPECT_EQ(mine.constants[i].value, built_in.constants[i].value);
    }
    const json printed = json::parse(spinule({"presets", name, "--json"}).out);
    EXPECT_EQ(printed.at("constants").size(), built_in.constants.size());
    EXPECT_EQ(printed.at("name"), name);
  }
}

TEST_F(presets, that_do_not_exist_are_refused_with_those_that_do) {
  for (const char* name : {"abacus", ""}) {
    const outcome o = spinule({"presets", name});
    EXPECT_EQ(o.code, 2);
    EXPECT_THAT(o.err, HasSubstr("isaac_32nm"));
  }
  EXPECT_EQ(spinule({"presets", "ideal", "odin"}).code, 2);
}

}  // namespace spinule::presets_test

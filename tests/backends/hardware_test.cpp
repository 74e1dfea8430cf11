// Presets and users' hardware files: everything with its source, and every mistake refused with file, line and key.
#include <spinule/backends/hardware.hpp>

#include <unistd.h>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include <spinule/backends/engine/device.hpp>
#include <spinule/error.hpp>

namespace spinule::hardware_test {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

class hardware_file : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& text, const std::string& name = "mine.toml") {
    std::filesystem::create_directories(folder_);
    std::ofstream{folder_ / name} << text;
    return (folder_ / name).string();
  }

  std::string refusal(const std::string& text) {
    try {
      load_hardware(write(text));
    } catch (const file_error& e) {
      return e.what();
    }
    return "accepted";
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("spinule_hardware_" + std::to_string(::getpid()));
};

std::string load_refusal(const std::string& name) {
  try {
    load_hardware(name);
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "accepted";
}

std::string override_refusal(hardware hw, const std::string& assignment) {
  try {
    override_hardware(hw, assignment);
  } catch (const spinule_error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(hardware, has_presets_of_both_kinds) {
  EXPECT_THAT(hardware_names(),
              testing::ElementsAre("ideal", "isaac_32nm", "loihi_davies2018", "loihi_sanafe", "neurram_130nm", "odin",
                                   "pcm_90nm", "random_rram_40nm", "spinnaker2", "truenorth"));
  for (const auto& name : hardware_names()) EXPECT_EQ(load_hardware(name).name, name);
  EXPECT_EQ(load_hardware("isaac_32nm").kind, hardware_kind::crossbar);
  EXPECT_EQ(load_hardware("odin").kind, hardware_kind::digital);
}

TEST(hardware, knows_unit_node_source_and_kind_of_every_constant) {
  for (const auto& name : hardware_names()) {
    const auto hw = load_hardware(name);
    EXPECT_FALSE(hw.about.empty()) << name;
    for (const auto& [key, c] : constants_of(hw)) {
      EXPECT_FALSE(c.unit.empty() || c.node.empty() || c.source.empty()) << name << " " << key;
      EXPECT_THAT(c.kind, testing::AnyOf("measured", "post-layout", "SPICE", "fit", "design", "assumption"))
          << name << " " << key;
      EXPECT_THAT(c.where, testing::AnyOf(HasSubstr(".toml:"), testing::StartsWith("pulse response "),
                                          testing::EndsWith("which no file gives")))
          << name << " " << key;
    }
  }
}

TEST(hardware, describes_every_constant_with_its_band) {
  for (const auto& name : hardware_names()) {
    const hardware hw = load_hardware(name);
    const hardware_description d = describe(hw);
    auto all = constants_of(hw);  // those of pulses are shown where cells are written by pulses
    std::erase_if(all,
                  [](const named_constant& c) { return c.key.starts_with("pulses.") || c.key.starts_with("update."); });
    EXPECT_EQ(d.name, name);
    EXPECT_EQ(d.summary, hw.about);
    ASSERT_EQ(d.constants.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto& c = all[i].value;
      const hardware_constant expected{all[i].key, c.value, c.unit, c.node, c.source, c.kind, d.constants[i].band};
      EXPECT_EQ(d.constants[i], expected);
      EXPECT_EQ(d.constants[i].band.empty(), !c.low && !c.high);
      if (c.low && c.high) {
        EXPECT_EQ(std::stod(d.constants[i].band), *c.low);
      }
    }
  }
}

TEST(hardware, lists_the_presets_when_a_name_is_unknown) {
  try {
    load_hardware("isaak");
    FAIL();
  } catch (const spinule_error& e) {
    EXPECT_THAT(e.what(),
                AllOf(testing::StartsWith("isaak: unknown"), HasSubstr("isaac_32nm"), HasSubstr("truenorth")));
  }
}

TEST_F(hardware_file, overrides_single_keys_of_its_base_and_converts_units) {
  const auto hw = load_hardware(
      write("base = \"isaac_32nm\"\n[adc]\nenergy = { value = 1200, unit = \"fJ\" }\nrange = \"rows\"\n"));
  EXPECT_EQ(hw.name, "mine");
  EXPECT_DOUBLE_EQ(hw.adc.energy.value, 1.2);
  EXPECT_EQ(hw.adc.energy.unit, "pJ");
  EXPECT_EQ(hw.adc.energy.kind, "user");
  EXPECT_EQ(hw.adc.range, converter_range::rows);
  EXPECT_EQ(hw.array.rows.value, 128);
}

TEST_F(hardware_file, can_describe_neurram_a_day_after_writing) {
  const auto hw = load_hardware(write(R"(base = "neurram_130nm"
[device]
error_0 = { value = 0.701, unit = "uS" }
error_1 = { value = 0.55215, unit = "1" }
error_2 = { value = -0.031733, unit = "1/uS" }
error_3 = { value = 7.3586e-4, unit = "1/uS^2" }
error_4 = { value = -6.4289e-6, unit = "1/uS^3" }
age = { value = 1, unit = "d" }
)"));
  EXPECT_EQ(hw.device.age.value, 86400);
  for (const double g : {4.0, 10.0, 25.0, 40.0}) {
    const double x = g / 40;
    const double published = 0.701 + 22.086 * x - 50.773 * x * x + 47.095 * x * x * x - 16.458 * x * x * x * x;
    EXPECT_NEAR(device::of(hw).residual(g), published, 1e-3);
  }
}

TEST_F(hardware_file, may_name_another_file_beside_it_as_base) {
  write("base = \"odin\"\n[synapse]\nenergy = { value = 10, unit = \"pJ\" }\n", "first.toml");
  const auto hw = load_hardware(write("base = \"first.toml\"\nname = \"second\"\n"));
  EXPECT_EQ(hw.name, "second");
  EXPECT_EQ(hw.synapse.energy.value, 10);
  EXPECT_THAT(refusal("base = \"mine.toml\"\n"), HasSubstr("a chain must end"));
}

TEST_F(hardware_file, is_refused_with_file_line_and_key) {
  const std::string base = "base = \"isaac_32nm\"\n";
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases{
      {"[adc]\nbitz = { value = 8, unit = \"bits\" }", {"mine.toml:3", "adc.bitz", "adc.bits"}},
      {"[converter]\nbits = { value = 8, unit = \"bits\" }", {"mine.toml:3", "converter.bits"}},
      {"colour = \"blue\"", {"mine.toml:2", "colour"}},
      {"[adc]\nbits = { value = 8 }", {"mine.toml:3", "adc.bits has no unit", "bits"}},
      {"[adc]\nbits = 8", {"mine.toml:3", "adc.bits must say its unit"}},
      {"[adc]\nenergy = { value = 1, unit = \"ns\" }", {"mine.toml:3", "adc.energy", "\"ns\"", "pJ"}},
      {"[adc]\nenergy = { unit = \"pJ\" }", {"mine.toml:3", "adc.energy has no value"}},
      {"[adc]\nenergy = { value = \"1\", unit = \"pJ\" }", {"mine.toml:3", "adc.energy", "must be a number"}},
      {"[adc]\nenergy = { value = nan, unit = \"pJ\" }", {"mine.toml:3", "adc.energy", "finite"}},
      {"[adc]\nenergy = { value = 1, unit = \"pJ\", kind = \"guess\" }", {"mine.toml:3", "adc.energy", "assumption"}},
      {"[adc]\nenergy = { value = 1, unit = \"pJ\", colour = 1 }", {"mine.toml:3", "adc.energy", "colour"}},
      {"[adc]\nenergy = { value = 1, unit = \"pJ\", low = 2 }", {"mine.toml:3", "adc.energy", "band"}},
      {"[adc]\nbits = { value = 0, unit = \"bits\" }", {"mine.toml:3", "adc.bits is 0", "none"}},
      {"[adc]\nbits = { value = 7.5, unit = \"bits\" }", {"mine.toml:3", "adc.bits", "whole"}},
      {"[adc]\nrange = \"wide\"", {"mine.toml:3", "adc.range", "cells, rows, expected"}},
      {"[device]\ng_min = { value = -1, unit = \"uS\" }", {"mine.toml:3", "device.g_min is -1 uS", "0 or more"}},
      {"[device]\ng_min = { value = 1, unit = \"mS\" }", {"mine.toml:3", "g_min must be the smaller"}},
      {"[device]\nstuck_on = { value = 1.5, unit = \"1\" }", {"mine.toml:3", "device.stuck_on", "between 0 and 1"}},
      {"[array]\nrows = { value = 0, unit = \"rows\" }", {"mine.toml:3", "array.rows is 0"}},
      {"[array]\ncolumns = { value = 1, unit = \"columns\" }", {"mine.toml:3", "differential pair"}},
      {"[synapse]\nenergy = { value = 1, unit = \"pJ\" }", {"mine.toml:3", "synapse.energy"}},
      {"[adc\nbits = 8", {"mine.toml:2"}},
      {"kind = \"digital\"", {"mine.toml:2", "kind differs"}},
  };
  for (const auto& [text, words] : cases) {
    const auto what = refusal(base + text + "\n");
    for (const auto& word : words) EXPECT_THAT(what, HasSubstr(word)) << text;
  }
}

TEST_F(hardware_file, without_base_must_be_complete) {
  EXPECT_THAT(refusal("[adc]\n"), AllOf(HasSubstr("mine.toml"), HasSubstr("kind")));
  EXPECT_THAT(refusal("kind = \"digital\"\n[synapse]\nenergy = { value = 1, unit = \"pJ\" }\n"),
              HasSubstr("is missing"));
  EXPECT_THAT(refusal("base = \"nowhere.toml\"\n"), HasSubstr("no such file"));
  EXPECT_THAT(refusal("base = \"nowhere\"\n"), AllOf(HasSubstr("mine.toml:1"), HasSubstr("unknown hardware")));
  EXPECT_THROW(load_hardware("./nowhere.toml"), file_error);
  EXPECT_THAT(load_refusal("/tmp/"), HasSubstr("is a folder"));
  EXPECT_THAT(load_refusal("/dev/null"), HasSubstr("is no regular file"));
  EXPECT_THAT(load_refusal("abacus"), testing::StartsWith("abacus: unknown hardware; built in are"));
}

TEST(hardware, takes_overrides_from_strings) {
  auto hw = load_hardware("isaac_32nm");
  override_hardware(hw, "adc.bits=6");
  override_hardware(hw, "adc.energy = 1.2 nJ");
  override_hardware(hw, "device.age=1d");
  override_hardware(hw, "adc.range=cells");
  override_hardware(hw, "device.read_noise=5%");
  EXPECT_DOUBLE_EQ(hw.device.read_noise.value, 0.05);
  EXPECT_EQ(hw.adc.bits.value, 6);
  EXPECT_DOUBLE_EQ(hw.adc.energy.value, 1200);
  EXPECT_DOUBLE_EQ(hw.device.age.value, 86400);
  EXPECT_EQ(hw.adc.range, converter_range::cells);
  EXPECT_THAT(hw.adc.bits.source, HasSubstr("8 bits"));
  override_hardware(hw, std::vector<std::string>{"device.g_max=0.5", "device.g_min=0.1", "device.pristine=0"});
  EXPECT_EQ(hw.device.g_max.value, 0.5);

  EXPECT_THAT(override_refusal(hw, "adc.bitz=6"), AllOf(HasSubstr("adc.bitz"), HasSubstr("adc.bits")));
  EXPECT_THAT(override_refusal(hw, "adc.bits=0"), HasSubstr("none"));
  EXPECT_THAT(override_refusal(hw, "adc.bits=six"), HasSubstr("must be a number"));
  EXPECT_THAT(override_refusal(hw, "device.read_noise=much"), EndsWith("device.read_noise must be a number"));
  EXPECT_THAT(override_refusal(hw, "device.stuck_on=1.5"), HasSubstr("device.stuck_on is 1.5; it must be"));
  EXPECT_THAT(override_refusal(hw, "adc.bits=6 pJ"), HasSubstr("unit"));
  EXPECT_THAT(override_refusal(hw, "adc.bits"), HasSubstr("key=value"));
  EXPECT_THAT(override_refusal(hw, "adc.range=far"), HasSubstr("expected"));
  EXPECT_THAT(override_refusal(hw, "device.g_min=900"), HasSubstr("smaller"));
  EXPECT_THAT(override_refusal(load_hardware("odin"), "adc.bits=6"), HasSubstr("synapse.energy"));
  EXPECT_THAT(override_refusal(hw, "device=idea"), EndsWith("device must be ideal"));
  EXPECT_THAT(override_refusal(hw, "adc=nonee"), EndsWith("adc must be none or unclipped"));
  EXPECT_THAT(override_refusal(hw, "quantised.bits=0"), EndsWith("from 2 to 32"));
}

TEST(hardware, says_which_overrides_go_against_one_another) {
  auto hw = load_hardware("isaac_32nm");
  const auto refused = [&](const std::vector<std::string>& assignments) -> std::string {
    try {
      override_hardware(hw, assignments);
    } catch (const file_error& e) {
      return std::string{"a fault of a file: "} + e.what();
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(refused({"array.slices=1000000"}),
            "array.slices=1000000: array.columns is 128; a differential pair takes 2e+06 columns");
  EXPECT_THAT(refused({"adc.model=survey", "adc.bits=16"}), testing::StartsWith("adc.model=survey, adc.bits=16: "));
  EXPECT_THAT(refused({"device.g_min=1e308"}), testing::StartsWith("device.g_min=1e308: "));
}

TEST(hardware, bounds_every_number) {
  const auto hw = load_hardware("isaac_32nm");
  EXPECT_THAT(override_refusal(hw, "adc.energy=1e308"),
              HasSubstr("adc.energy is 1e+308 pJ; it must be at most 1e+12 pJ"));
  EXPECT_THAT(override_refusal(hw, "device.read_noise=1e308"), HasSubstr("it must be at most 1e+06"));
  EXPECT_THAT(override_refusal(hw, "device.error_0=-1e300"), HasSubstr("it must be at least -1e+12 uS"));
  EXPECT_THAT(override_refusal(hw, "array.row_resistance=1e308"), HasSubstr("at most 1e+12 ohm"));
  EXPECT_THAT(override_refusal(hw, "adc.energy_growth=1e10"), HasSubstr("at most 1e+06"));
  for (const auto& name : hardware_names()) {
    const auto preset = load_hardware(name);
    for (const auto& [key, c] : constants_of(preset))
      for (const char* sign : {"", "-"})
        EXPECT_THAT(override_refusal(preset, key + "=" + sign + "1e13"), HasSubstr("must be")) << key;
  }
}

TEST(hardware, refuses_an_error_of_programming_below_zero_everywhere) {
  auto hw = load_hardware("ideal");
  EXPECT_THAT(override_refusal(hw, "device.error_0=-2"),
              HasSubstr("device.error_0 is -2 uS, and device.error_1 to error_4 are 0; an sd must be 0 or more"));
  override_hardware(hw, std::vector<std::string>{"device.error_0=-2", "device.error_1=0.1"});
  EXPECT_EQ(hw.device.error_0.value, -2);
}

TEST(hardware, switches_whole_parts_to_ideal_and_keeps_costs) {
  auto hw = load_hardware("random_rram_40nm");
  EXPECT_TRUE(hw.adc.clips);
  override_hardware(hw, "adc=unclipped");
  EXPECT_FALSE(hw.adc.clips);
  override_hardware(hw, std::vector<std::string>{"device=ideal", "adc=none"});
  EXPECT_EQ(hw.device.programming, programming_mode::write_verify);
  EXPECT_EQ(hw.device.read_noise.value, 0);
  EXPECT_EQ(hw.adc.converter, converter_kind::none);
  EXPECT_EQ(hw.adc.energy.value, 0.291);
}

}  // namespace spinule::hardware_test

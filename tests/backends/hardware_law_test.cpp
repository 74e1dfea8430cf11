// Laws of hardware files, for every preset and every key.
#include <spinule/backends/hardware.hpp>

#include <fstream>
#include <optional>
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <spinule/error.hpp>

#include "io/mutation.hpp"
#include "io/scratch.hpp"

namespace spinule::hardware_law_test {

class every_preset : public testing::TestWithParam<std::string> {
 protected:
  hardware preset() const { return load_hardware(GetParam()); }
  /// A preset with text of a user's own.
  hardware changed(const std::string& text) const {
    std::ofstream{folder_ / "mine.toml", std::ios::trunc} << "base = \"" << GetParam() << "\"\n" << text;
    return load_hardware((folder_ / "mine.toml").string());
  }
  scratch folder_;
};

std::string as_toml(const std::string& key, const std::string& value) {
  const auto dot = key.find('.');
  return dot == std::string::npos ? fmt::format("{} = {}\n", key, value)
                                  : fmt::format("[{}]\n{} = {}\n", key.substr(0, dot), key.substr(dot + 1), value);
}

/// One way to say it that is refused is refused the other way too.
template <class Change>
std::optional<hardware> if_taken(Change change) {
  try {
    return change();
  } catch (const spinule_error&) {
    return std::nullopt;
  }
}

TEST_P(every_preset, takes_a_constant_from_a_file_as_from_an_option) {
  const hardware usual = preset();
  int taken = 0;
  for (const auto& [key, c] : constants_of(usual)) {
    for (const double value : {c.value * 1.5, c.value, 1.0, -1.0, 1e300}) {
      const auto by_file = if_taken(
          [&] { return changed(as_toml(key, fmt::format("{{ value = {:e}, unit = \"{}\" }}", value, c.unit))); });
      const auto by_option = if_taken([&] {
        hardware hw = usual;
        override_hardware(hw, fmt::format("{}={:e} {}", key, value, c.unit));
        return hw;
      });
      ASSERT_EQ(by_file.has_value(), by_option.has_value()) << key << " = " << value;
      if (!by_file) continue;
      ++taken;
      const auto from_file = constants_of(*by_file), from_option = constants_of(*by_option);
      for (std::size_t i = 0; i < from_file.size(); ++i)
        ASSERT_EQ(from_file[i].value.value, from_option[i].value.value) << key << " changed " << from_file[i].key;
    }
  }
  EXPECT_GT(taken, 20);
}

TEST_P(every_preset, refuses_what_is_no_number_for_every_constant) {
  for (const auto& [key, c] : constants_of(preset()))
    for (const char* wrong : {"", "much", "nan", "inf", "1 lightyear", "0x", "1e999", "--1"}) {
      hardware hw = preset();
      try {
        override_hardware(hw, fmt::format("{}={}", key, wrong));
        ADD_FAILURE() << key << "=" << wrong << " was taken";
      } catch (const spinule_error& refused) {
        EXPECT_NE(std::string{refused.what()}.find(key), std::string::npos) << refused.what();
      }
    }
}

TEST_P(every_preset, takes_every_choice_and_no_other) {
  for (const auto& [key, value, allowed] : choices_of(preset())) {
    for (const auto& other : allowed) {
      const auto chosen = if_taken([&] {
        hardware hw = preset();
        override_hardware(hw, key + "=" + other);
        return hw;
      });
      if (!chosen) continue;  // at odds with a constant of this preset
      for (const auto& now : choices_of(*chosen)) {
        if (now.key == key) {
          EXPECT_EQ(now.value, other) << key;
        }
      }
    }
    hardware hw = preset();
    EXPECT_THROW(override_hardware(hw, key + "=anything"), spinule_error) << key;
  }
}

TEST_P(every_preset, survives_damage_to_a_file_that_names_all_its_constants) {
  std::string text = "base = \"" + GetParam() + "\"\n";
  std::string part;
  for (const auto& [key, c] : constants_of(preset())) {
    const auto dot = key.find('.');
    if (key.substr(0, dot) != part) text += "[" + (part = key.substr(0, dot)) + "]\n";
    text += fmt::format("{} = {{ value = {:e}, unit = \"{}\" }}\n", key.substr(dot + 1), c.value, c.unit);
  }
  const std::string path = (folder_ / "mine.toml").string();
  std::mt19937_64 random{11};
  for (int i = 0; i < 300; ++i) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << (i == 0 ? text : damaged(text, i, random));
    try {
      load_hardware(path);
    } catch (const spinule_error& refused) {
      ASSERT_NE(i, 0) << refused.what();
      ASSERT_NE(std::string{refused.what()}.find("mine.toml"), std::string::npos) << refused.what();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(hardware, every_preset, testing::ValuesIn(hardware_names()),
                         [](const auto& given) { return given.param; });

}  // namespace spinule::hardware_law_test

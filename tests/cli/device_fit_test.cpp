// Measured pulses become hardware on which models are replayed.
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/hardware.hpp>
#include <spinule/backends/pulsed_cells.hpp>

#include "cli/world.hpp"

namespace spinule::device_fit_test {

using testing::HasSubstr;

class device_fit : public command {
 protected:
  /// Twenty cells of soft bounds, pulsed up and down three times.
  std::string measured() {
    const std::string path = in("lot7.csv");
    std::ofstream file{path};
    file << "cell,direction,conductance_uS\n";
    pulsed_cells cells{20, {.step = 0.03, .cycle_sd = 0.3}, 5};
    const auto read = [&](const char* direction) {
      for (std::size_t i = 0; i < 20; ++i)
        file << fmt::format("{},{},{:.6g}\n", i, direction, 5 + 20 * (cells.states()[i] + 1));
    };
    read("start");
    for (int k = 0; k < 600; ++k) {
      const bool up = k / 100 % 2 == 0;
      cells.pulse(std::vector<std::int16_t>(20, up ? 1 : -1));
      read(up ? "up" : "down");
    }
    return path;
  }
};

TEST_F(device_fit, writes_hardware_and_a_picture) {
  const outcome o = spinule({"device", "fit", measured(), "-o", in("lot7.toml"), "--plot", in("lot7.svg")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_THAT(o.out, HasSubstr("12000 pulses of 20 cells"));
  EXPECT_THAT(o.out, testing::ContainsRegex("linear .*chosen"));
  EXPECT_EQ(load_hardware(in("lot7.toml")).name, "lot7");
  std::string first;
  std::getline(std::ifstream{in("lot7.svg")} >> std::ws, first);
  EXPECT_THAT(first, testing::StartsWith("<svg"));
  const outcome shown = spinule({"device", "fit", in("lot7.csv"), "--base", "isaac_32nm", "--name", "mine"});
  EXPECT_EQ(shown.code, 0) << shown.err;
}

TEST_F(device_fit, writes_what_can_be_read_whatever_its_names) {
  std::filesystem::rename(measured(), in("lot \"7\".csv"));
  std::ofstream{in("mine.toml")} << "base = \"isaac_32nm\"\n";
  std::filesystem::create_directory(in("sub"));
  const outcome o = spinule({"device", "fit", in("lot \"7\".csv"), "--base", in("mine.toml"), "--name", "a\\b\n\"c\"",
                             "-o", in("sub/new.toml")});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(load_hardware(in("sub/new.toml")).name, "a\\b\n\"c\"");
  EXPECT_EQ(load_hardware(in("sub/new.toml")).files.size(), 2u);
}

TEST_F(device_fit, refuses_to_write_over_its_base_and_a_base_without_cells) {
  std::ofstream{in("mine.toml")} << "base = \"isaac_32nm\"\n";
  const outcome over = spinule({"device", "fit", measured(), "--base", in("mine.toml"), "-o", in("mine.toml")});
  EXPECT_EQ(over.code, 2);
  EXPECT_THAT(over.err, HasSubstr("is already in use"));
  EXPECT_EQ(load_hardware(in("mine.toml")).files.size(), 1u);
  const outcome digital = spinule({"device", "fit", measured(), "--base", "truenorth", "-o", in("new.toml")});
  EXPECT_EQ(digital.code, 2);
  EXPECT_THAT(digital.err, HasSubstr("has no cells"));
}

TEST_F(device_fit, refuses_bad_input_and_writes_nothing) {
  std::ofstream{in("bad.csv")} << "direction,conductance_uS\nup,2\nup,much\n";
  const outcome bad = spinule({"device", "fit", in("bad.csv"), "-o", in("out.toml")});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.err, HasSubstr("bad.csv:3: conductance_uS is \"much\""));
  EXPECT_FALSE(std::filesystem::exists(in("out.toml")));
  std::ofstream{in("few.csv")} << "direction,conductance_uS\nup,2\nup,3\n";
  EXPECT_THAT(spinule({"device", "fit", in("few.csv")}).err, HasSubstr("few.csv: pulses: 1 up and 0 down"));
  EXPECT_EQ(spinule({"device", "fit", in("missing.csv")}).code, 1);
  EXPECT_EQ(spinule({"device"}).code, 2);
  EXPECT_THAT(spinule({"device", "fit", measured(), "--base", "isaak"}).err, HasSubstr("isaak: unknown hardware"));
  EXPECT_EQ(spinule({"device", "fit", in("lot7.csv"), "-o", in("lot7.csv")}).code, 2);
}

}  // namespace spinule::device_fit_test

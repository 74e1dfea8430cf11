// Arrays that are written pulse by pulse.
#include <cmath>

#include <gmock/gmock.h>

#include <spinule/backends/engine/tile.hpp>
#include <spinule/backends/pulsed_cells.hpp>
#include <spinule/error.hpp>

#include "io/message.hpp"

namespace spinule::pulsed_tiles_test {

connectivity some_weights() {
  connectivity c{.sources = 30, .targets = 20, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  for (index_t i = 0; i < c.sources; ++i) {
    for (index_t t = i % 3; t < c.targets; t += 3) {
      c.target.push_back(t);
      c.code.push_back(static_cast<std::int32_t>(100000 * ((7 * i + 3 * t) % 21)) - 1000000);
    }
    c.offsets.push_back(c.target.size());
  }
  return c;
}

hardware pulsed(const std::vector<std::string>& changes = {}) {
  hardware hw = load_hardware("neurram_130nm");
  override_hardware(hw, std::vector<std::string>{"device.programming=pulses", "device.levels=0"});
  override_hardware(hw, changes);
  return hw;
}

double worst_error(const tiled_projection& tiles, const connectivity& c) {
  double worst = 0;
  for (std::size_t line = 0; line < c.lines(); ++line)
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s)
      worst = std::max(worst, std::abs(tiles.weight(line, c.target[s]) - c.weight(s)) / 1e6);
  return worst;
}

TEST(pulsed_tiles, the_choices_of_hardware_are_the_responses_there_are) {
  std::vector<std::string> names;
  for (const auto& r : pulse_responses()) names.push_back(r.name);
  for (const auto& choice : choices_of(load_hardware("ideal"))) {
    if (choice.key == "device.pulses") {
      EXPECT_EQ(choice.allowed, names);
    }
  }
}

/// From -1, 200 pulses of a hundredth of what is left bring a cell to 1 - 2 * 0.99^200 = 0.73, 87 % of its window.
TEST(pulsed_tiles, whose_steps_shrink_hold_the_largest_weights_within_a_part_of_the_window) {
  const auto c = some_weights();
  const std::vector<std::string> soft{"device.pulses=linear", "pulses.tolerance=0.01"};
  const tiled_projection whole{c, pulsed(soft), 1, 0, 0};
  EXPECT_NEAR(worst_error(whole, c), 1 - 0.866, 0.02);
  for (const std::string part : {"0.8", "0.5"}) {
    auto less = soft;
    less.push_back("pulses.window=" + part);
    const tiled_projection tiles{c, pulsed(less), 1, 0, 0};
    EXPECT_LT(worst_error(tiles, c), 0.02 / std::stod(part)) << part;
    EXPECT_LT(tiles.programming().pulses, whole.programming().pulses) << part;
    EXPECT_NEAR(tiles.quanta_per_us() * std::stod(part), whole.quanta_per_us(), 1e-9 * whole.quanta_per_us());
  }
}

TEST(pulsed_tiles, hold_digits_and_offsets_within_the_tolerance) {
  const auto c = some_weights();
  const std::vector<std::string> slices{"array.slices=2", "device.bits_per_slice=3"}, offset{"array.signs=offset"};
  std::vector<std::string> both = slices;
  both.insert(both.end(), offset.begin(), offset.end());
  for (auto cut : {slices, offset, both}) {
    cut.insert(cut.end(), {"device.pulses=constant", "pulses.tolerance=0.01"});
    const tiled_projection tiles{c, pulsed(cut), 1, 0, 0};
    // A digit is kept as well as a weight of one pair, and half of the smallest digit is lost.
    EXPECT_LT(worst_error(tiles, c), 0.03 + 1.0 / 31) << cut[0];
    EXPECT_GT(worst_error(tiles, c), 0) << cut[0];
    EXPECT_GT(tiles.programming().pulses, 20 * tiles.programming().cells) << cut[0];
  }
  // With an offset every cell of the array is written, and one more for each row of a tile.
  const tiled_projection tiles{c, pulsed(offset), 1, 0, 0};
  EXPECT_EQ(tiles.programming().cells, 30u * (20 + 1));
}

TEST(pulsed_tiles, hold_their_weights_within_the_tolerance) {
  const auto c = some_weights();
  const tiled_projection tiles{c, pulsed({"device.pulses=constant", "pulses.tolerance=0.01"}), 1, 0, 0};
  // States from -1 to 1 are the window; resting cells are pristine. One pulse is half a per cent of it.
  EXPECT_LT(worst_error(tiles, c), 0.03);
  EXPECT_GT(tiles.programming().pulses, 50 * tiles.programming().cells);
  const tiled_projection coarse{c, pulsed({"device.pulses=constant", "pulses.tolerance=0.2"}), 1, 0, 0};
  EXPECT_GT(worst_error(coarse, c), worst_error(tiles, c));
  EXPECT_LT(coarse.programming().pulses, tiles.programming().pulses);
}

TEST(pulsed_tiles, spend_no_more_pulses_than_they_may) {
  const auto c = some_weights();
  const tiled_projection tiles{c, pulsed({"device.pulses=constant", "pulses.most_pulses=7"}), 1, 0, 0};
  EXPECT_LE(tiles.programming().pulses, 7 * tiles.programming().cells);
  EXPECT_GT(worst_error(tiles, c), 0.3);
}

TEST(pulsed_tiles, are_the_same_chip_whatever_the_cut) {
  const auto c = some_weights();
  const auto small = pulsed({"array.rows=8", "array.columns=8"});
  const tiled_projection a{c, pulsed(), 3, 1, 2}, b{c, small, 3, 1, 2}, other{c, small, 3, 2, 2};
  bool differ = false;
  for (std::size_t line = 0; line < c.lines(); ++line)
    for (index_t t = 0; t < c.targets; ++t) {
      EXPECT_EQ(a.weight(line, t), b.weight(line, t));
      differ |= a.weight(line, t) != other.weight(line, t);
    }
  EXPECT_TRUE(differ);
}

double value_of(const hardware& hw, const std::string& key) {
  for (const auto& c : constants_of(hw))
    if (c.key == key) return c.value.value;
  return NAN;
}

TEST(pulsed_tiles, numbers_follow_the_response_unless_they_are_set) {
  hardware hw = pulsed({"device.pulses=hfo2_array"});
  EXPECT_EQ(value_of(hw, "pulses.step"), 0.4622);
  EXPECT_EQ(value_of(hw, "pulses.lognormal"), 1);
  override_hardware(hw, "pulses.step=0.25");
  override_hardware(hw, "device.pulses=ecram_li");
  EXPECT_EQ(value_of(hw, "pulses.step"), 0.25);
  EXPECT_EQ(value_of(hw, "pulses.slope_down"), 0.5085);
  EXPECT_EQ(value_of(hw, "pulses.lognormal"), 0);
}

TEST(pulsed_tiles, refuse_what_is_no_response) {
  using testing::HasSubstr;
  const auto refusal = [](const std::string& change) { return message_of<spinule_error>([&] { pulsed({change}); }); };
  EXPECT_THAT(refusal("pulses.lowest=1"), HasSubstr("pulses.lowest is 1; it must be less than 0"));
  EXPECT_THAT(refusal("pulses.lognormal=0.5"), HasSubstr("0 or 1"));
  EXPECT_THAT(refusal("pulses.up_down=1"), HasSubstr("would change theirs"));
  EXPECT_THAT(refusal("pulses.step=0"), HasSubstr("more than 0"));
  EXPECT_THAT(refusal("device.pulses=flash"), HasSubstr("must be one of: constant, linear"));
}

}  // namespace spinule::pulsed_tiles_test

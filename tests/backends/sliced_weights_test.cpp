// Weights over several cells, signs as an offset, values that come in pulses: exact where ideal, and counted as
// published.
#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/engine/tile.hpp>
#include <spinule/error.hpp>

#include "networks.hpp"

namespace spinule::sliced_weights_test {

using changes = std::vector<std::string>;

hardware with(const std::string& preset, const changes& more) {
  hardware hw = load_hardware(preset);
  override_hardware(hw, more);
  return hw;
}

connectivity matrix(index_t sources = 30, index_t targets = 20) {
  connectivity c{.sources = sources, .targets = targets, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  for (index_t i = 0; i < sources; ++i) {
    for (index_t t = 0; t < targets; ++t) {
      c.target.push_back(t);
      c.code.push_back(static_cast<std::int32_t>(1009 * ((7 * i + 3 * t) % 41)) - 20000);
    }
    c.offsets.push_back(c.target.size());
  }
  return c;
}

TEST(sliced_weights, with_ideal_devices_give_exactly_the_spikes_of_cpu) {
  const network net = balanced(200);
  const auto expected = spikes_of({net, cpu{.tick = 1_ms, .threads = 1}}, 3, {150_ms});
  ASSERT_GT(total(expected), 200u);
  for (const changes& cut : {changes{"array.slices=4", "device.bits_per_slice=8"},
                             {"array.slices=16", "device.bits_per_slice=2"},
                             {"array.slices=4", "device.bits_per_slice=8", "array.signs=offset"},
                             {"array.signs=offset"}})
    EXPECT_EQ(expected, spikes_of({net, crossbar{.tick = 1_ms, .hardware = with("ideal", cut)}}, 3, {150_ms}))
        << testing::PrintToString(cut);
}

TEST(sliced_weights, keep_a_weight_to_half_a_step_of_all_their_digits) {
  const connectivity c = matrix();
  for (const auto& [cut, steps] : {std::pair{changes{"array.slices=2", "device.bits_per_slice=3"}, 63.0},
                                   {{"array.slices=3", "device.bits_per_slice=2"}, 63.0},
                                   {{"array.slices=1", "device.bits_per_slice=4"}, 15.0},
                                   {{"array.slices=2", "device.bits_per_slice=3", "array.signs=offset"}, 31.0}}) {
    changes all = cut;
    all.push_back("device.read_noise=0.01");  // cells, not whole numbers
    const tiled_projection tiles{c, with("ideal", all), 1, 0, 0};
    std::set<double> seen;
    for (std::size_t line = 0; line < c.lines(); ++line)
      for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s) {
        const double kept = tiles.weight(line, c.target[s]);
        EXPECT_NEAR(kept, c.weight(s), 20360 / steps / 2 + 1) << testing::PrintToString(cut);
        seen.insert(std::round(kept));
      }
    EXPECT_LE(seen.size(), 2 * steps + 1);
    EXPECT_GT(seen.size(), 10u);
  }
}

TEST(sliced_weights, take_columns_conversions_and_additions_for_each_slice) {
  const connectivity c = matrix(30, 64);
  const auto read = [&](const changes& cut) {
    tiled_projection tiles{c, with("isaac_32nm", cut), 1, 0, 0};
    std::vector<std::int32_t> input(64);
    return tiles.read(std::vector<std::uint32_t>{1, 5, 9}, 0, input);
  };
  const tile_activity one = read({}), four = read({"array.slices=4", "device.bits_per_slice=2"});
  EXPECT_EQ(one.tiles_read, 1u);
  EXPECT_EQ(four.tiles_read, 4u) << "16 weights to an array of 128 columns";
  EXPECT_EQ(four.conversions, 4 * one.conversions);
  EXPECT_EQ(four.additions, 4 * one.additions);
  EXPECT_EQ(four.cells_read, 4 * one.cells_read);
  EXPECT_EQ(four.widest, 64u) << "16 weights of 4 slices";
  const tile_activity shared = read({"array.signs=offset"});
  EXPECT_EQ(shared.cells_read * 2, one.cells_read) << "one cell a weight";
  EXPECT_EQ(shared.tiles_read, 1u) << "127 weights and the column that is subtracted";
}

TEST(sliced_weights, stay_close_through_converters_of_enough_bits) {
  const connectivity c = matrix();
  const std::vector<std::uint32_t> active{0, 3, 4, 17, 22};
  std::vector<std::int32_t> exact(20), sliced(20), offset(20);
  tiled_projection{c, load_hardware("ideal"), 1, 0, 0}.read(active, 0, exact);
  const changes fine{"adc.converter=linear", "adc.bits=16", "adc.range=rows", "device.bits_per_slice=4",
                     "array.slices=4"};
  tiled_projection{c, with("ideal", fine), 1, 0, 0}.read(active, 0, sliced);
  changes shifted = fine;
  shifted.push_back("array.signs=offset");
  tiled_projection{c, with("ideal", shifted), 1, 0, 0}.read(active, 0, offset);
  for (std::size_t j = 0; j < exact.size(); ++j) {
    EXPECT_NEAR(sliced[j], exact[j], 50) << j;
    EXPECT_NEAR(offset[j], exact[j], 100) << j;
  }
}

TEST(sliced_weights, are_at_most_as_many_conductances_as_levels) {
  const connectivity c = matrix();
  const hardware hw = with("isaac_32nm", {"array.slices=2", "device.bits_per_slice=4", "device.levels=4"});
  const tiled_projection tiles{c, hw, 1, 0, 0};
  std::set<double> seen;
  for (std::size_t line = 0; line < c.lines(); ++line)
    for (auto s = c.offsets[line]; s < c.offsets[line + 1]; ++s)
      seen.insert(std::round(tiles.weight(line, c.target[s])));
  EXPECT_LE(seen.size(), 31u) << "4 levels in each of two slices, of either sign";
}

struct sent_values {
  std::vector<std::int32_t> input;
  tile_activity took;
};

sent_values send(const changes& how) {
  const connectivity c = matrix();
  tiled_projection tiles{c, with("ideal", how), 1, 0, 0};
  tiles.carry_values(2);
  sent_values sent{std::vector<std::int32_t>(20), {}};
  sent.took =
      tiles.read(std::vector<std::uint32_t>{0, 3, 17, 22}, std::vector<float>{2, -0.5f, 1.25f, 0}, 0, sent.input);
  return sent;
}

TEST(values_in_pulses, give_the_same_sums_and_take_what_is_published) {
  const sent_values scaled = send({"dac.bits=5"});
  const double cells = scaled.took.cell_energy_pj;
  for (const auto& [scheme, phases, rounds] :
       {std::tuple{"bit_serial", 4u, 4u}, {"pulse_width", 16u, 1u}, {"single_spike", 16u, 1u}}) {
    const sent_values pulsed = send({"dac.bits=5", std::string{"dac.scheme="} + scheme});
    EXPECT_EQ(pulsed.input, scaled.input) << scheme;
    EXPECT_EQ(pulsed.took.phases, phases) << scheme;
    EXPECT_EQ(pulsed.took.rounds, rounds) << scheme;
    EXPECT_EQ(pulsed.took.conversions, rounds * scaled.took.conversions) << scheme;
    EXPECT_GT(pulsed.took.cell_energy_pj, cells) << scheme << ": the whole voltage, not a share of it";
  }
  // Codes of 2, -0.5, 1.25, 0 in steps of 2 / 15: 15, 4, 9, 0.
  const double row = send({"dac.bits=5", "dac.scheme=single_spike"}).took.cell_energy_pj / 3;
  EXPECT_NEAR(send({"dac.bits=5", "dac.scheme=pulse_width"}).took.cell_energy_pj, (15 + 4 + 9) * row, 0.1 * 28 * row);
  EXPECT_EQ(send({"dac.bits=5", "dac.scheme=bit_serial"}).took.rows_driven, (4u + 1 + 2) * scaled.took.tiles_read);
}

TEST(values_in_pulses, that_are_converted_bit_by_bit_stay_close) {
  const sent_values exact = send({"dac.bits=5"});
  const sent_values serial =
      send({"dac.bits=5", "dac.scheme=bit_serial", "adc.converter=linear", "adc.bits=16", "adc.range=rows"});
  for (std::size_t j = 0; j < exact.input.size(); ++j) EXPECT_NEAR(serial.input[j], exact.input[j], 120) << j;
}

TEST(sliced_weights, are_refused_where_they_do_not_fit) {
  const auto refusal = [](const std::string& preset, const changes& more) {
    try {
      with(preset, more);
    } catch (const spinule_error& e) {
      return std::string{e.what()};
    }
    return std::string{"nothing was refused"};
  };
  using testing::HasSubstr;
  EXPECT_THAT(refusal("isaac_32nm", {"array.slices=2"}), HasSubstr("device.bits_per_slice must say"));
  EXPECT_THAT(refusal("isaac_32nm", {"array.slices=8", "device.bits_per_slice=8"}), HasSubstr("more than 32 bits"));
  EXPECT_THAT(refusal("isaac_32nm", {"array.slices=4", "device.bits_per_slice=2", "array.columns=4"}),
              HasSubstr("takes 8 columns"));
  EXPECT_THAT(refusal("random_rram_40nm", {"array.signs=offset"}), HasSubstr("write_verify"));
  EXPECT_THAT(refusal("ideal", {"dac.scheme=bit_serial"}), HasSubstr("dac.bits is 0"));
}

}  // namespace spinule::sliced_weights_test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/engine/array_maps.hpp>
#include <spinule/backends/resistive_array.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::array_maps_test {

network small() {
  network net;
  const auto in = net.add("in", poisson{.rate = 100_Hz}, 20);
  const auto out = net.add("out", lif{}, 30);
  net.connect(in, out, all_to_all{}, {.weight = normal{0_mV, 1_mV}});
  return net;
}

crossbar arrays_of(std::vector<std::string> overrides) {
  hardware hw = load_hardware("isaac_32nm");
  override_hardware(hw, overrides);
  return {.tick = 1_ms, .hardware = hw, .chip = 2};
}

double pixel(const array_picture& p, std::size_t at) { return p.largest * p.levels[at] / 127; }

TEST(array_maps, show_what_the_cells_hold_and_how_far_that_is_from_what_was_asked) {
  const network net = small();
  const crossbar on = arrays_of({"array.rows=64", "array.columns=64", "device.error_0=1uS"});
  const auto maps = array_maps(net, on);
  ASSERT_EQ(maps.size(), 1u);
  const array_map& m = maps[0];
  EXPECT_EQ(m.projection, "in->out");
  EXPECT_EQ(m.tiles, 1u);
  ASSERT_EQ(m.conductance.levels.size(), 20u * 30u);
  const simulation sim{net, on};
  const auto held = sim.weights(sim.projection_at(0)), asked = sim.asked_weights(sim.projection_at(0));
  std::size_t widest = 0;
  for (std::size_t i = 0; i < held.size(); ++i)
    if (std::abs(held[i]) > std::abs(held[widest])) widest = i;
  const double uS_per_mV = m.conductance.largest / std::abs(held[widest]);
  double mean = 0;
  for (std::size_t i = 0; i < held.size(); ++i) {
    EXPECT_NEAR(pixel(m.conductance, i), held[i] * uS_per_mV, m.conductance.largest / 250) << i;
    EXPECT_NEAR(pixel(m.error, i), (held[i] - asked[i]) * uS_per_mV, m.error.largest / 250 + 1e-3) << i;
    mean += std::abs(held[i] - asked[i]) * uS_per_mV / 600;
  }
  EXPECT_NEAR(m.mean_error, mean, 1e-3);
  EXPECT_FALSE(m.drop);
}

// Both kinds of access show the same worst case; it is that of an array of the cells that the weights ask for.
TEST(array_maps, show_the_voltage_that_wires_take_from_every_cell) {
  const auto with = [](const char* access) {
    return arrays_of(
        {"device=ideal", "array.wires=exact", "array.row_resistance=20ohm", "array.column_resistance=20ohm", access});
  };
  const crossbar on = with("array.access=transistor");
  const simulation sim{small(), on};
  const auto weights = sim.weights(sim.projection_at(0));
  const auto& device = on.hardware.device;
  double largest = 0;
  for (const double w : weights) largest = std::max(largest, std::abs(w));
  std::vector<double> cells;
  for (const double w : weights)
    for (const double side : {w, -w})
      cells.push_back(device.g_min.value + std::max(side, 0.0) / largest * (device.g_max.value - device.g_min.value));
  const auto& a = on.hardware.array;
  const auto read = resistive_array{20,
                                    60,
                                    cells,
                                    {a.row_resistance.value, a.column_resistance.value, a.driver_resistance.value,
                                     a.sense_resistance.value}}
                        .solve(std::vector<double>(20, 1.0));
  for (const char* access : {"array.access=resistor", "array.access=transistor"}) {
    const auto maps = array_maps(small(), with(access));
    ASSERT_TRUE(maps.at(0).drop) << access;
    const array_picture& drop = *maps[0].drop;
    ASSERT_EQ(drop.levels.size(), 600u);
    EXPECT_GT(drop.largest, 0.01);
    for (std::size_t i = 0; i < 600; ++i) {
      const double plus = read.word[2 * i] - read.bit[2 * i], minus = read.word[2 * i + 1] - read.bit[2 * i + 1];
      EXPECT_NEAR(pixel(drop, i), 1 - std::min(plus, minus), drop.largest / 200) << i;
    }
  }
}

TEST(array_maps, choose_the_tile_that_is_farthest_off) {
  const auto maps = array_maps(small(), arrays_of({"array.rows=8", "array.columns=16", "device.stuck_on=0.1"}));
  const array_map& m = maps.at(0);
  EXPECT_EQ(m.tiles, 3u * 4u);
  EXPECT_LE(m.rows, 8u);
  EXPECT_LE(m.pairs, 8u);
  EXPECT_GT(m.mean_error, 0);
  EXPECT_EQ(array_maps(small(), arrays_of({"device.stuck_on=0.1"}), {.most_maps = 0}).size(), 0u);
}

TEST(array_maps, know_arrays_that_are_formed_at_random) {
  crossbar on{.tick = 1_ms, .hardware = load_hardware("random_rram_40nm"), .frozen = {{"in->out", 0.3}}};
  const auto maps = array_maps(small(), on);
  EXPECT_GT(maps.at(0).conductance.largest, 10);
  EXPECT_EQ(maps[0].error.largest, 0) << "nothing was asked of them";
}

TEST(array_maps, are_made_smaller_without_losing_the_cell_that_is_farthest_off) {
  std::vector<float> values(300 * 10, 0.1f);
  values[217 * 10 + 3] = -4;
  const auto p = picture_of(values, 300, 10, 128);
  EXPECT_EQ(p.rows, 100u);
  EXPECT_EQ(p.columns, 10u);
  EXPECT_EQ(p.largest, 4);
  EXPECT_EQ(p.levels[72 * 10 + 3], -127);
  EXPECT_EQ(p.levels[0], 3);
  EXPECT_EQ(picture_of(std::vector<float>(4), 2, 2, 8).levels, std::vector<std::int8_t>(4));
  EXPECT_THROW(picture_of(values, 300, 10, 0), spinule_error);
}

}  // namespace spinule::array_maps_test

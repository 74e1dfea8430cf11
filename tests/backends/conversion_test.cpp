// What conversions and ground take, by the law of each circuit and by published models; and a network without spikes.
#include <spinule/backends/engine/cost_model.hpp>

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/error.hpp>

namespace spinule::conversion_test {

hardware with(const std::string& preset, std::vector<std::string> changes) {
  hardware hw = load_hardware(preset);
  override_hardware(hw, changes);
  return hw;
}

const hardware_layout layout{{{"in", 10, true}, {"out", 40}}, {{"in->out", 0, 1, 400, {1}}}};

struct conversion_cost {
  double pj, ns, um2;
};

/// Of one tile whose 64 pairs are converted, the largest result being `longest` steps of the converter.
conversion_cost cost_of(const hardware& hw, double column_us = 0, std::uint32_t longest = 0, std::uint64_t codes = 0) {
  const auto counted = [&](const tile_activity& did) {
    cost_meter meter{hw, layout};
    const population_activity pops[2]{};
    projection_activity p;
    p.array = did;
    meter.tick({pops, {&p, 1}});
    return meter.report();
  };
  const double of_1_us = std::pow(hw.array.read_voltage.value, 2) * hw.array.read_time.value * 1e-3;
  const cost_report none = counted({.tiles_read = 1, .phases = 1});
  const cost_report r = counted({.tiles_read = 1,
                                 .conversions = 1,
                                 .codes = codes,
                                 .cell_energy_pj = column_us * of_1_us,
                                 .phases = 1,
                                 .widest = 64,
                                 .longest_code = longest});
  conversion_cost c{0, (r.latency_us - none.latency_us) * 1e3, 0};
  for (const cost& d : r.dynamic) c.pj += d.component == "conversion" ? d.energy_pj : 0;
  for (const ground& a : r.areas)
    if (a.component == "converters") c.um2 = a.um2 / static_cast<double>(a.count);
  return c;
}

std::vector<std::string> circuit(const std::string& kind, int bits) {
  return {"adc.model=circuit",    "adc.kind=" + kind,       "adc.bits=" + std::to_string(bits),
          "adc.reference_bits=8", "adc.columns_per_adc=16", "adc.energy=2",
          "adc.time=9",           "adc.area=1000",          "adc.area_growth=1"};
}

TEST(conversion, takes_the_steps_of_its_circuit) {
  const auto of = [](const std::string& kind, int bits) { return cost_of(with("isaac_32nm", circuit(kind, bits))); };
  EXPECT_NEAR(of("sar", 8).ns, 16 * 9, 1e-6) << "16 pairs share a converter";
  EXPECT_NEAR(of("sar", 5).ns, 16 * 6, 1e-6) << "6 steps in place of 9";
  EXPECT_NEAR(of("sar", 5).pj, 2 * 6.0 / 9, 1e-9);
  EXPECT_NEAR(of("ramp", 8).ns, 9, 1e-6) << "all columns at once";
  EXPECT_NEAR(of("ramp", 6).ns, 9.0 / 4, 1e-6);
  EXPECT_NEAR(of("ramp", 6).pj, 0.5, 1e-9);
  EXPECT_NEAR(of("flash", 8).ns, 16 * 9, 1e-6);
  EXPECT_NEAR(of("flash", 4).ns, 16 * 9, 1e-6) << "one step at any resolution";
  EXPECT_NEAR(of("flash", 4).pj, 2 * 15.0 / 255, 1e-9) << "15 comparators in place of 255";
  EXPECT_NEAR(of("flash", 4).um2, 1000 * 15.0 / 255, 1e-9);
  EXPECT_NEAR(of("sense_amplifier", 8).pj, 2, 1e-9) << "one comparison";
  EXPECT_NEAR(of("sense_amplifier", 8).ns, 16 * 9, 1e-6);
}

TEST(conversion, of_an_integrating_column_takes_what_its_pulses_take) {
  const hardware hw = with("neurram_130nm", circuit("integrate_and_fire", 6));
  const conversion_cost c = cost_of(hw, 0, 31, 127);
  EXPECT_NEAR(c.pj, 2, 1e-9) << "127 pulses are a full conversion of 8 bits";
  EXPECT_NEAR(cost_of(hw, 0, 0, 0).pj, 0, 1e-9) << "nothing integrated, nothing fired";
  EXPECT_NEAR(cost_of(hw, 0, 127).ns, 9, 1e-6) << "as long as the largest sum takes, all columns at once";
  EXPECT_NEAR(cost_of(hw, 0, 31).ns, 9.0 * 31 / 127, 1e-6);
}

TEST(conversion, follows_the_survey_where_it_is_asked_to) {
  const auto of = [](const std::string& nm, int bits) {
    return cost_of(
        with("isaac_32nm", {"adc.model=survey", "adc.node=" + nm + " nm", "adc.bits=" + std::to_string(bits)}));
  };
  for (const auto& [nm, bits, pj] : {std::tuple{"65", 4, 3.50},
                                     {"65", 8, 6.49},
                                     {"32", 8, 1.71},
                                     {"32", 10, 3.31},
                                     {"28", 6, 0.83},
                                     {"16", 8, 0.47},
                                     {"7", 4, 0.053},
                                     {"7", 10, 0.19}})
    EXPECT_NEAR(of(nm, bits).pj, pj, 0.02 * pj + 0.001) << nm << " nm, " << bits << " bits";
  EXPECT_NEAR(of("65", 8).um2, 11862, 120);
  EXPECT_NEAR(of("16", 8).um2, 1340, 14);
  EXPECT_NEAR(of("7", 8).um2, 370, 4);
}

TEST(conversion, follows_waldens_figure_of_merit) {
  EXPECT_NEAR(cost_of(with("isaac_32nm", {"adc.model=walden", "adc.figure_of_merit=10fJ", "adc.bits=6"})).pj, 0.64,
              1e-9);
}

TEST(conversion, of_neurosim_depends_on_the_resistance_of_the_column) {
  const hardware hw = with("isaac_32nm", {"adc.model=neurosim"});
  EXPECT_NEAR(cost_of(hw, 100).pj, 0.235, 0.001) << "10 kohm";
  EXPECT_NEAR(cost_of(hw, 1000).pj, 0.89, 0.01) << "1 kohm";
  const double at_40 = cost_of(with("random_rram_40nm", {"adc.model=neurosim"}), 100).pj;
  EXPECT_GT(at_40, 0.235) << "between 32 and 45 nm";
}

TEST(conversion, models_are_refused_where_they_do_not_reach) {
  const auto refusal = [](const std::string& preset, const std::vector<std::string>& changes) {
    try {
      with(preset, changes);
    } catch (const spinule_error& e) {
      return std::string{e.what()};
    }
    return std::string{"nothing was refused"};
  };
  EXPECT_THAT(refusal("isaac_32nm", {"adc.model=survey", "adc.bits=12"}), testing::HasSubstr("knows 4 to 10 bits"));
  EXPECT_THAT(refusal("isaac_32nm", {"adc.model=survey", "adc.node=0"}), testing::HasSubstr("needs the node"));
  EXPECT_THAT(refusal("neurram_130nm", {"adc.model=neurosim", "adc.kind=sar"}), testing::HasSubstr("7 to 65 nm"));
  EXPECT_THAT(refusal("isaac_32nm", {"adc.model=neurosim", "adc.kind=flash"}), testing::HasSubstr("adc.kind"));
  EXPECT_THAT(refusal("isaac_32nm", {"adc.kind=pipeline"}), testing::HasSubstr("adc.kind must be one of"));
}

connectivity two_rows() {
  return {.sources = 2,
          .targets = 3,
          .delays = {1},
          .offsets = {0, 3, 6},
          .target = {0, 1, 2, 0, 1, 2},
          .code = {900, -900, 100, 100, 50, 200}};
}

std::vector<std::int32_t> read_of(const hardware& hw, tile_activity& took) {
  tiled_projection tiles{two_rows(), hw, 1, 0, 0};
  tiles.full_scale(1000);
  std::vector<std::int32_t> input(3);
  took = tiles.read(std::vector<std::uint32_t>{0, 1}, 0, input);
  return input;
}

TEST(conversion, of_one_bit_gives_full_scale_or_nothing) {
  tile_activity took;
  const auto input = read_of(with("ideal", {"adc.converter=linear", "adc.kind=sense_amplifier"}), took);
  EXPECT_EQ(input, (std::vector<std::int32_t>{1000, 0, 0}));
}

TEST(conversion, of_an_integrating_column_counts_its_steps) {
  tile_activity took;
  read_of(with("ideal", {"adc.converter=linear", "adc.kind=integrate_and_fire", "adc.bits=4"}), took);
  EXPECT_EQ(took.codes, 7u + 6 + 2) << "1000, -850 and 300 in steps of 1000 / 7";
  EXPECT_EQ(took.longest_code, 7u);
}

TEST(area, adds_up_what_components_take) {
  const hardware hw = load_hardware("isaac_32nm");
  cost_meter meter{hw, {{{"in", 200, true}, {"out", 100}}, {{"in->out", 0, 1, 5000, {2, 2}}}}};
  const auto areas = meter.report().areas;
  double sum = 0;
  for (const ground& a : areas) {
    sum += a.um2;
    EXPECT_LE(a.low_um2, a.um2) << a.component;
    EXPECT_GE(a.high_um2, a.um2) << a.component;
    if (a.component == "cells") {
      EXPECT_EQ(a.count, 4u * 128 * 128);
      EXPECT_NEAR(a.um2, 4 * 128 * 128 * 0.128 * 0.128, 1e-6) << "4F x 4F";
      EXPECT_NEAR(a.low_um2, a.um2 / 4, 1e-6) << "2F x 2F";
    }
    if (a.component == "converters") {
      EXPECT_EQ(a.um2, 4 * 1200) << "one to an array";
    }
    if (a.component == "row drivers") {
      EXPECT_NEAR(a.um2, 4 * 128 * 0.166, 1e-9);
    }
    if (a.component == "neuron circuits") {
      EXPECT_EQ(a.count, 2u) << "64 neurons each";
    }
    if (a.component == "nodes") {
      EXPECT_EQ(a.um2, 120500);
    }
  }
  EXPECT_EQ(areas.size(), 6u) << "no row converter: no value is sent";
  EXPECT_DOUBLE_EQ(total(areas).um2, sum);
}

TEST(area, of_digital_hardware_is_that_of_its_chips) {
  cost_meter meter{load_hardware("odin"), {{{"liquid", 1000}}, {{"liquid->liquid", 0, 0, 16722, {}}}}};
  const auto areas = meter.report().areas;
  ASSERT_EQ(areas.size(), 1u);
  EXPECT_NEAR(areas[0].um2, 4 * 86000, 1e-6);
}

TEST(quantised_network, multiplies_once_a_synapse_and_is_beaten_below_its_rate) {
  const hardware hw = with("loihi_davies2018", {"tick.minimum=0"});
  const auto spent = [&](std::uint64_t events) {
    cost_meter meter{hw, {{{"in", 100, true}, {"out", 10}}, {{"in->out", 0, 1, 100000, {}}}}};
    const population_activity pops[2]{{0, events / 10}, {10, 0}};
    const projection_activity p{0, events, {}};
    for (int t = 0; t < 5; ++t) meter.tick({pops, {&p, 1}});
    return meter.report();
  };
  const cost_report r = spent(1000);
  const quantised_network& q = r.quantised;
  EXPECT_EQ(q.operations, 100000u);
  EXPECT_NEAR(q.energy_pj, 100000 * (0.2 + 0.1 + 1.25), 1e-6);
  EXPECT_DOUBLE_EQ(q.ticks(), 5);
  EXPECT_DOUBLE_EQ(q.rate(), 0.01);
  EXPECT_NEAR(q.event_pj + q.fixed_pj, r.total_pj(), 1e-6 * r.total_pj());
  const double rate = q.break_even(5);
  EXPECT_NEAR(rate / q.rate() * q.event_pj + q.fixed_pj, q.energy_pj, 1e-6 * q.energy_pj) << "as much at that rate";
  EXPECT_LT(q.break_even(10), rate) << "twice the ticks, less than half the rate";
}

TEST(quantised_network, grows_with_its_bits) {
  const auto pj = [](const std::string& bits) {
    cost_meter meter{with("odin", {"quantised.bits=" + bits}), {{{"a", 10}}, {{"a->a", 0, 0, 1, {}}}}};
    return meter.report().quantised.energy_pj;
  };
  EXPECT_NEAR(pj("4"), 0.2 / 4 + 0.1 + 1.25 / 2, 1e-12);
  EXPECT_NEAR(pj("32"), 0.2 * 16 + 0.1 + 1.25 * 4, 1e-12) << "Horowitz: 3.1 pJ for a product of 32 bits";
}

}  // namespace spinule::conversion_test

// Energy and time against silicon and against arithmetic by hand.
#include <spinule/backends/engine/cost_model.hpp>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/error.hpp>
#include <spinule/random.hpp>

namespace spinule::cost_model_test {

double energy_of(const cost_report& r, const std::string& component) {
  double sum = 0;
  for (const auto& c : r.dynamic) sum += c.component == component ? c.energy_pj : 0;
  return sum;
}

double power_uw(const cost_report& r) { return r.total_pj() / r.latency_us; }

hardware with(const std::string& preset, const std::vector<std::string>& changes = {}) {
  auto hw = load_hardware(preset);
  override_hardware(hw, changes);
  return hw;
}

TEST(cost_model, meets_the_published_power_of_truenorth) {
  const std::uint64_t neurons = 1048576;
  cost_meter meter{load_hardware("truenorth"),
                   {{{"chip", static_cast<index_t>(neurons)}}, {{"chip->chip", 0, 0, neurons * 128, {}}}}};
  EXPECT_EQ(meter.chips(), 1u);
  for (const auto& [rate, mw, error] : {std::tuple{11.58, 68.0, 0.1}, {95.93, 94.0, 1.3}, {20.07, 70.6, 0.05}}) {
    meter.reset();
    const auto spikes = static_cast<std::uint64_t>(static_cast<double>(neurons) * rate * 1e-3);
    const population_activity pop{neurons, spikes};
    const projection_activity proj{spikes * 128, spikes * 128, {}};  // each target on a core of its own
    for (int t = 0; t < 10; ++t) meter.tick({{&pop, 1}, {&proj, 1}});
    EXPECT_NEAR(power_uw(meter.report()) * 1e-3, mw, error) << rate << " Hz";
    EXPECT_DOUBLE_EQ(meter.latency_us(), 10'000);
  }
}

TEST(cost_model, meets_both_published_powers_of_odin) {
  const auto power = [](const std::string& clock) {
    cost_meter meter{with("odin", {"clock.frequency=" + clock}), {{{"core", 256}}, {{"core->core", 0, 0, 65536, {}}}}};
    const population_activity pop{256, 100};
    const projection_activity proj{100, 25600, {}};
    meter.tick({{&pop, 1}, {&proj, 1}});
    return power_uw(meter.report());
  };
  EXPECT_NEAR(power("75"), 476.9, 0.1);
  EXPECT_NEAR(power("1.3"), 35.1, 0.05);
}

TEST(cost_model, meets_the_published_energy_of_pohoiki_springs) {
  // A nearest-neighbour query: 667 to 750 spikes to 76800 neurons in 60 steps, 1.33 mJ measured.
  const auto energy = [](const std::string& preset, std::uint64_t spikes) {
    cost_meter meter{load_hardware(preset),
                     {{{"query", 1024, true}, {"store", 76800}}, {{"query->store", 0, 1, 1024ull * 76800, {}}}}};
    const population_activity quiet[2]{};
    const projection_activity burst{spikes * 75, spikes * 76800, {}}, none{};
    for (int t = 0; t < 60; ++t) meter.tick({quiet, {t == 0 ? &burst : &none, 1}});
    const auto r = meter.report();
    return (energy_of(r, "synaptic operation") + energy_of(r, "neuron update")) * 1e-9;
  };
  EXPECT_NEAR(energy("loihi_davies2018", 667), 1.449, 0.002);
  EXPECT_NEAR(energy("loihi_davies2018", 750), 1.599, 0.002);
  EXPECT_NEAR(energy("loihi_sanafe", 667), 2.054, 0.003);
  EXPECT_NEAR(energy("loihi_sanafe", 750), 2.281, 0.003);
}

/// fJ of an operation by part.
struct operation_cost {
  double neuron, pulses, word_lines;
  double sum() const { return neuron + pulses + word_lines; }
};

/// A core of NeuRRAM, 65 536 cells: a pair for each of 128 x 256 normal weights cut at three deviations. All inputs are
/// at their largest. They come bit by bit, and a sum is converted once: what each bit takes of rows and cells is added
/// to the conversions of one read.
operation_cost neurram_core(int input_bits, int output_bits) {
  connectivity c{.sources = 128, .targets = 256, .delays = {1}, .offsets = {0}, .target = {}, .code = {}};
  random_stream random{1, purpose::user, 0};
  for (index_t s = 0; s < c.sources; ++s) {
    for (index_t t = 0; t < c.targets; ++t) {
      c.target.push_back(t);
      c.code.push_back(static_cast<std::int32_t>(std::clamp(random.normal(), -3.0, 3.0) * 10000));
    }
    c.offsets.push_back(c.target.size());
  }
  std::vector<std::uint32_t> all(c.sources);
  std::iota(all.begin(), all.end(), 0u);
  const auto costs = [&](bool values) {
    std::vector<std::string> changes{fmt::format("adc.bits={}", output_bits), "dac.scheme=bit_serial", "dac.energy=0"};
    if (values) changes.push_back(fmt::format("dac.bits={}", input_bits));
    const hardware hw = with("neurram_130nm", changes);
    tiled_projection tiles{c, hw, 1, 0, 0};
    std::vector<std::int32_t> input(c.targets);
    projection_activity did;
    if (values) tiles.carry_values(1);
    did.array = tiles.read(all, std::vector<float>(values ? all.size() : 0, 1.0f), 0, input);
    cost_meter meter{hw, {{{"in", 128, true}, {"out", 256}}, {{"in->out", 0, 1, 32768, {2}, values}}}};
    const population_activity pops[2]{};
    meter.tick({pops, {&did, 1}});
    return meter.report();
  };
  const cost_report once = costs(false), bits = costs(input_bits > 1);  // one bit is a pulse
  const double fj = 1e3 / 65536;
  return {energy_of(once, "conversion") * fj, energy_of(bits, "cell read") * fj, energy_of(bits, "row drive") * fj};
}

TEST(cost_model, meets_the_published_energies_of_neurram_within_a_factor_of_two) {
  struct published {
    int output_bits, input_bits;
    double tops_per_w;
    operation_cost fj;
  };
  for (const auto& [output, input, tops_per_w, silicon] : {published{3, 1, 43.1, {9.0, 10.6, 3.4}},
                                                           {4, 2, 40.3, {8.3, 12.4, 4.0}},
                                                           {5, 3, 23.1, {15.5, 20.1, 7.7}},
                                                           {6, 4, 15.95, {21.8, 29.1, 11.5}},
                                                           {7, 5, 11.0, {30.9, 44.2, 14.0}},
                                                           {8, 6, 8.26, {37.2, 52.5, 19.2}},
                                                           {9, 7, 7.75, {43.7, 61.8, 22.8}},
                                                           {10, 8, 6.44, {50.5, 75.9, 27.5}}}) {
    const std::string at = fmt::format("{} bits out, {} in", output, input);
    EXPECT_NEAR(1e3 / silicon.sum() / tops_per_w, 1, 0.12) << at << ": the two published series are of one operation";
    const operation_cost ours = neurram_core(input, output);
    const auto within = [](double most) { return testing::AllOf(testing::Ge(1 / most), testing::Le(most)); };
    EXPECT_THAT(ours.neuron / silicon.neuron, within(1.45)) << at;
    EXPECT_THAT(ours.word_lines / silicon.word_lines, within(1.25)) << at;
    EXPECT_THAT(ours.pulses / silicon.pulses, within(1.65)) << at;
    EXPECT_THAT(1e3 / ours.sum() / tops_per_w, within(1.35)) << at;
  }
}

TEST(cost_model, synchronises_loihi_as_measured) {
  const auto tick_us = [](index_t neurons) {
    cost_meter meter{with("loihi_sanafe", {"neuron.inactive_time=0"}), {{{"p", neurons}}, {}}};
    const population_activity quiet{};
    meter.tick({{&quiet, 1}, {}});
    return meter.latency_us();
  };
  EXPECT_DOUBLE_EQ(tick_us(4096), 0.6);
  EXPECT_DOUBLE_EQ(tick_us(2 * 4096), 1.0);
  EXPECT_DOUBLE_EQ(tick_us(4 * 4096), 1.4);
  EXPECT_DOUBLE_EQ(tick_us(29 * 4096), 1.8);
}

class crossbar_costs : public testing::Test {
 protected:
  // Two populations, a projection from outside over two bands of tiles, a recurrent one in the node of the second.
  hardware hw = with("isaac_32nm", {"mesh.per_node=2"});
  hardware_layout layout{{{"in", 256, true}, {"liquid", 100}},
                         {{"in->liquid", 0, 1, 5000, {2, 2}}, {"liquid->liquid", 1, 1, 1000, {2}}}};
};

TEST_F(crossbar_costs, prices_every_component) {
  cost_meter meter{hw, layout};
  EXPECT_EQ(meter.units(), 6u);
  EXPECT_EQ(meter.nodes(), 3u);
  const population_activity pops[2]{{0, 7}, {100, 4}};
  projection_activity projs[2];
  projs[0].array = {.lines = 7,
                    .rows_driven = 14,
                    .cells_read = 1400,
                    .tiles_read = 4,
                    .conversions = 200,
                    .additions = 200,
                    .packets = 7,
                    .hops_x = 3,
                    .cell_energy_pj = 12.5,
                    .phases = 1,
                    .bands = 2,
                    .widest = 64,
                    .far_x = 1};
  meter.tick({pops, projs});
  const auto r = meter.report();
  EXPECT_DOUBLE_EQ(energy_of(r, "row drive"), 14 * 0.4167);
  EXPECT_DOUBLE_EQ(energy_of(r, "cell read"), 12.5);
  EXPECT_DOUBLE_EQ(energy_of(r, "conversion"), 200 * 1.667);
  EXPECT_DOUBLE_EQ(energy_of(r, "accumulation"), 200 * 0.885);
  EXPECT_DOUBLE_EQ(energy_of(r, "routing"), 7 * 40.9 + 3 * 20.74);
  EXPECT_DOUBLE_EQ(energy_of(r, "neuron update"), 100 * 5.1);
  // Read: 100 ns, 64 pairs on one 1.2 GS/s converter, 2 additions; neurons: 64 in turn and a spike; routing: 7 packets,
  // 1 hop.
  const double ns = 100 + 64 * 0.8333 + 2 + 64 + 1 + 7 + 4;
  EXPECT_NEAR(r.latency_us, ns * 1e-3, 1e-9);
  EXPECT_NEAR(r.static_pj(), 3 * 3820 * r.latency_us, 1e-6);
  EXPECT_NEAR(r.total_pj(), r.dynamic_pj() + r.static_pj(), 1e-9);
}

TEST_F(crossbar_costs, are_priced_at_both_ends_of_each_published_range) {
  const population_activity pops[2]{{0, 7}, {100, 4}};
  projection_activity projs[2];
  projs[0].array = {.lines = 7,
                    .rows_driven = 14,
                    .tiles_read = 4,
                    .conversions = 200,
                    .clipped = 3,
                    .packets = 7,
                    .hops_x = 3,
                    .cell_energy_pj = 12.5,
                    .phases = 1,
                    .widest = 64,
                    .far_x = 1};
  const auto priced = [&](const hardware& with_these) {
    cost_meter meter{with_these, layout};
    for (int t = 0; t < 3; ++t) meter.tick({pops, projs});
    return meter.report(1000);
  };
  const auto expect_sums = [](const cost_sum& sum, const cost_report& r, const std::string& what) {
    EXPECT_NEAR(sum.dynamic_pj, r.dynamic_pj(), 1e-9 * r.dynamic_pj()) << what;
    EXPECT_NEAR(sum.static_pj, r.static_pj(), 1e-9 * r.static_pj()) << what;
    EXPECT_NEAR(sum.real_time_pj, r.real_time_pj(), 1e-9 * r.real_time_pj()) << what;
  };
  const cost_report r = priced(hw);
  hardware cheap = hw, dear = hw;
  std::vector<std::string> keys;
  for (const auto& [key, c] : constants_of(hw))
    for (const cost_range& range : r.ranges) {
      if (range.constant != key) continue;
      keys.push_back(key);
      for (const auto& [bound, all, sum] : {std::tuple{c.low, &cheap, &range.low}, {c.high, &dear, &range.high}}) {
        const std::string change = fmt::format("{}={}", key, bound.value_or(c.value));
        hardware one = hw;
        override_hardware(one, change);
        override_hardware(*all, change);
        if (key == "array.read_voltage") continue;  // cells were counted at the voltage they were read with
        expect_sums(*sum, priced(one), change);
      }
    }
  EXPECT_THAT(keys,
              testing::IsSupersetOf({"adc.energy", "array.read_voltage", "mesh.hop_x_time", "standing.node_power"}));
  EXPECT_THAT(keys, testing::Not(testing::Contains("adc.bits"))) << "another number of bits gives other spikes";
  for (const auto& range : r.ranges)
    if (range.constant == "array.read_voltage") {
      EXPECT_NEAR(range.low.dynamic_pj, r.dynamic_pj() - 37.5 * (1 - 0.02 * 0.02 / 0.25), 1e-9) << "V^2: 0.02 of 0.5 V";
    }
  EXPECT_NEAR(r.together.high.static_pj, priced(dear).static_pj(), 1e-6);
  EXPECT_LT(r.together.low.dynamic_pj, r.dynamic_pj());
  EXPECT_GT(r.together.high.dynamic_pj, r.dynamic_pj());
  std::uint64_t clipped = 0;
  for (const cost& c : r.dynamic) clipped += c.clipped;
  EXPECT_EQ(clipped, 9u);
}

TEST_F(crossbar_costs, wait_for_the_sensor_in_real_time) {
  const population_activity pops[2]{};
  const projection_activity projs[2];
  cost_meter meter{hw, layout};
  meter.tick({pops, projs});
  const cost_report r = meter.report(1000);
  EXPECT_DOUBLE_EQ(r.duration_us, 1000);
  EXPECT_DOUBLE_EQ(r.static_pj(), 3 * 3820 * r.latency_us);
  EXPECT_DOUBLE_EQ(r.real_time_pj(), 3 * 3820 * 1000);
  const cost_report slow = meter.report(r.latency_us / 2);
  EXPECT_DOUBLE_EQ(slow.real_time_pj(), slow.static_pj()) << "hardware slower than the sensor takes its own time";
}

TEST_F(crossbar_costs, scale_with_converter_resolution) {
  const auto conversions = [&](const std::vector<std::string>& changes) {
    auto changed = hw;
    override_hardware(changed, changes);
    cost_meter meter{changed, layout};
    const population_activity pops[2]{};
    projection_activity projs[2];
    projs[0].array.conversions = 1000;
    meter.tick({pops, projs});
    return energy_of(meter.report(), "conversion");
  };
  EXPECT_NEAR(conversions({"adc.bits=4"}), 790, 20);  // hwcomponents: 0.79 pJ at 4 bits, 2.38 pJ at 10
  EXPECT_NEAR(conversions({"adc.bits=10"}), 2380, 40);
  EXPECT_DOUBLE_EQ(conversions({"adc=none"}), 1667);  // an ideal converter is priced as one of the reference resolution
}

TEST_F(crossbar_costs, route_spikes_to_every_node_of_their_band) {
  cost_meter meter{
      hw, layout};  // nodes 0 1 / 2: tiles 0 1 | 2 3 | 4 5; inputs at node 0, the liquid at its first tile, node 0
  ASSERT_EQ(meter.routes(0).size(), 2u);
  EXPECT_EQ(meter.routes(0)[0].hops_x + meter.routes(0)[0].hops_y, 0u);
  EXPECT_EQ(meter.routes(0)[1].hops_x, 1u);
  EXPECT_EQ(meter.routes(1)[0].hops_y, 1u);
  EXPECT_EQ(meter.routes(1)[0].packets, 1u);
}

TEST_F(crossbar_costs, are_measured_from_the_tiles_themselves) {
  connectivity c{
      .sources = 200, .targets = 100, .delays = {1}, .offsets = {0}, .target = {}, .code = {}, .constant = 3};
  for (index_t s = 0; s < c.sources; ++s) {
    for (index_t t = 0; t < c.targets; ++t) c.target.push_back(t);
    c.offsets.push_back(c.target.size());
  }
  tiled_projection tiles{c, hw, 1, 0, 0};
  EXPECT_EQ(tiles.band_tiles(), (std::vector<std::uint32_t>{2, 2}));
  cost_meter meter{hw, layout};
  tiles.route(meter.routes(0));
  std::vector<std::int32_t> input(100);
  const population_activity pops[2]{};
  projection_activity projs[2];
  projs[0].array = tiles.read(std::vector<std::uint32_t>{1, 2, 150}, 0, input);
  meter.tick({pops, projs});
  EXPECT_EQ(projs[0].array.packets, 3u);
  EXPECT_EQ(projs[0].array.hops_x, 1u);
  const double pair = 166.7 + 1.111;
  EXPECT_NEAR(energy_of(meter.report(), "cell read"), 3 * 100 * pair * 0.25 * 100 * 1e-3, 0.01);
}

TEST_F(crossbar_costs, start_again_after_a_reset_and_add_up_in_copies) {
  cost_meter meter{hw, layout};
  const population_activity pops[2]{{0, 1}, {50, 1}};
  const projection_activity projs[2]{};
  meter.tick({pops, projs});
  auto copy = meter;
  copy.tick({pops, projs});
  EXPECT_DOUBLE_EQ(copy.report().dynamic_pj(), 2 * meter.report().dynamic_pj());
  meter.reset();
  EXPECT_EQ(meter.report().total_pj(), 0);
  EXPECT_EQ(meter.latency_us(), 0);
}

TEST(cost_model, refuses_a_layout_that_does_not_fit_together) {
  EXPECT_THROW((cost_meter{load_hardware("odin"), {{{"a", 10}}, {{"a->b", 0, 1, 10, {}}}}}), spinule_error);
}

TEST(cost_model, charges_whole_chips) {
  cost_meter meter{load_hardware("odin"), {{{"liquid", 1000}}, {{"liquid->liquid", 0, 0, 16722, {}}}}};
  EXPECT_EQ(meter.chips(), 4u);
}

}  // namespace spinule::cost_model_test

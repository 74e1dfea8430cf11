// Rules that change pairs of pulsed cells.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <gmock/gmock.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/learning/dopamine_stdp.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/value_list.hpp>

#include "networks.hpp"

namespace spinule::plastic_tiles_test {

using testing::HasSubstr;

/// Cells with steps of one size and no noise, unless told otherwise.
hardware pulsed(double step, const std::vector<std::string>& changes = {}) {
  hardware hw = load_hardware("ideal");
  override_hardware(hw, std::vector<std::string>{
                            "device.programming=pulses", "device.pulses=constant", fmt::format("pulses.step={}", step),
                            fmt::format("pulses.tolerance={}", step / 2), "pulses.most_pulses=100000"});
  override_hardware(hw, changes);
  return hw;
}

/// Both sides of every synapse are told when to fire, so that weights move no spike.
struct taught {
  network net{3};
  projection learned;
  template <class Rule>
  explicit taught(const Rule& rule, index_t n = 20) {
    // Several of the synapses share a pair of cells, two at most.
    const auto sender = net.add("sender", poisson{.rate = 100_Hz}, n);
    const auto teacher = net.add("teacher", poisson{.rate = 100_Hz}, n);
    const auto cell = net.add("cell", lif{.tau = 1_ms, .threshold = 1e3_mV, .refractory = 0_ms}, n);
    net.connect(teacher, cell, one_to_one{}, {.weight = 3e3_mV});
    learned = net.connect(sender, cell, fixed_total_number{10 * n},
                          {.weight = uniform{0_mV, 1_mV}, .delay = uniform{1_ms, 5_ms}}, rule);
  }
  crossbar on(const hardware& hw, std::uint32_t chip = 0) const {
    return {.tick = 1_ms, .hardware = hw, .chip = chip, .exceptions = {{"teacher->cell", load_hardware("ideal")}}};
  }
};

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

cost of(const simulation& sim, const std::string& component) {
  const cost_report report = *sim.costs();
  for (const cost& c : report.programming)
    if (c.layer == "sender->cell" && c.component == component) return c;
  return {};
}

TEST(plastic_tiles, follow_the_rule_to_a_step_as_steps_vanish) {
  const taught t{pair_stdp{.w_max = 1_mV}};
  simulation exact{t.net, cpu{.tick = 1_ms, .threads = 1}};
  const auto start = exact.weights(t.learned);
  exact.run(1_s);
  const auto wanted = exact.weights(t.learned);
  ASSERT_GT(largest_difference(start, wanted), 0.1);
  for (const double step : {1e-2, 1e-3, 2e-4}) {
    const double one = step;  // mV: states from -1 to 1 are what a pair can hold, 2 mV
    simulation mixed{t.net, t.on(pulsed(step, {"update.scheme=mixed_precision"}))};
    EXPECT_LT(largest_difference(mixed.weights(t.learned), start), 2 * one);
    mixed.run(1_s);
    // Half a step of each start weight and of each refresh, and what waits.
    EXPECT_LT(largest_difference(mixed.weights(t.learned), wanted), 3 * one + 1e-6) << step;
    simulation direct{t.net, t.on(pulsed(step))};
    direct.run(1_s);
    // About 200 roundings of sd at most half a step; the largest of 200 synapses.
    EXPECT_LT(largest_difference(direct.weights(t.learned), wanted), 4 * std::sqrt(200) * one / 2 + 2 * one) << step;
  }
}

TEST(plastic_tiles, in_a_part_of_the_window_take_steps_that_are_as_much_coarser) {
  const taught t{pair_stdp{.w_max = 1_mV}};
  simulation exact{t.net, cpu{.tick = 1_ms, .threads = 1}};
  exact.run(1_s);
  const double one = 1e-3 / 0.5;
  simulation sim{t.net, t.on(pulsed(1e-3, {"update.scheme=mixed_precision", "pulses.window=0.5"}))};
  sim.run(1_s);
  EXPECT_LT(largest_difference(sim.weights(t.learned), exact.weights(t.learned)), 3 * one + 1e-6);
}

TEST(plastic_tiles, reach_weights_at_their_bound_with_soft_bounds_where_the_window_is_less) {
  network net{1};
  const auto in = net.add("in", poisson{.rate = 1_Hz}, 10);
  const auto cell = net.add("cell", lif{}, 10);
  const auto at_bound = net.connect(in, cell, all_to_all{}, {.weight = 1_mV, .delay = 1_ms}, pair_stdp{.w_max = 1_mV});
  const auto held = [&](const char* window) {
    hardware hw = load_hardware("ideal");
    override_hardware(hw, std::vector<std::string>{"device.programming=pulses", "device.pulses=linear", window});
    return simulation{net, crossbar{.tick = 1_ms, .hardware = hw}}.weights(at_bound);
  };
  for (const double w : held("pulses.window=1")) EXPECT_LT(w, 0.88) << "200 pulses of a hundredth do not suffice";
  for (const double w : held("pulses.window=0.8")) EXPECT_NEAR(w, 1, 0.02);
}

TEST(plastic_tiles, refresh_pairs_whose_cells_are_both_high) {
  // 100 pulses fill a cell, and there are about as many up as down.
  const taught t{pair_stdp{.lambda = 0.05, .w_max = 1_mV}};
  simulation exact{t.net, cpu{.tick = 1_ms, .threads = 1}};
  simulation sim{t.net, t.on(pulsed(0.02, {"update.scheme=mixed_precision"}))};
  exact.run(2_s);
  sim.run(2_s);
  EXPECT_GT(of(sim, "learning pulses").count, 100000u);  // more than all cells have room for
  EXPECT_GT(of(sim, "refresh pulses").count, 1000u);
  EXPECT_LT(largest_difference(sim.weights(t.learned), exact.weights(t.learned)), 0.05);
}

TEST(plastic_tiles, have_a_ledger_of_their_own_which_holds_what_was_carried_out) {
  const taught t{pair_stdp{.alpha = 0, .w_max = 1_mV, .dependence = weight_dependence::additive{}}};
  for (const char* scheme : {"update.scheme=direct", "update.scheme=mixed_precision"}) {
    simulation sim{t.net, t.on(pulsed(1e-3, {scheme}))};
    const auto before = sim.weights(t.learned);
    const cost written = of(sim, "programming pulses");
    EXPECT_GT(written.count, 0u);
    EXPECT_EQ(of(sim, "learning pulses").count, 0u);
    sim.run(200_ms);
    const auto after = sim.weights(t.learned);
    double steps = 0;
    for (std::size_t i = 0; i < after.size(); ++i) steps += (after[i] - before[i]) / 1e-3;  // of 2 mV in 2000
    const cost learned = of(sim, "learning pulses");
    EXPECT_GT(learned.count, 1000u);
    EXPECT_NEAR(static_cast<double>(learned.count), steps, 1e-3 * steps);  // some pulses meet the top of their cell
    EXPECT_GE(static_cast<double>(learned.count) + 0.5, steps);
    EXPECT_EQ(of(sim, "programming pulses").count, written.count);
    double pulse = 0;
    for (const auto& c : constants_of(load_hardware("ideal")))
      if (c.key == "device.write_energy") pulse = c.value.value;
    EXPECT_DOUBLE_EQ(learned.energy_pj, pulse * static_cast<double>(learned.count));
    double all = 0;
    const cost_report report = *sim.costs();
    for (const cost& c : report.dynamic) all += c.energy_pj;
    EXPECT_NEAR(all, report.dynamic_pj(), 1e-9 * all);  // which learning is no part of
    sim.begin_episode(1);
    EXPECT_EQ(of(sim, "learning pulses").count, 0u);
    EXPECT_EQ(sim.weights(t.learned), after);
  }
}

TEST(plastic_tiles, are_the_same_chip_in_pieces_in_copies_and_after_a_reset) {
  const taught t{pair_stdp{.w_max = 1_mV}};
  for (const char* response : {"device.pulses=reram_soft_bounds", "device.pulses=hfo2_array"}) {
    const hardware hw =
        pulsed(0.01, {response, "pulses.most_pulses=20", "device.stuck_on=0.02", "device.read_noise=0.02"});
    simulation whole{t.net, t.on(hw)}, pieces{whole};
    const auto start = whole.weights(t.learned);
    whole.run(200_ms);
    pieces.run(70_ms);
    simulation copy{pieces};
    pieces.run(130_ms);
    EXPECT_EQ(whole.weights(t.learned), pieces.weights(t.learned));
    EXPECT_NE(whole.weights(t.learned), copy.weights(t.learned));
    copy.run(130_ms);
    EXPECT_EQ(whole.weights(t.learned), copy.weights(t.learned));
    const auto pulses = of(whole, "learning pulses").count;
    whole.reset();
    EXPECT_EQ(whole.weights(t.learned), start);
    whole.run(200_ms);
    EXPECT_EQ(whole.weights(t.learned), pieces.weights(t.learned));
    EXPECT_EQ(of(whole, "learning pulses").count, pulses);
    simulation other{t.net, t.on(hw, 1)};
    other.run(200_ms);
    EXPECT_NE(other.weights(t.learned), whole.weights(t.learned));
  }
}

TEST(plastic_tiles, bring_what_their_cells_hold) {
  network net;
  const auto source = net.add("source", spike_list{{{3_ms, 0}, {5_ms, 0}, {5_ms, 1}}}, 2);
  const auto cell = net.add("cell", lif{.tau = 1e6_ms, .threshold = 1e3_mV}, 3);
  const auto j = net.connect(source, cell, all_to_all{}, {.weight = 2_mV, .delay = 1_ms}, pair_stdp{.w_max = 4_mV});
  hardware hw = pulsed(0.01, {"device.pulses=reram_soft_bounds", "array.rows=1", "array.columns=2"});
  simulation sim{net, crossbar{.tick = 1_ms, .hardware = hw}};
  sim.run(10_ms);
  const auto w = sim.weights(j);
  for (index_t i = 0; i < 3; ++i) EXPECT_NEAR(sim.state(cell, "v")[i], 2 * w[i] + w[3 + i], 1e-4 * std::abs(w[i])) << i;
  EXPECT_NE(w[0], w[1]);
}

TEST(plastic_tiles, take_weights_that_are_assigned) {
  const taught t{pair_stdp{.w_max = 1_mV}};
  simulation sim{t.net, t.on(pulsed(1e-3))};
  const auto before = of(sim, "programming pulses").count;
  auto w = sim.weights(t.learned);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = 0.25 + 0.5 * static_cast<double>(i % 7) / 7;
  sim.assign(t.learned, w);
  EXPECT_LT(largest_difference(sim.weights(t.learned), w), 1e-3);
  EXPECT_GT(of(sim, "programming pulses").count, before);
  EXPECT_EQ(of(sim, "learning pulses").count, 0u);
  sim.assign(t.learned, 4, std::vector<double>(sim.weights(t.learned, 4).size(), 0.125));
  for (const double x : sim.weights(t.learned, 4)) EXPECT_NEAR(x, 0.125, 1e-3);
}

TEST(plastic_tiles, carry_weights_with_bounds_and_no_rule) {
  network net;
  const auto source = net.add("source", poisson{.rate = 50_Hz}, 5);
  const auto cell = net.add("cell", lif{}, 4);
  const auto j = net.connect(source, cell, all_to_all{}, {.weight = 1_mV, .lowest = -2_mV, .highest = 2_mV});
  simulation sim{net, crossbar{.tick = 1_ms, .hardware = pulsed(1e-3)}};
  std::vector<double> w(20);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = -2 + 0.2 * static_cast<double>(i);
  sim.assign(j, w);
  EXPECT_LT(largest_difference(sim.weights(j), w), 2e-3);
}

TEST(plastic_tiles, follow_a_third_factor) {
  network net{5};
  const auto sender = net.add("sender", poisson{.rate = 80_Hz}, 10);
  const auto teacher = net.add("teacher", poisson{.rate = 80_Hz}, 10);
  const auto cell = net.add("cell", lif{.tau = 1_ms, .threshold = 1e3_mV, .refractory = 0_ms}, 10);
  const auto reward = net.add("reward", value_list{{{20_ms, 0, 1}, {60_ms, 0, 0.5}, {150_ms, 0, 2}}}, 1);
  net.connect(teacher, cell, one_to_one{}, {.weight = 3e3_mV});
  const auto j = net.connect(sender, cell, all_to_all{}, {.weight = 0.5_mV, .delay = 1_ms},
                             dopamine_stdp{.a_plus = 5e-4, .a_minus = 7.5e-4, .w_max = 1_mV});
  net.modulate(reward, j, factor::learning, 1_ms);
  simulation exact{net, cpu{.tick = 1_ms, .threads = 1}};
  const auto start = exact.weights(j);
  exact.run(300_ms);
  ASSERT_GT(largest_difference(start, exact.weights(j)), 0.01);
  simulation sim{net, crossbar{.tick = 1_ms,
                               .hardware = pulsed(1e-4, {"update.scheme=mixed_precision"}),
                               .exceptions = {{"teacher->cell", load_hardware("ideal")}}}};
  sim.run(300_ms);
  EXPECT_LT(largest_difference(sim.weights(j), exact.weights(j)), 3e-4);
}

TEST(plastic_tiles, are_refused_where_no_pulse_can_change_a_cell) {
  const taught t{pair_stdp{.w_max = 1_mV}};
  const auto refusal = [&](const crossbar& on) -> std::string {
    try {
      simulation{t.net, on};
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal({.tick = 1_ms, .hardware = load_hardware("random_rram_40nm")}),
              testing::AllOf(HasSubstr("projection \"sender->cell\""), HasSubstr("device.programming=pulses")));
  EXPECT_THAT(refusal(t.on(pulsed(0.01, {"array.wires=exact", "array.access=resistor"}))),
              HasSubstr("access=transistor"));
  EXPECT_THAT(refusal(t.on(pulsed(0.01, {"device.telegraph_cells=0.1"}))), HasSubstr("device.telegraph_cells=0"));
  for (const std::vector<std::string>& cut :
       {std::vector<std::string>{"array.signs=offset"}, {"array.slices=2", "device.bits_per_slice=2"}})
    EXPECT_THAT(refusal(t.on(pulsed(0.01, cut))), HasSubstr("each is one pair of cells")) << cut[0];
  crossbar frozen = t.on(pulsed(0.01));
  frozen.frozen = {{"sender->cell", 1}};
  EXPECT_THAT(refusal(frozen), HasSubstr("is frozen"));
  EXPECT_EQ(refusal(t.on(pulsed(0.01, {"array.wires=exact", "array.access=transistor"}))), "accepted");
  const auto wrong = [](const std::string& change) -> std::string {
    try {
      pulsed(0.01, {change});
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(wrong("update.refresh=0.6"), HasSubstr("at most 0.5"));
  EXPECT_THAT(wrong("pulses.window=0"), HasSubstr("more than 0 and at most 1"));
  EXPECT_THAT(wrong("update.threshold=0"), HasSubstr("more than 0"));
  EXPECT_THAT(wrong("update.scheme=stochastic"), HasSubstr("must be one of: direct, mixed_precision"));
}

}  // namespace spinule::plastic_tiles_test

// Full scale of converters from sample recordings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/parallel.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/rate_unit.hpp>

#include "io/message.hpp"
#include "networks.hpp"

namespace spinule::converter_ranges_test {

using ranges = std::vector<projection_range>;

hardware with(const std::string& preset, const std::vector<std::string>& more) {
  hardware hw = load_hardware(preset);
  override_hardware(hw, more);
  override_hardware(hw, "adc.range=data");
  return hw;
}

hardware from_data() { return with("ideal", {"adc.converter=linear", "adc.bits=6", "array.rows=2"}); }

void run(simulation& sim) { sim.run(100_ms); }

/// Three sources that fire at once onto one neuron; the arrays have two rows.
struct three_rows {
  network net{1};
  population_of<replay> in = net.add("in", replay{}, 3);
  population_of<lif> cell = net.add("cell", lif{.threshold = 100_mV}, 1);

  three_rows() {
    net.connect(in, cell, std::vector<listed<millivolts>>{{0, 0, 2_mV, 1_ms}, {1, 0, 3_mV, 1_ms}, {2, 0, -4_mV, 1_ms}});
  }
  static void play(simulation& sim, const population& in, const std::vector<index_t>& fire) {
    recording events{.events = {}, .length = 5_ms};
    for (const index_t i : fire) events.events.push_back({1000, i});
    sim.play(in, events);
    sim.run(5_ms);
  }
};

TEST(sum_record, knows_the_largest_and_what_a_share_stays_within) {
  sum_record sums;
  EXPECT_EQ(sums.within(1), 0);
  EXPECT_EQ(sums.within(0.5), 0);
  for (int i = 1; i <= 100; ++i) {
    sums.add(i % 2 == 0 ? i : -i);
    sums.add(0);
  }
  EXPECT_EQ(sums.largest(), 100);
  EXPECT_EQ(sums.within(1), 100);
  for (const double share : {0.01, 0.25, 0.5, 0.9, 0.99}) {
    EXPECT_GE(sums.within(share), 100 * share) << share;
    EXPECT_LE(sums.within(share), 100 * share * 1.04) << share;
  }
}

// Bands of two rows: 2 + 3 of the first, 4 of the second; not 1 of all.
TEST(converter_ranges, are_the_largest_sums_of_single_tiles) {
  const three_rows w;
  const crossbar on{.tick = 1_ms, .hardware = from_data()};
  const auto all = [&](simulation& sim) { w.play(sim, w.in, {0, 1, 2}); };
  const auto found = measure_ranges(w.net, on, all);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].projection, "in->cell");
  EXPECT_NEAR(found[0].full_scale, 5, 1e-6);
  const auto last = [&](simulation& sim) { w.play(sim, w.in, {2}); };
  EXPECT_NEAR(measure_ranges(w.net, on, last)[0].full_scale, 4, 1e-6);
}

TEST(converter_ranges, are_the_same_on_any_number_of_threads) {
  const network net = balanced(80);
  const crossbar on{.tick = 1_ms, .hardware = with("random_rram_40nm", {"adc.range_share=0.9"})};
  const auto measured = [&](int threads) {
    return measure_ranges(net, on, [&](simulation& sim) {
      for_each_sample(sim, 6, threads, [](simulation& copy, std::size_t i) {
        copy.reset(i);
        copy.run(40_ms);
      });
    });
  };
  const ranges alone = measured(1);
  EXPECT_EQ(alone, measured(3));
  for (const auto& r : alone) EXPECT_GT(r.full_scale, 0) << r.projection;
}

std::uint64_t clipped(const network& net, crossbar on, const ranges& from) {
  on.ranges = from;
  simulation sim{net, on};
  run(sim);
  std::uint64_t sum = 0;
  const cost_report costs = *sim.costs();
  for (const auto& c : costs.dynamic) sum += c.clipped;
  return sum;
}

// Without noise, and with spikes that the converter does not change, no sum is beyond the largest.
TEST(converter_ranges, hold_all_sums_or_the_share_that_is_asked_for) {
  const network net = balanced(80);
  crossbar on{.tick = 1_ms, .hardware = with("ideal", {"adc.converter=linear", "adc.bits=30"})};
  EXPECT_EQ(clipped(net, on, measure_ranges(net, on, run)), 0u);
  override_hardware(on.hardware, "adc.range_share=0.5");
  EXPECT_GT(clipped(net, on, measure_ranges(net, on, run)), 0u);
}

TEST(converter_ranges, leave_full_scale_as_expected_where_nothing_came) {
  const three_rows w;
  crossbar on{.tick = 1_ms, .hardware = from_data()};
  on.ranges = measure_ranges(w.net, on, [](simulation& sim) { sim.run(5_ms); });
  EXPECT_EQ(on.ranges[0].full_scale, 0);
  const auto answer = [&](const crossbar& to) {
    simulation sim{w.net, to};
    w.play(sim, w.in, {0, 1});
    return sim.read(w.cell, "v", 0);
  };
  crossbar expected = on;
  expected.ranges.clear();
  override_hardware(expected.hardware, "adc.range=expected");
  EXPECT_EQ(answer(on), answer(expected));
}

TEST(converter_ranges, are_those_of_values_too) {
  network net{4};
  const auto units = net.add("units", rate_unit{.tau = 5_ms, .bias = 0.7}, 12);
  const auto cells = net.add("cells", lif{.threshold = 5_mV}, 10);
  net.connect(units, cells, all_to_all{}, {.weight = 0.25_mV, .delay = 1_ms});
  crossbar on{.tick = 1_ms, .hardware = with("ideal", {"adc.converter=linear", "adc.bits=30"})};
  on.ranges = measure_ranges(net, on, run);
  simulation sim{net, on};
  run(sim);
  EXPECT_NEAR(on.ranges[0].full_scale, 12 * 0.25 * sim.read(units, "m", 0), 0.02 * on.ranges[0].full_scale);
  EXPECT_EQ(clipped(net, on, on.ranges), 0u);
}

TEST(converter_ranges, are_those_of_weights_that_learning_reaches) {
  network net{5};
  const auto noise = net.add("noise", poisson{.rate = 200_Hz}, 10);
  const auto cells = net.add("cells", lif{.tau = 10_ms, .threshold = 4_mV}, 8);
  net.connect(noise, cells, all_to_all{}, {.weight = 0.1_mV, .delay = 1_ms}, pair_stdp{.lambda = 0.01, .w_max = 4_mV});
  const crossbar on{.tick = 1_ms,
                    .hardware = with("random_rram_40nm", {"device.programming=pulses", "device.pulses=constant"})};
  const ranges found = measure_ranges(net, on, run);
  EXPECT_GT(found[0].full_scale, 0.1);
  EXPECT_LT(found[0].full_scale, 4);  // the bound of a single one of its ten weights, which `expected` assumes
  EXPECT_NO_THROW((simulation{net, crossbar{.tick = 1_ms, .hardware = on.hardware, .ranges = found}}));
}

TEST(converter_ranges, are_asked_for_by_who_builds) {
  const three_rows w;
  const auto refusal = [&](const hardware& hw, const ranges& from) {
    return message_of<spinule_error>([&] {
      simulation{w.net, crossbar{.tick = 1_ms, .hardware = hw, .ranges = from}};
    });
  };
  EXPECT_THAT(refusal(from_data(), {}),
              testing::AllOf(testing::HasSubstr("projection \"in->cell\""),
                             testing::HasSubstr("give what measure_ranges returns as ranges")));
  EXPECT_THAT(refusal(from_data(), {{"other", 3}}), testing::HasSubstr("those of another network"));
  EXPECT_EQ(refusal(from_data(), {{"in->cell", 3}}), "");
  EXPECT_EQ(refusal(with("ideal", {}), {}), "") << "it has no converter";
}

}  // namespace spinule::converter_ranges_test

// In what steps input is summed: no weight vanishes beside a larger one, or the network is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include <spinule/engine/lowering.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>

#include "statistics.hpp"

namespace spinule::quanta_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Several populations of 40 neurons onto one.
struct meeting {
  network net{5};
  population_of<lif> to = net.add("to", lif{}, 40);
  int sources = 0;

  population from() { return net.add("from" + std::to_string(++sources), lif{}, 40); }
  projection connect(value<millivolts> weight, const wiring& rule = one_to_one{}) {
    return net.connect(from(), to, rule, {.weight = weight, .delay = 1_ms});
  }
  projection connect(const std::vector<double>& weights) {
    std::vector<listed<millivolts>> list;
    for (index_t i = 0; i < weights.size(); ++i) list.push_back({i % 40, i / 40 % 40, millivolts{weights[i]}, 1_ms});
    return net.connect(from(), to, list);
  }
  double error(std::size_t projection, double weight) const {
    const auto low = lower(net, 1_ms);
    const auto& s = low->summaries[projection];
    return std::fabs(s.code(weight) * s.quantum - weight) / std::fabs(weight);
  }
  std::string refusal() const {
    return error_of([&] { lower(net, 1_ms); });
  }
};

TEST(quanta, a_small_weight_keeps_its_size_beside_a_large_one_on_the_same_port) {
  for (const double large : {1e4, 1e6, 1e12, 1e25}) {
    meeting m;
    m.connect(millivolts{large});
    m.connect(0.01_mV);
    EXPECT_LT(m.error(0, large), 0.001) << large;
    EXPECT_LT(m.error(1, 0.01), 0.001) << large;
  }
}

TEST(quanta, weights_of_all_sizes_meet_on_one_port) {
  meeting m;
  std::vector<double> weights;
  for (int i = 0; i < 12; ++i) weights.push_back((i % 2 ? -1.1 : 0.7) * std::pow(10, (7 * i) % 24 - 12));
  for (const double w : weights) m.connect(millivolts{w}, all_to_all{});
  for (std::size_t j = 0; j < weights.size(); ++j) EXPECT_LT(m.error(j, weights[j]), 0.001) << weights[j];
  const auto low = lower(m.net, 1_ms);
  EXPECT_LE(low->quanta[m.to.id].size(), 6u) << "each further column takes 20 bits at least";
  EXPECT_EQ(low->quanta[m.to.id].size(), low->column_ports[m.to.id].size());
}

TEST(quanta, of_the_other_ports_nothing_changes) {
  network net;
  const auto from = net.add("from", lif{}, 40);
  const auto to = net.add("to", current_lif{}, 40);
  net.connect(from, to[current_lif::inhibitory], one_to_one{}, {.weight = 100_pA, .delay = 1_ms});
  const auto plain = lower(net, 1_ms)->quanta[to.id];
  net.connect(from, to[current_lif::excitatory], one_to_one{}, {.weight = 1e9_pA, .delay = 1_ms});
  net.connect(from, to[current_lif::excitatory], one_to_one{}, {.weight = 1e-3_pA, .delay = 1_ms});
  const auto low = lower(net, 1_ms);
  const auto ports = static_cast<std::size_t>(current_lif::ports);
  ASSERT_EQ(low->quanta[to.id].size(), ports + 1);
  EXPECT_EQ(low->column_ports[to.id].back(), current_lif::excitatory.number);
  EXPECT_EQ(low->quanta[to.id][static_cast<std::size_t>(current_lif::inhibitory.number)],
            plain[static_cast<std::size_t>(current_lif::inhibitory.number)]);
}

TEST(quanta, weights_that_share_their_size_about_share_a_column) {
  meeting m;
  m.connect(5_mV, all_to_all{});
  m.connect(normal{0_mV, 0.5_mV}, all_to_all{});
  m.connect(-0.1_mV);
  m.net.drive(m.to, {.rate = 8_kHz, .weight = 0.1_mV});
  const auto low = lower(m.net, 1_ms);
  EXPECT_THAT(low->column_ports[m.to.id], ElementsAre(0, 1));
}

TEST(quanta, a_drive_keeps_its_size_too) {
  meeting m;
  m.connect(1e9_mV);
  m.net.drive(m.to, {.rate = 8_kHz, .weight = 0.1_mV});
  const auto low = lower(m.net, 1_ms);
  const lowered_drive& d = low->drives.front();
  EXPECT_NEAR(d.code * low->quanta[m.to.id][d.column], 0.1, 1e-4);
}

TEST(quanta, one_outlier_in_a_list_is_refused_with_both_weights) {
  meeting m;
  std::vector<double> weights(100, 100);
  weights[17] = 1e12;
  m.connect(weights);
  EXPECT_THAT(m.refusal(), AllOf(HasSubstr("projection \"from1->to\""), HasSubstr("a weight of 100 would become 0"),
                                 HasSubstr("beside one of 1e+12"), HasSubstr("projections of their own")));
}

TEST(quanta, many_different_weights_beside_an_outlier_are_refused_too) {
  meeting m;
  std::vector<double> weights;
  random_stream random{1, purpose::user, 0};
  for (int i = 0; i < 1000; ++i) weights.push_back(50 + 100 * random.uniform());
  weights[400] = -1e12;
  m.connect(weights);
  EXPECT_THAT(m.refusal(), AllOf(HasSubstr("would become 0"), HasSubstr("beside one of 1e+12")));
}

TEST(quanta, two_weights_of_a_list_that_no_column_holds_are_refused) {
  for (const double small : {0.01, -0.01}) {
    meeting m;
    m.connect(std::vector<double>{1e6, 1e6, small, 1e6});
    EXPECT_THAT(m.refusal(), AllOf(HasSubstr(fmt::format("a weight of {}", small)), HasSubstr("beside one of 1e+06")));
  }
}

TEST(quanta, weights_drawn_around_0_and_lists_of_such_are_no_fault) {
  meeting m;
  m.connect(normal{0_mV, 1_mV}, all_to_all{});
  std::vector<double> weights;
  random_stream random{1, purpose::user, 0};
  for (int i = 0; i < 1600; ++i) weights.push_back(random.normal() * (i % 16 == 0 ? 1e-12 : 1));
  m.connect(weights);
  m.connect(std::vector<double>(40, 0.0));
  EXPECT_EQ(m.refusal(), "no error");
}

TEST(quanta, a_law_too_wide_for_its_own_sums_is_refused) {
  meeting m;
  m.connect(lognormal{1_mV, 12.0}, all_to_all{});
  EXPECT_THAT(m.refusal(), AllOf(HasSubstr("projection \"from1->to\""), HasSubstr("beside one of")));
}

TEST(quanta, an_equal_weight_that_few_bits_would_lose_is_refused) {
  meeting m;
  const auto from = m.from();
  m.net.connect(from, m.to, one_to_one{}, {.weight = 100_mV, .delay = 1_ms, .weight_bits = 8});
  m.net.connect(from, m.to, one_to_one{}, {.weight = 0.3_mV, .delay = 1_ms, .weight_bits = 8});
  EXPECT_THAT(m.refusal(), AllOf(HasSubstr("a weight of 0.3 would become 0 in 8 bits beside one of 100"),
                                 HasSubstr("leave weight_bits at 32")));
}

TEST(quanta, rounding_drawn_weights_to_few_bits_was_asked_for) {
  meeting m;
  m.net.connect(m.from(), m.to, all_to_all{}, {.weight = normal{0_mV, 1_mV}, .delay = 1_ms, .weight_bits = 8});
  EXPECT_EQ(m.refusal(), "no error");
}

/// `n` events of neuron 0 in the tick from 1 ms on.
spike_list burst(int n) {
  spike_list list;
  for (int i = 0; i < n; ++i) list.spikes.push_back({milliseconds{1 + 0.001 * i}, 0});
  return list;
}

TEST(quanta, a_source_counts_as_often_as_it_says) {
  const auto quantum = [](auto source) {
    network net;
    const auto from = net.add("from", source, 1);
    const auto to = net.add("to", lif{}, 1);
    net.connect(from, to, all_to_all{}, {.weight = 1_mV});
    return lower(net, 1_ms)->summaries[0].quantum;
  };
  const double once = quantum(spike_list{{{1_ms, 0}, {2_ms, 0}, {3_ms, 0}}});
  EXPECT_EQ(once, quantum(direct_current{}));
  EXPECT_EQ(once, quantum(spike_list{}));
  EXPECT_EQ(8 * once, quantum(burst(8)));
  EXPECT_EQ(256 * once, quantum(burst(300)));
  EXPECT_EQ(most_events_per_tick * once, quantum(replay{}));
  EXPECT_EQ(most_events_per_tick * once, quantum(poisson{}));
}

}  // namespace spinule::quanta_test

// A pair of neurons may have any number of synapses, each with a weight and a delay of its own.
#include <map>
#include <memory>
#include <ostream>

#include <gtest/gtest.h>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/models/threshold_unit.hpp>
#include <spinule/simulation.hpp>

namespace spinule::many_delays_test {

constexpr index_t sources = 7, targets = 5;
constexpr ticks length = 90;

/// 6 synapses a pair on average, in random order; weights are whole and so exact in every form of storage.
std::vector<listed<number>> random_list() {
  random_stream random{3, purpose::user, 1};
  std::vector<listed<number>> list;
  for (int i = 0; i < 210; ++i)
    list.push_back({static_cast<index_t>(random.below(std::uint64_t{sources})),
                    static_cast<index_t>(random.below(std::uint64_t{targets})),
                    number{static_cast<double>(random.below(std::uint64_t{41})) - 20},
                    static_cast<double>(random.below(std::uint64_t{33})) * 1_ms});
  return list;
}

std::vector<event> random_events() {
  random_stream random{4, purpose::user, 1};
  std::vector<event> events;
  for (int t = 0; t < length; ++t)
    for (index_t a = 0; a < sources; ++a)
      if (random.uniform() < 0.15) events.push_back({1000 * t, a});
  return events;
}

/// What arrives at each target in each tick, by the definition.
std::map<std::pair<moment, index_t>, double> sums(const std::vector<listed_synapse>& synapses) {
  std::map<std::pair<moment, index_t>, double> sum;
  for (const event& e : random_events())
    for (const auto& s : synapses)
      if (s.source == e.channel) sum[{e.time_us / 1000 + static_cast<moment>(s.delay.value()), s.target}] += s.weight;
  return sum;
}

struct named_backend {
  const char* name;
  simulation (*build)(const network&);
};
void PrintTo(const named_backend& b, std::ostream* out) { *out << b.name; }

class many_delays : public testing::TestWithParam<named_backend> {
 protected:
  static void expect_sums(const network& net, const projection& wires) {
    simulation sim = GetParam().build(net);
    const population in = net.find("in"), out = net.find("out");
    const auto expected = sums(sim.synapses(wires));
    const probe_id id = sim.probe(out, "sum");
    sim.play(in, random_events());
    sim.run_ticks(length);
    const auto& got = sim.traced(id).values;
    for (moment t = 0; t < length; ++t)
      for (index_t b = 0; b < targets; ++b) {
        const auto sum = expected.find({t, b});
        ASSERT_EQ(got[static_cast<std::size_t>(t) * targets + b], sum == expected.end() ? 0 : sum->second)
            << "target " << b << ", tick " << t;
      }
  }
};

TEST_P(many_delays, of_a_list_are_each_delivered_and_read_back_in_their_order) {
  network net;
  const auto in = net.add("in", replay{}, sources);
  const auto out = net.add("out", threshold_unit{.threshold = 1e6}, targets);
  const auto list = random_list();
  const auto wires = net.connect(in, out, list);
  const auto read = GetParam().build(net).synapses(wires);
  ASSERT_EQ(read.size(), list.size());
  for (std::size_t i = 0; i < list.size(); ++i)
    EXPECT_EQ(read[i], (listed_synapse{list[i].source, list[i].target, list[i].weight.value(), list[i].delay}));
  expect_sums(net, wires);
}

TEST_P(many_delays, of_a_law_are_each_delivered) {
  for (const value<milliseconds>& law : std::vector<value<milliseconds>>{
           uniform{1_ms, 32_ms}, clipped{normal{10_ms, 6_ms}, 1_ms, 30_ms}, lognormal{8_ms, 0.4}}) {
    network net{5};
    const auto in = net.add("in", replay{}, sources);
    const auto out = net.add("out", threshold_unit{.threshold = 1e6}, targets);
    expect_sums(net, net.connect(in, out, fixed_total_number{200}, {.weight = 3, .delay = law}));
  }
}

TEST_P(many_delays, of_projections_between_the_same_two_populations_add_up) {
  network net;
  const auto in = net.add("in", spike_list{{{0_ms, 0}}}, 1);
  const auto out = net.add("out", threshold_unit{.threshold = 3}, 1);
  for (const milliseconds delay : {2_ms, 5_ms}) net.connect(in, out, one_to_one{}, {.weight = 1, .delay = delay});
  net.connect(in, out, {{0, 0, number{1}, 5_ms}, {0, 0, number{1}, 5_ms}, {0, 0, number{1}, 9_ms}});
  simulation sim = GetParam().build(net);
  sim.observe(out);
  sim.run(12_ms);
  ASSERT_EQ(sim.spikes(out).size(), 1u);
  EXPECT_EQ(sim.spikes(out)[0].when, 5);
}

// clang-format off
INSTANTIATE_TEST_SUITE_P(backends, many_delays, testing::Values(
    named_backend{"reference", [](const network& n) { return simulation{n, reference{1_ms}}; }},
    named_backend{"sweep", [](const network& n) { return simulation{n, cpu{.tick = 1_ms, .stepping = stepping::sweep}}; }},
    named_backend{"visit", [](const network& n) { return simulation{n, cpu{.tick = 1_ms, .stepping = stepping::visit}}; }},
    named_backend{"crossbar", [](const network& n) { return simulation{n, crossbar{.tick = 1_ms, .hardware = load_hardware("ideal")}}; }},
    named_backend{"digital", [](const network& n) { return simulation{n, digital{.tick = 1_ms, .hardware = load_hardware("loihi_davies2018")}}; }}),
    [](const auto& p) { return std::string{p.param.name}; });
// clang-format on

}  // namespace spinule::many_delays_test

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

#include "statistics.hpp"

namespace spinule::simulation_test {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

struct relay {
  network net;
  population_of<replay> input = net.add("input", replay{}, 3);
  population_of<lif> cells = net.add("cells", lif{.tau = 20_ms, .threshold = 1_mV, .refractory = 0_ms}, 3);
  projection wires = net.connect(input, cells, one_to_one{}, {.weight = 2_mV, .delay = 1_ms});
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
};

TEST(simulation, plays_from_now_on_and_keeps_what_is_observed) {
  relay r;
  r.sim.observe(r.cells);
  r.sim.run(5_ms);
  r.sim.play(r.input, std::vector<event>{{0, 0}, {2500, 2}});
  r.sim.run(10_ms);
  EXPECT_THAT(r.sim.spikes(r.cells), ElementsAre(spike{6, 0}, spike{8, 2}));
  EXPECT_THAT(r.sim.counts(r.cells), ElementsAre(1, 0, 1));
  EXPECT_EQ(r.sim.spike_count(), 4u) << "those of the source count";
  EXPECT_EQ(r.sim.synaptic_events(), 2u);
  EXPECT_EQ(r.sim.now(), 15);
}

TEST(simulation, counts_a_synaptic_event_for_every_synapse_of_every_spike) {
  network net{2};
  const auto noise = net.add("noise", poisson{.rate = 200_Hz}, 30);
  const auto cells = net.add("cells", lif{.tau = 20_ms, .threshold = 5_mV}, 50);
  const std::vector<projection> wires{
      net.connect(noise, cells, fixed_probability{0.4}, {.weight = 3_mV}),
      net.connect(cells, cells, fixed_indegree{.k = 7}, {.weight = -1_mV, .delay = uniform{1_ms, 5_ms}})};
  simulation sim{net, cpu{.tick = 1_ms, .threads = 1}};
  sim.observe(noise);
  sim.observe(cells);
  sim.run(50_ms);
  sim.clear_counts();  // which forgets no events
  sim.run(50_ms);
  std::uint64_t events = 0;
  for (const auto& [from, wire] : {std::pair{population{noise}, wires[0]}, std::pair{population{cells}, wires[1]}}) {
    for (const spike& s : sim.spikes(from)) events += sim.weights(wire, s.neuron).size();
  }
  ASSERT_GT(sim.spikes(cells).size(), 100u);
  EXPECT_EQ(sim.synaptic_events(), events);
}

TEST(simulation, reset_forgets_spikes_counts_and_recordings) {
  relay r;
  r.sim.observe(r.cells);
  r.sim.play(r.input, std::vector<event>{{0, 0}, {8000, 1}});
  r.sim.run(4_ms);
  r.sim.reset();
  r.sim.run(20_ms);
  EXPECT_TRUE(r.sim.spikes(r.cells).empty());
  EXPECT_EQ(r.sim.spike_count(), 0u);
  EXPECT_EQ(r.sim.now(), 20);
}

TEST(simulation, clear_counts_leaves_the_spikes) {
  relay r;
  r.sim.observe(r.cells);
  r.sim.play(r.input, std::vector<event>{{0, 1}});
  r.sim.run(4_ms);
  r.sim.clear_counts();
  EXPECT_THAT(r.sim.counts(r.cells), ElementsAre(0, 0, 0));
  EXPECT_EQ(r.sim.spikes(r.cells).size(), 1u);
}

TEST(simulation, a_probe_holds_the_end_of_every_tick) {
  relay r;
  const probe_id v = r.sim.probe(r.cells, "v", {1});
  r.net.initialise(r.cells, "v", 0.5_mV);
  simulation sim{r.net, cpu{.tick = 1_ms, .threads = 1}};
  const probe_id all = sim.probe(r.cells, "v");
  sim.run(3_ms);
  const trace& t = sim.traced(all);
  ASSERT_EQ(t.values.size(), 9u);
  EXPECT_EQ(t.first, 0);
  for (std::size_t k = 0; k < 3; ++k)
    EXPECT_NEAR(t.values[3 * k], 0.5 * portable_exp(-(static_cast<double>(k) + 1) / 20), 1e-6);
  EXPECT_DOUBLE_EQ(sim.read(r.cells, "v", 2), t.values[8]);
  r.sim.run(2_ms);
  EXPECT_THAT(r.sim.traced(v).values, ElementsAre(0, 0)) << "a network changed later does not change a simulation";
}

TEST(simulation, weights_are_those_in_use) {
  relay r;
  EXPECT_THAT(r.sim.weights(r.wires), ElementsAre(2, 2, 2));
}

TEST(simulation, refuses_recordings_that_do_not_fit) {
  relay r;
  EXPECT_THAT(error_of([&] {
                r.sim.play(r.input, std::vector<event>{{0, 3}});
              }),
              HasSubstr("population \"input\": an event names channel 3; the population has 3"));
  EXPECT_THAT(error_of([&] {
                r.sim.play(r.input, std::vector<event>{{-1, 0}});
              }),
              HasSubstr("-1 us, before the start"));
  EXPECT_THAT(error_of([&] { r.sim.play(r.cells, std::vector<event>{{0, 0}}); }), HasSubstr("use the source `replay`"));
}

TEST(simulation, refuses_more_events_of_a_channel_in_a_tick_than_sums_can_hold) {
  for (const bool plain : {false, true}) {
    relay r;
    simulation sim = plain ? simulation{r.net, reference{1_ms}} : r.sim;
    sim.play(r.input, std::vector<event>(most_events_per_tick, {0, 0}));
    EXPECT_NO_THROW(sim.run(2_ms));
    sim.play(r.input, std::vector<event>(most_events_per_tick + 1, {0, 0}));
    EXPECT_THAT(error_of([&] { sim.run(2_ms); }), HasSubstr("more than 32 events in one tick; use a shorter tick"));
  }
}

TEST(simulation, refuses_durations_that_are_none) {
  relay r;
  for (int i = 0; i < 10; ++i)
    EXPECT_THAT(error_of([&] { r.sim.run(1.5_ms); }),
                HasSubstr("run: 1.5 ms is not a whole number of ticks of 1 ms; give 1 ms or 2 ms"));
  EXPECT_EQ(r.sim.now(), 0);
  EXPECT_THAT(error_of([&] { r.sim.run(-1_ms); }), HasSubstr("-1 ms is negative"));
  EXPECT_THAT(error_of([&] { r.sim.run_ticks(-1); }), HasSubstr("negative"));
  EXPECT_NO_THROW(r.sim.run(0_ms));
}

TEST(simulation, refuses_what_does_not_exist) {
  relay r;
  network other;  // whose handles have the same numbers
  const auto foreign = other.add("input", replay{}, 3), stranger = other.add("cells", replay{}, 3);
  const projection wires = other.connect(foreign, other.add("more", lif{}, 3), one_to_one{}, {.weight = 1_mV});
  for (const auto& act : std::vector<std::function<void()>>{
           [&] { r.sim.observe(stranger); }, [&] { r.sim.counts(stranger); }, [&] { r.sim.spikes(stranger); },
           [&] { r.sim.play(stranger, std::vector<event>{}); }, [&] { r.sim.probe(stranger, "v"); },
           [&] { r.sim.weights(wires); }, [&] { r.sim.synapses(wires); }, [&] { r.sim.weights({}); },
           [&] { r.sim.read(stranger, "v", 0); }})
    EXPECT_THAT(error_of(act), HasSubstr("belongs to another network"));
  EXPECT_THAT(error_of([&] { r.sim.traced({0}); }), HasSubstr("belongs to another simulation"));
  EXPECT_THAT(error_of([&] { r.sim.spikes(r.cells); }), HasSubstr("is not observed; call observe() before run()"));
  EXPECT_THAT(error_of([&] { r.sim.probe(r.cells, "u"); }),
              AllOf(HasSubstr("no state field \"u\""), HasSubstr("v, hold")));
  EXPECT_THAT(error_of([&] { r.sim.probe(r.cells, "v", {3}); }), HasSubstr("has no neuron 3; it has 3"));
  EXPECT_THAT(error_of([&] { r.sim.read(r.cells, "v", 3); }), HasSubstr("has no neuron 3"));
  EXPECT_THAT(error_of([&] { r.sim.read(r.input, "v", 0); }), HasSubstr("has no state field"));
}

TEST(simulation, refuses_a_tick_that_the_network_cannot_take) {
  relay r;
  EXPECT_THAT(error_of([&] {
                simulation{r.net, cpu{.tick = 3_ms}};
              }),
              HasSubstr("projection \"input->cells\": 1 ms is not a whole number of ticks of 3 ms; give 0 ms or 3 ms"));
  EXPECT_THAT(error_of([&] { simulation{r.net, reference{0_ms}}; }), HasSubstr("tick: 0 ms is outside"));
}

TEST(simulation, gives_the_same_list_of_spikes_however_often_it_is_asked) {
  network net{2};
  const auto a = net.add("a", poisson{.rate = 50_Hz}, 40);
  const auto make = [&] {
    simulation sim{net, reference{1_ms}};
    sim.observe(a);
    return sim;
  };
  const auto list = [&](const simulation& sim) {
    const auto s = sim.spikes(a);
    return std::vector<spike>{s.begin(), s.end()};
  };
  simulation whole = make(), asked = make();
  whole.run(90_ms);
  ASSERT_GT(list(whole).size(), 60u);
  for (int i = 0; i < 3; ++i) {
    asked.run(20_ms);
    list(asked);
    asked.run(5_ms);
  }
  simulation copy{asked};
  for (simulation* sim : {&asked, &copy}) {
    sim->run(15_ms);
    EXPECT_EQ(list(*sim), list(whole));
  }
}

}  // namespace spinule::simulation_test

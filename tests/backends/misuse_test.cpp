// Misuse that used to pass in silence, or was reported as something else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include <spinule/backends/cpu.hpp>
#include <spinule/backends/reference.hpp>
#include <spinule/learning/pair_stdp.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/current_lif.hpp>
#include <spinule/models/leaky_integrator.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::misuse_test {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

void refused(const std::function<void()>& act, const char* what) {
  EXPECT_THAT(act, ThrowsMessage<spinule_error>(HasSubstr(what)));
}

template <class Cells>
auto both_ports(const Cells& cells) {
  return by_sign{cells[conductance_lif::excitatory], cells[conductance_lif::inhibitory]};
}

TEST(misuse, of_ports_of_two_populations_for_signed_weights) {
  network net, other;
  const auto in = net.add("in", spike_list{}, 2);
  const auto cells = net.add("cells", conductance_lif{}, 3), more = net.add("more", conductance_lif{}, 9);
  const auto foreign = other.add("cells", conductance_lif{}, 3);
  const std::vector<listed<nanosiemens>> list{{0, 1, 1_nS, 1_ms}, {1, 2, -2_nS, 1_ms}};
  for (const auto& second : {more, foreign})
    refused(
        [&] {
          net.connect(in, by_sign{cells[conductance_lif::excitatory], second[conductance_lif::inhibitory]}, list);
        },
        "the two ports of signed weights belong to different populations");
  EXPECT_TRUE(net.projections().empty());
}

TEST(misuse, of_bounds_and_rules_for_signed_weights) {
  network net;
  const auto in = net.add("in", spike_list{}, 2);
  const auto cells = net.add("cells", conductance_lif{}, 3);
  const auto currents = net.add("currents", current_lif{}, 3);
  const auto by_current = by_sign{currents[current_lif::excitatory], currents[current_lif::inhibitory]};
  const std::vector<listed<nanosiemens>> list{{0, 1, 1_nS, 1_ms}, {1, 2, -2_nS, 1_ms}};
  const std::vector<listed<picoamperes>> of_currents{{0, 1, 1_pA, 1_ms}, {1, 2, -2_pA, 1_ms}};
  refused([&] { net.connect(in, both_ports(cells), list, {.lowest = 0_nS, .highest = 5_nS}); },
          "the bounds of signed weights lie on both sides of 0, not at 0 and 5");
  refused([&] { net.connect(in, by_current, of_currents, {}, pair_stdp{.w_max = 5_pA}); }, "serves one sign only");
  const auto magnitudes = net.connect(in, both_ports(cells), list, {.lowest = -4_nS, .highest = 5_nS});
  const auto [positive, negative] = net.connect(in, by_current, of_currents, {.lowest = -4_pA, .highest = 5_pA});
  simulation sim{net, reference{1_ms}};
  EXPECT_THAT(sim.weights(magnitudes.inhibitory), ElementsAre(2));
  sim.assign(magnitudes.inhibitory, std::vector{4.0});
  sim.assign(positive, std::vector{5.0});
  sim.assign(negative, std::vector{-4.0});
  refused([&] { sim.assign(magnitudes.inhibitory, std::vector{4.5}); }, "outside the bounds 0 to 4");
  refused([&] { sim.assign(positive, std::vector{-1.0}); }, "outside the bounds 0 to 5");
  refused([&] { sim.assign(negative, std::vector{1.0}); }, "outside the bounds -4 to 0");
}

TEST(misuse, of_laws_that_reach_beyond_bounds) {
  network net;
  const auto in = net.add("in", spike_list{}, 20);
  const auto cells = net.add("cells", lif{}, 30);
  const auto connect = [&](value<millivolts> law) {
    return net.connect(in, cells, all_to_all{}, {.weight = law, .delay = 1_ms, .lowest = 0_mV, .highest = 2_mV});
  };
  refused([&] { connect(normal{1_mV, 2_mV}); }, "`clipped` keeps a law within bounds");
  const auto wires = connect(clipped{normal{1_mV, 2_mV}, 0_mV, 2_mV});
  EXPECT_THAT(simulation(net, cpu{.tick = 1_ms}).weights(wires), Each(testing::AllOf(testing::Ge(0), testing::Le(2))));
}

TEST(misuse, of_bounds_within_bounds) {
  const value<millivolts> inner = clipped{clipped{normal{0_mV, 1_mV}, 0_mV, 2_mV}, -1_mV, 1_mV};
  EXPECT_EQ(inner.low, 0);
  EXPECT_EQ(inner.high, 1);
  const value<millivolts> none = clipped{clipped{normal{0_mV, 1_mV}, 1_mV, 2_mV}, -1_mV, 0_mV};
  refused([&] { none.check("here"); }, "reversed");
}

TEST(misuse, of_a_simulation_that_runs) {
  network net;
  const auto in = net.add("in", spike_list{{{1_ms, 0}}}, 1);
  const auto cells = net.add("cells", lif{}, 1);
  const auto wires = net.connect(in, cells, all_to_all{}, {.weight = 1_mV, .lowest = 0_mV, .highest = 2_mV});
  const std::vector<std::function<void(simulation&)>> changes{
      [](simulation& s) { s.run(1_ms); },
      [](simulation& s) { s.reset(); },
      [](simulation& s) { s.begin_episode(); },
      [](simulation& s) { s.clear_counts(); },
      [&](simulation& s) { s.set(cells, "tau", 10_ms); },
      [&](simulation& s) { s.write(cells, "v", 0, 1); },
      [&](simulation& s) { s.assign(wires, std::vector{1.0}); },
      [&](simulation& s) { s.observe(cells); },
      [&](simulation& s) { s.probe(cells, "v"); },
      [&](simulation& s) { s.on_spikes(cells, [](moment, std::span<const index_t>) {}); }};
  for (const auto& change : changes) {
    simulation sim{net, cpu{.tick = 1_ms}};
    sim.on_spikes(in, [&](moment, std::span<const index_t>) { change(sim); });
    refused([&] { sim.run(3_ms); }, "is called while the simulation runs");
    sim.reset();
    sim.on_spikes(cells, [&](moment, std::span<const index_t>) { sim.read(cells, "v", 0); });
  }
  simulation sim{net, cpu{.tick = 1_ms}};
  refused([&] { sim.on_spikes(cells, {}); }, "no function");
}

struct backwards {
  static constexpr auto parameters = std::tuple{};
  struct kernel {
    kernel(const backwards&, const source_setting&) {}
    void emit(moment, std::vector<index_t>& fired) { fired.insert(fired.end(), {2, 1}); }
    void reset(std::uint64_t) {}
  };
};

TEST(misuse, of_a_source_that_sends_neurons_out_of_order) {
  network net;
  const auto in = net.add("in", backwards{}, 3);
  const auto cells = net.add("cells", lif{}, 3);
  net.connect(in, cells, one_to_one{}, {.weight = 1_mV});
  simulation fast{net, cpu{}}, plain{net, reference{}};
  for (simulation* sim : {&fast, &plain})
    refused([&] { sim->run(1_ms); }, "\"in\": its source sends neuron 1 after 2; let `emit` append them ascending");
}

TEST(misuse, of_numbers_that_mean_nothing) {
  network net;
  const auto in = net.add("in", spike_list{}, 1);
  const auto cells = net.add("cells", lif{}, 2);
  const auto connect = [&](millivolts w) { net.connect(in, cells, all_to_all{}, {.weight = w, .delay = 1_ms}); };
  const auto build = [&] { simulation{net, cpu{.tick = 1_ms}}; };
  refused([&] { net.add("far", lif{}, 1, {.positions = {{0, NAN, 0}}}); }, "a position is not finite");
  refused([&] { net.add("late", poisson{.start = 5_ms, .stop = 2_ms}, 1); }, "give a stop that is not earlier");
  refused([&] { net.add("late", direct_current{.start = 5_ms, .stop = 2_ms}, 1); }, "starts at 5 ms and stops at 2 ms");
  refused([&] { net.initialise(cells, "hold", 2.5); }, "it must be a whole number");
  refused([&] { net.initialise(cells, "v", std::vector<picoamperes>(2)); }, "the values given are");
  refused([&] { connect(millivolts{NAN}); }, "not a number");
  refused([&] { net.drive(cells, {.rate = kilohertz{INFINITY}, .weight = 1_mV}); }, "it must be finite");
  refused([&] { net.drive(cells, {.rate = 1_Hz, .weight = millivolts{1e-320}}); }, "from 1e-30 to 1e30");
  refused([&] { net.population_at(99); }, "has no population 99; it has 2");
  refused([&] { net.projection_at(0); }, "has no projection 0; it has 0");
  build();
  connect(millivolts{1e-300});
  refused(build, "from 1e-30 to 1e30");
}

TEST(misuse, is_none_where_plain_numbers_are_dimensionless) {
  network net;
  const auto in = net.add("in", spike_list{}, 4);
  const auto cells = net.add("cells", leaky_integrator{}, 4);
  const auto whole = net.connect(in, cells, all_to_all{}, {.weight = 1, .lowest = 0, .highest = 2});
  const auto drawn = net.connect(in, cells, one_to_one{}, {.weight = uniform{1, 3}});
  net.connect(in, cells, one_to_one{}, {.weight = clipped{normal{0.0, 1.0}, 0, 1}});
  net.connect(in, cells, one_to_one{}, {.weight = lognormal{1, 1}});
  const auto list = net.connect(in, cells, {{0, 0, 3, 1_ms}});
  net.drive(cells, {.rate = 5_Hz, .weight = 1});
  const auto units = net.add("units", lif{}, 2);
  net.initialise(units, "v", std::vector{1_mV, 2_mV});
  const simulation sim{net, cpu{.tick = 1_ms}};
  EXPECT_THAT(sim.weights(whole), Each(1));
  EXPECT_THAT(sim.weights(drawn), Each(testing::Ge(1)));
  EXPECT_THAT(sim.weights(list), ElementsAre(3));
  EXPECT_THAT(sim.state(units, "v"), ElementsAre(1, 2));
}

}  // namespace spinule::misuse_test

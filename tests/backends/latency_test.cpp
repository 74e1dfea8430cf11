// Three models of a tick's length: a sum, the slowest of each stage, messages one by one.
#include <spinule/backends/engine/cost_model.hpp>

#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/random.hpp>

#include "networks.hpp"

namespace spinule::latency_test {

using changes = std::vector<std::string>;

hardware with(const std::string& preset, changes more, const std::string& model, const std::string& sync = "barrier") {
  hardware hw = load_hardware(preset);
  more.push_back("mesh.latency=" + model);
  more.push_back("mesh.sync=" + sync);
  override_hardware(hw, more);
  return hw;
}

/// Cores that do nothing but take 20 ns for each message, one to a node, 3 ns a link and 1 ns into the mesh.
const changes plain{"capacity.core_neurons=10", "mesh.per_node=1",    "mesh.hop_x_time=3",  "mesh.hop_y_time=3",
                    "mesh.packet_time=1",       "message.in_time=20", "message.out_time=0", "neuron.active_time=0",
                    "neuron.inactive_time=0",   "synapse.time=0",     "synapse.cycles=0",   "sync.time=7",
                    "sync.per_doubling=0",      "sync.maximum=7",     "tick.minimum=0",     "neuron.spike_time=0"};

double ns_of(const hardware& hw, const hardware_layout& layout, std::uint64_t messages, int ticks = 1) {
  cost_meter meter{hw, layout};
  const std::vector<population_activity> pops(layout.populations.size());
  std::vector<projection_activity> did(layout.projections.size());
  for (auto& d : did) d.messages = messages;
  for (int t = 0; t < ticks; ++t) meter.tick({pops, did});
  return meter.latency_us() * 1e3;
}

/// Nine cores of one population each; 0 sends to 8, across the mesh of 3 x 3.
hardware_layout corners() {
  hardware_layout all;
  for (int i = 0; i < 9; ++i) all.populations.push_back({"p", 10});
  all.projections.push_back({"0->8", 0, 8, 100, {}});
  return all;
}

TEST(latency, of_one_message_is_its_way_by_every_model) {
  const double way = 1 + 4 * 3 + 20 + 7;  // in, four links, the core, the barrier
  for (const std::string preset : {"odin", "loihi_davies2018", "spinnaker2"})
    for (const std::string model : {"sum", "event_queue", "simple"})
      EXPECT_NEAR(ns_of(with(preset, plain, model), corners(), 1), way, 1e-9) << preset << " " << model;
}

TEST(latency, of_many_messages_is_the_first_one_s_way_and_the_work_of_the_core) {
  EXPECT_NEAR(ns_of(with("odin", plain, "event_queue"), corners(), 50), 1 + 4 * 3 + 50 * 20 + 7, 1e-9);
  EXPECT_NEAR(ns_of(with("odin", plain, "sum"), corners(), 50), 50 * (1 + 4 * 3 + 20) + 7, 1e-9);
  changes fast = plain;
  fast.push_back("message.in_time=1");
  EXPECT_NEAR(ns_of(with("odin", fast, "event_queue"), corners(), 50), 1 + 50 * 3 + 3 * 3 + 1 + 7, 1e-9)
      << "a link carries one at a time";
}

/// Everybody sends to everybody of the next few, on a mesh of 16 cores.
hardware_layout busy() {
  hardware_layout all;
  random_stream random{1, purpose::user, 0};
  for (int i = 0; i < 16; ++i) all.populations.push_back({"p", 10});
  for (int j = 0; j < 40; ++j)
    all.projections.push_back(
        {"x", static_cast<std::uint32_t>(random.below(16)), static_cast<std::uint32_t>(random.below(16)), 100, {}});
  return all;
}

TEST(latency, of_events_lies_between_the_longest_way_and_the_sum) {
  for (const std::uint64_t messages : {1u, 3u, 20u})
    for (const std::string buffer : {"1", "2", "16"}) {
      changes some = plain;
      some.push_back("mesh.buffer=" + buffer);
      const double events = ns_of(with("odin", some, "event_queue"), busy(), messages);
      EXPECT_LE(events, ns_of(with("odin", some, "sum"), busy(), messages));
      EXPECT_GE(events, 1 + 20 + 7.0);
      EXPECT_GE(events, 20.0 * static_cast<double>(messages)) << "the work of one core";
    }
}

TEST(latency, without_a_barrier_is_no_longer_than_with_one) {
  changes uneven = plain;
  uneven.insert(uneven.end(), {"sync.time=0", "sync.maximum=0"});
  const double with_barrier = ns_of(with("odin", uneven, "event_queue"), busy(), 5, 20);
  const double without = ns_of(with("odin", uneven, "event_queue", "asynchronous"), busy(), 5, 20);
  EXPECT_LE(without, with_barrier);
  EXPECT_GT(without, 0.3 * with_barrier);
}

TEST(latency, changes_neither_spikes_nor_energies_of_events) {
  const network net = balanced(200);
  const auto run = [&](const std::string& model) {
    simulation sim{net, crossbar{.tick = 1_ms, .hardware = with("isaac_32nm", {"mesh.per_node=2"}, model)}};
    sim.run(30_ms);
    return *sim.costs();
  };
  const cost_report simple = run("simple"), sum = run("sum"), events = run("event_queue");
  EXPECT_EQ(simple.dynamic_pj(), sum.dynamic_pj());
  EXPECT_EQ(simple.dynamic_pj(), events.dynamic_pj());
  EXPECT_LE(events.latency_us, sum.latency_us);
  EXPECT_GT(events.latency_us, 0.2 * simple.latency_us);
}

}  // namespace spinule::latency_test

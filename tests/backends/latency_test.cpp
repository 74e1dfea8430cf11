// Three models of a tick's length: a sum, the slowest of each stage, messages one by one.
#include <spinule/backends/engine/cost_model.hpp>

#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
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

/// A meter of two cores on two nodes, of 10 neurons each.
hardware_layout two_cores() { return {{{"a", 10}, {"b", 10}}, {{"a->b", 0, 1, 100, {}}}}; }

double ns_of(const hardware& hw, const std::vector<core_activity>& cores, const std::vector<core_message>& messages) {
  const hardware_layout layout = two_cores();
  cost_meter meter{hw, layout};
  const std::vector<population_activity> pops(2);
  std::vector<projection_activity> did(1);
  did[0].messages = messages.size();
  meter.tick({pops, did, cores, messages});
  return meter.latency_us() * 1e3;
}

/// Neurons take 4 ns with input, 2 without and 1 more for a spike, a message 5 ns to send; synapses 10 ns each.
changes busy_cores() {
  changes all = plain;
  all.insert(all.end(), {"neuron.active_time=4", "neuron.inactive_time=2", "neuron.spike_time=1", "message.out_time=5",
                         "synapse.time=10"});
  return all;
}

TEST(latency, of_a_message_counts_from_the_neuron_that_sends_it) {
  // The third neuron of a fires, of the first three one had input: it leaves after 4 + 2 * 2 + 1 + 5 ns, and core b
  // works on it and two synapses.
  const std::vector<core_activity> cores{{.active = 1, .inactive = 9, .spikes = 1}, {.active = 0, .inactive = 10}};
  const std::vector<core_message> message{{0, 1, 2, 1, 2, 1}};
  const double arrives = 4 + 2 * 2 + 1 + 5 + 1 + 3, done = arrives + 20 + 2 * 10;
  for (const std::string model : {"event_queue", "detailed"})
    EXPECT_NEAR(ns_of(with("odin", busy_cores(), model), cores, message), done + 7, 1e-9) << model;
  const double updates = 4 + 9 * 2 + 1 + 5 + 10 * 2;
  EXPECT_NEAR(ns_of(with("odin", busy_cores(), "sum"), cores, message), updates + 1 + 3 + 20 + 2 * 10 + 7, 1e-9);
}

/// Six cores in a row: three messages from the first to the third while the second sends one across the same link.
TEST(latency, of_messages_that_share_a_link_is_longer_than_apart) {
  hardware_layout row;
  for (int i = 0; i < 4; ++i) row.populations.push_back({"p", 10});  // 2 x 2 nodes
  row.projections.push_back({"x", 0, 3, 1, {}});
  changes some = plain;
  some.insert(some.end(), {"message.in_time=1", "mesh.packet_time=0", "mesh.hop_x_time=30", "mesh.hop_y_time=30"});
  const auto ns = [&](const std::vector<core_message>& messages) {
    cost_meter meter{with("odin", some, "event_queue"), row};
    const std::vector<population_activity> pops(4);
    const std::vector<projection_activity> did(1);
    meter.tick({pops, did, std::vector<core_activity>(4), messages});
    return meter.latency_us() * 1e3;
  };
  EXPECT_NEAR(ns({{0, 1, 0}, {2, 3, 0}}), 30 + 1 + 7, 1e-9) << "links of their own";
  EXPECT_NEAR(ns({{0, 1, 0}, {0, 3, 0}}), 30 + 30 + 30 + 1 + 7, 1e-9) << "the second waits for the link from 0 to 1";
  EXPECT_NEAR(ns({{0, 3, 0}, {1, 3, 0}}), 30 + 30 + 1 + 1 * 0 + 7, 1e-9) << "the link from 1 to 3 one after the other";
}

/// By hand, as `message_estimate` says: 3 ns a link, one link, 20 ns of work each, a buffer of one message.
TEST(latency, by_the_detailed_estimate_is_that_of_the_formula) {
  changes some = plain;
  some.insert(some.end(),
              {"mesh.packet_time=0", "message.in_time=0", "message.out_time=1", "synapse.time=1", "mesh.buffer=1"});
  const hardware hw = with("odin", some, "detailed");
  const std::vector<core_activity> cores(2);
  std::vector<core_message> messages;
  const auto send = [&](std::uint64_t work) {
    messages.push_back({0, 1, work});
    return ns_of(hw, cores, messages) - 7;
  };
  EXPECT_NEAR(send(20), 1 + 3 + 20, 1e-9);
  EXPECT_NEAR(send(20), 24 + 20, 1e-9) << "sent at 2, there at 2 + 1 * 20 / 2, taken when the first is done";
  EXPECT_NEAR(send(20), 44 + 20, 1e-9);
  EXPECT_NEAR(send(20), 64 + 20, 1e-9)
      << "the first has been taken at 4, two are under way: as many as there is room for";
  EXPECT_NEAR(send(20), 84 + 20, 1e-9) << "three are under way, so it is held up for 20 ns, until 25";
}

TEST(latency, by_the_detailed_estimate_grows_with_what_is_under_way_on_the_route) {
  // Core 0 floods core 1; then a message of core 0 goes past it to an idle core 3, two links away.
  hardware_layout square;
  for (int i = 0; i < 4; ++i) square.populations.push_back({"p", 10});
  square.projections.push_back({"x", 0, 3, 1, {}});
  changes some = plain;
  some.insert(some.end(),
              {"mesh.packet_time=0", "message.in_time=0", "message.out_time=1", "synapse.time=1", "mesh.buffer=1"});
  const auto ns = [&](const std::vector<core_message>& messages) {
    cost_meter meter{with("odin", some, "detailed"), square};
    const std::vector<population_activity> pops(4);
    const std::vector<projection_activity> did(1);
    meter.tick({pops, did, std::vector<core_activity>(4), messages});
    return meter.latency_us() * 1e3 - 7;
  };
  EXPECT_NEAR(ns({{0, 3, 100}}), 1 + 2 * 3 + 100, 1e-9);
  // The first five as above; the fifth is sent at 25, the sixth at 26, when the second has been taken (at 24). Three
  // are under way, each with a half on the way into the mesh and on the first link: 3 parts, as many as there is room
  // for. The mean work is (3 * 20 + 100) / 4 = 40, and 3 * 40 / 3 is longer than two links.
  EXPECT_NEAR(ns({{0, 1, 20}, {0, 1, 20}, {0, 1, 20}, {0, 1, 20}, {0, 1, 20}, {0, 3, 100}}), 26 + 40 + 100, 1e-9);
}

/// Ten neurons to a core; the input speaks to the neurons of the last core of three alone, and one of them with one of
/// the first.
TEST(latency, of_a_network_follows_the_cores_of_its_neurons) {
  network net{1};
  const auto in = net.add("in", spike_list{{{1_ms, 0}}}, 1);
  const auto a = net.add("a", lif{.tau = 20_ms, .threshold = 1_mV}, 30);
  net.connect(in, a, {{0, 25, 2_mV, 1_ms}});
  net.connect(a, a, {{25, 3, 0.1_mV, 1_ms}});
  changes some = busy_cores();
  some.insert(some.end(), {"mesh.hop_x_energy=1", "mesh.hop_y_energy=1", "mesh.packet_energy=0"});
  const auto run = [&](const std::string& model) {
    simulation sim{net, digital{.tick = 1_ms, .hardware = with("odin", some, model)}};
    sim.run(4_ms);
    return *sim.costs();
  };
  // Nodes lie 2 to a row: core 2 is one link from core 0. Four ticks, in each of which a core updates ten neurons and
  // waits for the barrier; the input in one, the neuron in another, an answer to core 0 in a third.
  const double idle = 10 * 2 + 7;
  const double input = 1 + 3 + 20 + 10;                      // longer than updating ten neurons
  const double fires = 5 * 2 + 4 + 1 + 5 + 1 + 3 + 20 + 10;  // five before it, and its message
  for (const std::string model : {"event_queue", "detailed"})
    EXPECT_NEAR(run(model).latency_us * 1e3, idle + (input + 7) + (fires + 7) + (9 * 2 + 4 + 7), 1e-9) << model;
  double routed = 0;
  for (const auto& c : run("simple").dynamic) routed += c.component == "routing" ? c.energy_pj : 0;
  EXPECT_EQ(routed, 2) << "one link for the input, one back";
}

/// 70000 neurons lie in two shards.
TEST(latency, of_active_neurons_alone_is_one_for_each_of_them) {
  network net{1};
  const auto in = net.add("in", poisson{.rate = 100_Hz}, 20);
  const auto few = net.add("few", lif{}, 300), many = net.add("many", lif{}, 70000);
  net.connect(in, few, fixed_probability{0.1}, {.weight = 1_mV, .delay = 1_ms});
  net.connect(in, many, fixed_probability{0.01}, {.weight = normal{1_mV, 0.1_mV}, .delay = uniform{1_ms, 5_ms}});
  changes some = plain;
  some.insert(some.end(),
              {"neuron.active_time=1", "neuron.active_energy=1", "neuron.inactive_energy=0", "message.in_time=0",
               "mesh.hop_x_time=0", "mesh.hop_y_time=0", "mesh.packet_time=0", "sync.time=0", "sync.maximum=0"});
  simulation sim{net, digital{.tick = 1_ms, .hardware = with("odin", some, "sum")}};
  sim.run(30_ms);
  const cost_report r = *sim.costs();
  double active = 0;
  for (const auto& c : r.dynamic) active += c.component == "neuron update" ? c.energy_pj : 0;
  EXPECT_GT(active, 1000);
  EXPECT_NEAR(r.latency_us * 1e3, active, 1e-6 * active);
}

TEST(latency, by_every_model_leaves_events_and_energy_alone) {
  const network net = balanced(200);
  const auto run = [&](const std::string& model) {
    simulation sim{net,
                   digital{.tick = 1_ms, .hardware = with("loihi_davies2018", {"capacity.core_neurons=32"}, model)}};
    sim.run(30_ms);
    return *sim.costs();
  };
  const cost_report simple = run("simple"), sum = run("sum");
  for (const std::string model : {"sum", "event_queue", "detailed"}) {
    const cost_report one = run(model);
    EXPECT_EQ(one.dynamic_pj(), simple.dynamic_pj()) << model;
    EXPECT_LE(one.latency_us, sum.latency_us) << model;
    EXPECT_GT(one.latency_us, 0.2 * simple.latency_us) << model;
  }
}

}  // namespace spinule::latency_test

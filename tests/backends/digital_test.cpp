// What spikes cost on digital cores, counted by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <spinule/backends/digital.hpp>
#include <spinule/models/conductance_lif.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/simulation.hpp>

namespace spinule::digital_test {

struct totals {
  std::uint64_t messages = 0, routed = 0, operations = 0;
  double message_pj = 0;
};

totals totals_of(const cost_report& r, const std::string& layer = "") {
  totals t;
  for (const auto& c : r.dynamic) {
    if (!layer.empty() && c.layer != layer) continue;
    if (c.component == "synaptic operation") t.operations += c.count;
    if (c.component == "routing") t.routed += c.count;
    if (c.component != "message") continue;
    t.messages += c.count;
    t.message_pj += c.energy_pj;
  }
  return t;
}

digital loihi(const std::string& core_neurons = "1024") {
  digital on{.tick = 1_ms, .hardware = load_hardware("loihi_davies2018")};
  override_hardware(on.hardware, std::vector<std::string>{"capacity.core_neurons=" + core_neurons});
  return on;
}

/// One spike of one neuron, and 60 ms for it to arrive.
totals of_one_spike(const network& net, const digital& on) {
  simulation sim{net, on};
  sim.run(60_ms);
  return totals_of(*sim.costs());
}

struct one_sender {
  network net{7};
  population_of<spike_list> sender = net.add("sender", spike_list{{{2_ms, 0}}}, 1);
  population_of<lif> cells = net.add("cells", lif{.threshold = 1e6_mV}, 20);
};

TEST(digital, sends_one_message_to_a_core_however_many_delays) {
  for (const bool spread : {false, true}) {
    one_sender s;
    std::vector<listed<millivolts>> list;
    for (index_t i = 0; i < 20; ++i) list.push_back({0, i, 1_mV, spread ? (i + 1) * 1_ms : 1_ms});
    s.net.connect(s.sender, s.cells, list);
    const totals t = of_one_spike(s.net, loihi());
    EXPECT_EQ(t.messages, 1u);
    EXPECT_EQ(t.routed, 1u);
    EXPECT_EQ(t.operations, 20u);
  }
}

TEST(digital, sends_one_message_to_a_core_however_many_projections) {
  one_sender s;
  for (int i = 0; i < 3; ++i) s.net.connect(s.sender, s.cells, all_to_all{}, {.weight = 1_mV, .delay = (i + 1) * 1_ms});
  EXPECT_EQ(of_one_spike(s.net, loihi()).messages, 1u);
}

TEST(digital, sends_a_message_to_every_core_of_the_targets) {
  for (const auto& [size, cores] : {std::pair{"1", 20u}, {"3", 7u}, {"10", 2u}, {"20", 1u}, {"1000000000", 1u}}) {
    one_sender s;
    s.net.connect(s.sender, s.cells, all_to_all{}, {.weight = 1_mV, .delay = 1_ms});
    s.net.connect(s.sender, s.cells, fixed_outdegree{.k = 9}, {.weight = 1_mV, .delay = 5_ms});
    EXPECT_EQ(of_one_spike(s.net, loihi(size)).messages, cores) << size;
  }
}

TEST(digital, sends_messages_of_their_own_to_different_populations) {
  one_sender s;
  const auto others = s.net.add("others", lif{}, 5);
  s.net.connect(s.sender, s.cells, all_to_all{}, {.weight = 1_mV, .delay = 1_ms});
  s.net.connect(s.sender, others, all_to_all{}, {.weight = 1_mV, .delay = 1_ms});
  EXPECT_EQ(of_one_spike(s.net, loihi()).messages, 2u);
}

TEST(digital, sends_no_message_without_a_target) {
  one_sender s;
  s.net.connect(s.sender, s.cells, std::vector<listed<millivolts>>{});
  EXPECT_EQ(of_one_spike(s.net, loihi()).messages, 0u);
}

struct busy {
  network net{3};
  population_of<poisson> noise = net.add("noise", poisson{.rate = 50_Hz}, 30);
  population_of<lif> a = net.add("a", lif{.threshold = 4_mV}, 50), b = net.add("b", lif{.threshold = 4_mV}, 40);
  explicit busy(value<milliseconds> delay) {
    net.connect(noise, a, fixed_probability{0.4}, {.weight = 2_mV, .delay = 1_ms});
    net.connect(a, b, fixed_probability{0.1}, {.weight = 1_mV, .delay = delay});
    net.connect(a, b, fixed_probability{0.1}, {.weight = normal{0_mV, 1_mV}, .delay = delay});
    net.connect(b, a, fixed_outdegree{.k = 3}, {.weight = -0.01_mV, .delay = delay});
  }
};

/// A second way to count: for every spike, the set of (population, core) that its synapses name.
TEST(digital, counts_what_the_synapses_say) {
  busy n{uniform{1_ms, 20_ms}};
  for (const index_t core : {1u, 7u, 50u}) {
    simulation sim{n.net, loihi(std::to_string(core))};
    for (index_t p = 0; p < 3; ++p) sim.observe(sim.population_at(p));
    sim.run(200_ms);
    std::map<std::pair<index_t, index_t>, std::set<std::pair<index_t, index_t>>> reached;  // of a neuron
    for (index_t j = 0; j < n.net.projections().size(); ++j)
      for (const auto& s : sim.synapses(sim.projection_at(j)))
        reached[{n.net.projections()[j].source, s.source}].insert({n.net.projections()[j].target, s.target / core});
    std::uint64_t expected = 0;
    for (index_t p = 0; p < 3; ++p)
      for (const spike& s : sim.spikes(sim.population_at(p))) expected += reached[{p, s.neuron}].size();
    ASSERT_GT(sim.spikes(n.a).size(), 100u);
    EXPECT_EQ(totals_of(*sim.costs()).messages, expected);
    EXPECT_EQ(totals_of(*sim.costs()).routed, expected);
  }
}

/// Rows of every form: weights of both signs and of 0 in bits, whole and sparse rows, two ports of a neuron.
struct many_forms {
  network net{5};
  population_of<poisson> noise = net.add("noise", poisson{.rate = 30_Hz}, 60);
  population_of<lif> cells = net.add("cells", lif{.threshold = 4_mV}, 150);
  population_of<conductance_lif> others = net.add("others", conductance_lif{}, 70);
  many_forms() {
    std::vector<listed<millivolts>> three_weights;
    random_stream random{1, purpose::user, 0};
    for (index_t i = 0; i < 60; ++i)
      for (index_t t = 0; t < 150; ++t)
        if (random.uniform() < 0.3)
          three_weights.push_back({i, t, (static_cast<int>(random.below(3)) - 1) * 1_mV, 2_ms});
    net.connect(noise, cells, three_weights);
    net.connect(noise, cells, fixed_probability{0.05}, {.weight = normal{0_mV, 1_mV}, .delay = uniform{1_ms, 9_ms}});
    net.connect(cells, cells, fixed_indegree{.k = 2}, {.weight = 0_mV, .delay = 3_ms});
    net.connect(noise, others[conductance_lif::excitatory], fixed_probability{0.02}, {.weight = 1_nS, .delay = 2_ms});
    net.connect(cells, others[conductance_lif::inhibitory], fixed_probability{0.02}, {.weight = 3_nS, .delay = 2_ms});
    const auto one = net.add("one", poisson{.rate = 5_Hz}, 1);
    net.connect(one, cells, all_to_all{}, {.weight = normal{0_mV, 1_mV}, .delay = 1_ms});
  }
};

TEST(digital, a_neuron_is_active_in_the_ticks_in_which_synapses_reach_it) {
  many_forms n;
  constexpr int ticks_run = 300;
  digital on = loihi();
  on.hardware.neuron.active_energy.value = 1;
  on.hardware.neuron.inactive_energy.value = 0;
  simulation sim{n.net, on};
  const auto populations = static_cast<index_t>(n.net.populations().size());
  for (index_t p = 0; p < populations; ++p) sim.observe(sim.population_at(p));
  sim.run(ticks_run * 1_ms);
  std::set<std::tuple<moment, index_t, index_t>> reached;  // tick, population, neuron
  std::uint64_t events = 0;
  for (index_t j = 0; j < n.net.projections().size(); ++j) {
    const auto& d = n.net.projections()[j];
    std::map<index_t, std::vector<listed_synapse>> rows;
    for (const auto& s : sim.synapses(sim.projection_at(j))) rows[s.source].push_back(s);
    for (const spike& x : sim.spikes(sim.population_at(d.source)))
      for (const auto& s : rows[x.neuron]) {
        const moment arrives = x.when + std::llround(s.delay.value());
        if (arrives >= ticks_run) continue;
        reached.insert({arrives, d.target, s.target});
        ++events;
      }
  }
  const cost_report costs = *sim.costs();
  double active = 0;
  for (const auto& c : costs.dynamic)
    if (c.component == "neuron update") active += c.energy_pj;
  EXPECT_GT(sim.spikes(n.cells).size(), 100u);
  EXPECT_EQ(totals_of(costs).operations, events);
  EXPECT_EQ(active, static_cast<double>(reached.size()));
}

/// The targets hear so little of each other that all have the same spikes.
TEST(digital, spreading_delays_costs_no_energy) {
  std::vector<totals> seen;
  for (const auto& delay : {value<milliseconds>{1_ms}, value<milliseconds>{uniform{1_ms, 20_ms}}}) {
    network net{3};
    const auto noise = net.add("noise", poisson{.rate = 40_Hz, .stop = 300_ms}, 100);
    const auto cells = net.add("cells", lif{.threshold = 1e6_mV}, 500);
    net.connect(noise, cells, fixed_probability{0.1}, {.weight = 1_mV, .delay = delay});
    simulation sim{net, loihi("100")};
    sim.run(400_ms);
    seen.push_back(totals_of(*sim.costs()));
  }
  EXPECT_GT(seen[0].messages, 1000u);
  EXPECT_EQ(seen[0].messages, seen[1].messages);
  EXPECT_EQ(seen[0].operations, seen[1].operations);
  EXPECT_EQ(seen[0].message_pj, seen[1].message_pj);
}

TEST(digital, a_copy_counts_alike) {
  busy n{uniform{1_ms, 9_ms}};
  simulation sim{n.net, loihi("7")};
  simulation copy{sim};
  sim.run(50_ms);
  copy.run(50_ms);
  EXPECT_EQ(sim.costs()->total_pj(), copy.costs()->total_pj());
  copy.reset();
  copy.run(50_ms);
  EXPECT_EQ(sim.costs()->total_pj(), copy.costs()->total_pj());
}

/// An event is a spike whatever its gain, and whether or not its targets ever fire.
TEST(digital, a_direct_current_costs_a_spike_a_tick) {
  for (const double amplitude : {1.0, 250.0}) {
    network net;
    const auto current = net.add("current", direct_current{.amplitude = amplitude, .start = 10_ms, .stop = 30_ms}, 4);
    const auto cells = net.add("cells", lif{.threshold = 1e6_mV}, 4);
    net.connect(current, cells[lif::drive], one_to_one{}, {.weight = 1_mV, .delay = 0_ms});
    simulation sim{net, loihi()};
    sim.run(60_ms);
    EXPECT_EQ(totals_of(*sim.costs()).operations, 4u * 20);
    EXPECT_EQ(totals_of(*sim.costs()).messages, 4u * 20);
    EXPECT_EQ(sim.spike_count(), 4u * 20);
  }
}

}  // namespace spinule::digital_test

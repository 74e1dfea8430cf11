// Units on mesh nodes: never farther apart than in order, near where the graph allows it, refused where they do not
// fit.
#include <spinule/backends/engine/cost_model.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/error.hpp>

#include "networks.hpp"

namespace spinule::placement_test {

hardware with(const std::string& preset, const std::vector<std::string>& changes) {
  hardware hw = load_hardware(preset);
  override_hardware(hw, changes);
  return hw;
}

double hops(const std::string& preset, const std::string& placement, const hardware_layout& layout,
            const std::string& per_node = "1") {
  return cost_meter{with(preset, {"mesh.placement=" + placement, "mesh.per_node=" + per_node}), layout}.expected_hops();
}

/// Pairs of populations that only speak with each other, laid out so that partners are far apart.
hardware_layout far_partners(std::uint32_t pairs) {
  hardware_layout all;
  for (std::uint32_t i = 0; i < 2 * pairs; ++i) all.populations.push_back({"p", 256});
  for (std::uint32_t i = 0; i < pairs; ++i) all.projections.push_back({"there", i, i + pairs, 1000, {1}, false, {64}});
  for (std::uint32_t i = 0; i < pairs; ++i) all.projections.push_back({"back", i + pairs, i, 1000, {1}, false, {64}});
  return all;
}

TEST(placement, brings_partners_side_by_side) {
  const auto layout = far_partners(18);
  for (const std::string preset : {"isaac_32nm", "odin"}) {
    const double order = hops(preset, "order", layout, "2");
    EXPECT_GT(order, 0) << preset;
    EXPECT_LT(hops(preset, "greedy", layout, "2"), 0.1 * order) << preset;
    EXPECT_EQ(hops(preset, "partition", layout, "2"), 0) << preset << ": partners share a node";
  }
}

TEST(placement, crosses_fewer_links_the_more_it_knows) {
  // Rings of 8 populations of 4 tiles each, numbered in stripes.
  hardware_layout rings;
  const std::uint32_t count = 64;
  for (std::uint32_t i = 0; i < count; ++i) rings.populations.push_back({"p", 256});
  for (std::uint32_t i = 0; i < count; ++i)
    rings.projections.push_back({"on", i, (i + 8) % count, 1000, {2, 2}, false, {128, 128}});
  const double order = hops("isaac_32nm", "order", rings, "4"), greedy = hops("isaac_32nm", "greedy", rings, "4"),
               cut = hops("isaac_32nm", "partition", rings, "4");
  EXPECT_LT(greedy, 0.7 * order);
  EXPECT_LT(cut, 0.6 * order);
}

TEST(placement, is_never_worse_than_order_and_changes_no_spike) {
  const network net = balanced(200);
  const auto run = [&](const std::string& placement) {
    simulation sim{net, crossbar{.tick = 1_ms,
                                 .hardware = with("ideal", {"mesh.placement=" + placement, "mesh.per_node=1",
                                                            "array.rows=32", "array.columns=32"})}};
    sim.run(30_ms);
    const cost_report report = *sim.costs();
    double routing = 0;
    for (const cost& c : report.dynamic) routing += c.component == "routing" ? c.energy_pj : 0;
    return std::pair{sim.spike_count(), routing};
  };
  const auto [spikes, energy] = run("order");
  for (const std::string placement : {"greedy", "partition"}) {
    const auto [same, routed] = run(placement);
    EXPECT_EQ(same, spikes);
    EXPECT_LT(routed, energy) << placement << ": the layout of this network in order leaves room";
  }
}

TEST(placement, of_silent_populations_minds_those_that_fire) {
  hardware_layout layout = far_partners(8);
  for (std::uint32_t i = 2; i < 16; ++i) layout.populations[i].rate = 0.001;
  EXPECT_LT(hops("isaac_32nm", "greedy", layout), hops("isaac_32nm", "order", layout));
}

TEST(placement, of_populations_that_never_fire_is_cut_all_the_same) {
  hardware_layout layout = far_partners(8);
  for (auto& p : layout.populations) p.rate = 0;
  EXPECT_EQ(hops("isaac_32nm", "partition", layout, "2"), 0);
}

/// Three populations of equal size speak with one; only one of them fires. Each is on an array or core of its own, the
/// one they speak to on the last.
network one_that_fires() {
  network net{1};
  const auto noise = net.add("noise", poisson{.rate = 300_Hz}, 4);
  std::vector<population_of<lif>> cells;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h", "target"})
    cells.push_back(net.add(name, lif{.threshold = 1_mV}, 16));
  net.connect(noise, cells[0], all_to_all{}, {.weight = 2_mV});
  for (std::size_t i = 1; i < 8; ++i)
    net.connect(cells[0], cells[i], all_to_all{}, {.weight = 0.001_mV, .delay = 1_ms});
  for (std::size_t i = 0; i < 8; ++i) net.connect(cells[i], cells[8], all_to_all{}, {.weight = 0.01_mV, .delay = 1_ms});
  return net;
}

/// A link costs 1 pJ, and nothing else of a message does.
double links_crossed(const network& net, const std::string& preset, const std::vector<measured_spikes>& spikes,
                     std::vector<measured_spikes>* counted = nullptr) {
  const hardware hw = with(preset, {"mesh.placement=greedy", "mesh.per_node=1", "mesh.packet_energy=0",
                                    "mesh.hop_x_energy=1", "mesh.hop_y_energy=1"});
  simulation sim = hw.kind == hardware_kind::crossbar
                       ? simulation{net, crossbar{.tick = 1_ms, .hardware = hw, .spikes = spikes}}
                       : simulation{net, digital{.tick = 1_ms, .hardware = hw, .spikes = spikes}};
  sim.run(50_ms);
  for (index_t p = 0; counted && p < net.populations().size(); ++p) {
    const auto counts = sim.counts(sim.population_at(p));
    counted->push_back({net.populations()[p].name, {counts.begin(), counts.end()}});
  }
  const cost_report report = *sim.costs();
  double links = 0;
  for (const cost& c : report.dynamic) links += c.component == "routing" ? c.energy_pj : 0;
  return links;
}

TEST(placement, by_measured_spikes_crosses_fewer_links_than_by_estimated_ones) {
  const network net = one_that_fires();
  for (const std::string preset : {"isaac_32nm", "odin"}) {
    std::vector<measured_spikes> counted;
    const double estimated = links_crossed(net, preset, {}, &counted);
    EXPECT_LT(links_crossed(net, preset, counted), estimated) << preset;
    std::vector<measured_spikes> alike;
    for (const auto& p : net.populations()) alike.push_back({p.name, std::vector<double>(p.size, 1.0)});
    EXPECT_EQ(links_crossed(net, preset, alike), estimated) << preset << ": one of each is the estimate";
  }
}

TEST(placement, refuses_spikes_that_are_not_those_of_the_network) {
  const network net = one_that_fires();
  const auto refusal = [&](std::vector<measured_spikes> spikes) -> std::string {
    try {
      links_crossed(net, "odin", spikes);
    } catch (const spinule_error& e) {
      return e.what();
    }
    return "taken";
  };
  EXPECT_THAT(refusal({{"x", {1}}}), testing::HasSubstr("no population of that name"));
  EXPECT_THAT(refusal({{"noise", {1, 2}}}), testing::HasSubstr("are 2; the population has 4 neurons"));
  EXPECT_THAT(refusal({{"noise", {1, 2, 3, -1}}}), testing::HasSubstr("at least 0"));
  EXPECT_THAT(refusal({{"noise", {1, 2, 3, 4}}, {"noise", {1, 2, 3, 4}}}), testing::HasSubstr("twice"));
}

TEST(placement, that_does_not_fit_says_what_would) {
  try {
    cost_meter{with("isaac_32nm", {"mesh.nodes=3", "mesh.per_node=2"}), far_partners(4)};
    FAIL() << "8 arrays do not fit onto 3 nodes of 2";
  } catch (const spinule_error& e) {
    EXPECT_THAT(e.what(), testing::AllOf(testing::HasSubstr("8 arrays"), testing::HasSubstr("mesh.nodes=4"),
                                         testing::HasSubstr("mesh.per_node=3")));
  }
  EXPECT_EQ((cost_meter{with("isaac_32nm", {"mesh.nodes=9"}), far_partners(4)}.nodes()), 9u) << "all of them are there";
}

}  // namespace spinule::placement_test

// How many links do spikes cross on the mesh, with units in order, placed greedily, and cut by METIS, by estimated and
// by measured spikes?
#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <spinule/backends/crossbar.hpp>
#include <spinule/backends/digital.hpp>
#include <spinule/models/lif.hpp>
#include <spinule/models/sources.hpp>
#include <spinule/random.hpp>
#include <spinule/simulation.hpp>

#include "measure.hpp"
#include "report.hpp"

namespace spinule::bench {
namespace {

const lif unit{.tau = 64_ms, .threshold = 20_mV, .refractory = 2_ms};
constexpr millivolts weight = 1.58198 * 1.05_mV;

/// As large as the liquid of `replay_liquid`; its inputs fire as often as those of a recording of N-MNIST, at random.
network liquid() {
  network net{1};
  const auto in = net.add("input", poisson{.rate = 5.3_Hz}, 2312);
  const auto e = net.add("excitatory", unit, 800);
  const auto i = net.add("inhibitory", unit, 200);
  for (const double sign : {1.0, -1.0}) {
    net.connect(in, e, fixed_outdegree{.k = 60}, {.weight = sign * weight});
    net.connect(in, i, fixed_outdegree{.k = 15}, {.weight = sign * weight});
  }
  net.connect(e, e, fixed_probability{0.02}, {.weight = weight, .delay = 1_ms});
  net.connect(e, i, fixed_probability{0.01}, {.weight = weight, .delay = 1_ms});
  net.connect(i, e, fixed_probability{0.03}, {.weight = -1 * weight, .delay = 1_ms});
  net.connect(i, i, fixed_probability{0.005}, {.weight = -1 * weight, .delay = 1_ms});
  return net;
}

/// A sheet of 8 x 8 columns of 256 neurons, each of which speaks with its four neighbours, in an order that says
/// nothing.
network sheet() {
  constexpr index_t side = 8, count = side * side;
  network net{2};
  std::vector<index_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  random_stream random{7, purpose::user, 0};
  for (index_t k = count - 1; k > 0; --k) std::swap(order[k], order[random.below(k + 1)]);
  std::vector<population_of<lif>> columns(count);
  for (const index_t c : order) columns[c] = net.add(fmt::format("column {}", c), unit, 256);
  const auto noise = net.add("noise", poisson{.rate = 20_Hz}, 200);
  for (const index_t c : order) {
    net.connect(noise, columns[c], fixed_indegree{.k = 40}, {.weight = 4_mV});
    const index_t x = c % side, y = c / side;
    for (const auto& [nx, ny] : {std::pair{x + 1, y}, {x, y + 1}, {x + side - 1, y}, {x, y + side - 1}})
      net.connect(columns[c], columns[nx % side + side * (ny % side)], fixed_indegree{.k = 10},
                  {.weight = 0.5_mV, .delay = 1_ms});
  }
  return net;
}

/// Of which placement, by which spikes.
struct placed {
  std::string placement;
  std::vector<measured_spikes> spikes = {};
};

struct crossed {
  double hops, build_s;
  std::vector<measured_spikes> spikes;
};

/// Links that are crossed cost 1 pJ each, and nothing else of a message does.
crossed run(const network& net, const std::string& preset, const std::vector<std::string>& changes, const placed& how,
            milliseconds length) {
  hardware hw = load_hardware(preset);
  std::vector<std::string> all{"mesh.packet_energy=0", "mesh.hop_x_energy=1", "mesh.hop_y_energy=1",
                               "mesh.placement=" + how.placement};
  all.insert(all.end(), changes.begin(), changes.end());
  override_hardware(hw, all);
  std::optional<simulation> built;
  const double build_s = time_once([&] {
                           if (hw.kind == hardware_kind::crossbar)
                             built.emplace(net, crossbar{.tick = 1_ms, .hardware = hw, .spikes = how.spikes});
                           else
                             built.emplace(net, digital{.tick = 1_ms, .hardware = hw, .spikes = how.spikes});
                         }).cpu;
  simulation& sim = *built;
  sim.run(length);
  const cost_report costs = *sim.costs();
  double hops = 0;
  for (const cost& c : costs.dynamic) hops += c.component == "routing" ? c.energy_pj : 0;
  sim.reset(1);  // spikes to place by are those of another episode
  sim.run(length);
  std::vector<measured_spikes> spikes;
  for (index_t p = 0; p < net.populations().size(); ++p) {
    const auto counts = sim.counts(sim.population_at(p));
    spikes.push_back({net.populations()[p].name, {counts.begin(), counts.end()}});
  }
  return {hops, build_s, std::move(spikes)};
}

void compare(nlohmann::json& runs, const std::string& name, const network& net, const std::string& preset,
             const std::vector<std::string>& changes, milliseconds length) {
  const crossed order = run(net, preset, changes, {"order"}, length);
  const std::vector<measured_spikes> first = order.spikes;
  for (const placed& how : {placed{"order"}, {"greedy"}, {"partition"}, {"greedy", first}, {"partition", first}}) {
    const crossed one = run(net, preset, changes, how, length);
    const char* by = how.spikes.empty() ? "estimated" : "measured";
    fmt::print("{:10}{:20}{:12}{:12}{:14.0f}{:10.1f} %{:10.2f}\n", name, preset, how.placement, by, one.hops,
               100 * (1 - one.hops / order.hops), one.build_s);
    std::fflush(stdout);
    runs.push_back({{"network", name},
                    {"hardware", preset},
                    {"placement", how.placement},
                    {"spikes", by},
                    {"hops", one.hops},
                    {"build_s", one.build_s}});
  }
}

void run_all(const std::string& json) {
  nlohmann::json out{{"name", "placement"}, {"runs", nlohmann::json::array()}};
  fmt::print("{:10}{:20}{:12}{:12}{:>14}{:>12}{:>10}\n", "network", "hardware", "placement", "spikes", "links crossed",
             "saved", "built, CPU s");
  compare(out["runs"], "liquid", liquid(), "random_rram_40nm", {"mesh.per_node=1"}, 100_ms);
  compare(out["runs"], "liquid", liquid(), "isaac_32nm", {"mesh.per_node=8"}, 100_ms);
  compare(out["runs"], "sheet", sheet(), "isaac_32nm", {"mesh.per_node=8"}, 50_ms);
  compare(out["runs"], "sheet", sheet(), "loihi_davies2018", {"capacity.core_neurons=256"}, 50_ms);
  write_json(json, out);
}

}  // namespace
}  // namespace spinule::bench

int main(int count, char** words) {
  using namespace spinule::bench;
  CLI::App app{"Links that spikes cross on the mesh, by placement", "./dev bench placement"};
  std::string json;
  add_json_option(app, json);
  return run_main(app, count, words, [&] { run_all(json); });
}

#include "network_layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "tile_fabric.hpp"

namespace spinule {
namespace {

/// Sums over the lines of each band; `spikes` of the neurons of the source.
std::vector<double> band_spikes(const tiled_projection& tiles, const connectivity& c, std::span<const double> spikes) {
  std::vector<double> all;
  std::uint32_t first_tile = 0;
  for (const std::uint32_t in_band : tiles.band_tiles()) {
    double sum = 0;
    for (const std::uint32_t line : tiles.tile(first_tile).lines) sum += spikes[line / c.delays.size()];
    all.push_back(sum);
    first_tile += in_band;
  }
  return all;
}

std::vector<expected_messages> core_traffic(const core_reach& reach, std::span<const double> spikes, bool input,
                                            index_t core_neurons) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, expected_messages> sums;
  for (index_t i = 0; i < spikes.size(); ++i)
    for (const auto& stop : reach.of(i)) {
      const std::uint32_t from = input ? 0 : i / core_neurons;
      auto& between = sums.emplace(std::pair{from, stop.core}, expected_messages{from, stop.core}).first->second;
      between.count += spikes[i];
      between.alike += 1;
    }
  std::vector<expected_messages> all;
  for (const auto& [cores, messages] : sums) all.push_back(messages);
  return all;
}

}  // namespace

std::vector<std::vector<double>> expected_spikes(const lowered_network& net,
                                                 std::span<const measured_spikes> measured) {
  std::vector<std::vector<double>> all;
  for (const auto& p : net.populations) all.emplace_back(p.size, measured.empty() ? 1.0 : 0.0);
  std::vector<char> named(all.size());
  for (const measured_spikes& m : measured) {
    const std::string where = fmt::format("spikes of \"{}\"", m.population);
    const auto found = std::ranges::find_if(net.populations, [&](const auto& p) { return p.name == m.population; });
    if (found == net.populations.end()) throw spinule_error{where, "the network has no population of that name"};
    const auto i = static_cast<std::size_t>(found - net.populations.begin());
    if (std::exchange(named[i], 1)) throw spinule_error{where, "are given twice"};
    if (m.of_neuron.size() != all[i].size())
      throw spinule_error{where,
                          fmt::format("are {}; the population has {} neurons", m.of_neuron.size(), all[i].size())};
    if (!std::ranges::all_of(m.of_neuron, [](double n) { return n >= 0 && std::isfinite(n); }))
      throw spinule_error{where, "are counts, which are finite and at least 0"};
    all[i] = m.of_neuron;
  }
  return all;
}

hardware_layout layout_of(const lowered_network& net, const synapse_fabric& synapses, const hardware& hw,
                          std::span<const core_reach> reaches, std::span<const measured_spikes> measured) {
  const auto* on_tiles = dynamic_cast<const tile_fabric*>(&synapses);
  const auto spikes = expected_spikes(net, measured);
  const bool arranges = hw.mesh.placement != mesh_placement::order;  // and so wants to know who sends what where
  hardware_layout layout;
  for (const auto& p : net.populations) layout.populations.push_back({p.name, p.size, p.model->is_source()});
  for (index_t j = 0; j < net.descriptions.size(); ++j) {
    const auto& d = net.descriptions[j];
    auto& p = layout.projections.emplace_back();
    p.name = d.name;
    p.source = d.source;
    p.target = d.target;
    p.synapses = net.summaries[j].synapses;
    p.carries_values = net.summaries[j].graded;
    const bool input = layout.populations[d.source].input;
    if (!on_tiles) {
      if (arranges) p.messages = core_traffic(reaches[j], spikes[d.source], input, core_neurons_of(hw));
      continue;
    }
    const tiled_projection& tiles = on_tiles->tiles(j);
    p.band_tiles = tiles.band_tiles();
    p.band_rows = tiles.band_rows();
    if (arranges) p.band_spikes = band_spikes(tiles, net.synapses(j), spikes[d.source]);
  }
  return layout;
}

}  // namespace spinule

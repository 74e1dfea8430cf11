#include "cost_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

constexpr std::size_t most_pairs = 4000000;  // of cores; beyond, they are left in order

std::uint64_t groups(std::uint64_t n, double size) {
  const auto whole = static_cast<std::uint64_t>(size);
  return (n + whole - 1) / whole;
}

}  // namespace

cost_plan::cost_plan(const hardware& h, const hardware_layout& l)
    : hw{h}, layout{l}, populations(l.populations.size()), projections(l.projections.size()) {
  check();
  hw.kind == hardware_kind::crossbar ? count_tiles() : count_cores();
  place();
  prices = price_list{hw, nodes};
  ranges = price_ranges(hw, nodes);
  ranges.push_back(together(hw, nodes, ranges));
}

void cost_plan::check() const {
  for (const auto& p : layout.projections) {
    if (p.source < layout.populations.size() && p.target < layout.populations.size()) continue;
    throw spinule_error{
        fmt::format("projection \"{}\"", p.name),
        fmt::format("joins populations {} and {}; there are {}", p.source, p.target, layout.populations.size())};
  }
}

void cost_plan::size_mesh(std::uint64_t all_units) {
  units = all_units;
  const std::uint64_t needed = std::max<std::uint64_t>(groups(units, hw.mesh.per_node.value), 1);
  if (needed > std::numeric_limits<std::uint32_t>::max()) throw spinule_error{"placement", "more than 2^32 mesh nodes"};
  const auto there = static_cast<std::uint64_t>(hw.mesh.nodes.value);
  if (there > 0 && needed > there)
    throw spinule_error{
        "placement",
        fmt::format("{} {} at {:g} to a node take {} nodes, but mesh.nodes is {}; mesh.nodes={} would do, or "
                    "mesh.per_node={}",
                    units, hw.kind == hardware_kind::crossbar ? "arrays" : "cores", hw.mesh.per_node.value, needed,
                    there, needed, (units + there - 1) / there)};
  nodes = static_cast<std::uint32_t>(there > 0 ? there : needed);
  width = static_cast<std::uint32_t>(std::ceil(std::sqrt(static_cast<double>(nodes))));
}

void cost_plan::count_tiles() {
  std::uint64_t tiles = 0;
  for (std::size_t j = 0; j < projections.size(); ++j) {
    const auto& p = layout.projections[j];
    auto& home = populations[p.target].first_unit;
    if (home == population_plan::outside && !layout.populations[p.target].input) home = tiles;
    projections[j].first_unit = tiles;
    for (const auto count : p.band_tiles) tiles += count;
  }
  size_mesh(tiles);
  for (auto& p : populations)
    if (p.first_unit >= tiles)
      p.first_unit = tiles > 0 && p.first_unit != population_plan::outside ? tiles - 1 : population_plan::outside;
}

void cost_plan::count_cores() {
  std::uint64_t cores = 0, neurons = 0, synapses = 0;
  for (std::size_t i = 0; i < populations.size(); ++i) {
    if (layout.populations[i].input) continue;
    populations[i] = {.first_unit = cores,
                      .cores = groups(layout.populations[i].neurons, hw.capacity.core_neurons.value)};
    cores += populations[i].cores;
    neurons += layout.populations[i].neurons;
  }
  for (const auto& p : layout.projections) synapses += p.synapses;
  size_mesh(cores);
  const auto full = std::max({groups(neurons, hw.capacity.chip_neurons.value),
                              groups(synapses, hw.capacity.chip_synapses.value), std::uint64_t{1}});
  chips = static_cast<std::uint32_t>(full);
}

// Row by row, or as `mesh.placement` says if spikes cross fewer links then.
void cost_plan::place() {
  const mesh_shape mesh{nodes, width, static_cast<std::uint32_t>(std::min(hw.mesh.per_node.value, 4294967295.0))};
  unit_places best = places_in_order(units, mesh);
  settle(best);
  if (hw.mesh.placement == mesh_placement::order || nodes == 1) return;
  double fewest = expected_hops;
  for (const bool alike : {false, true}) {  // what is found is a local optimum of either
    const auto traffic = expected_traffic(alike);
    if (!traffic) break;
    for (auto& places : place_units(hw.mesh.placement, *traffic, mesh)) {
      settle(places);
      if (expected_hops >= fewest) continue;
      fewest = expected_hops;
      best = std::move(places);
    }
  }
  settle(best);
}

double cost_plan::expected_lines(std::size_t projection, std::size_t band, bool alike) const {
  const auto& p = layout.projections[projection];
  if (!p.band_spikes.empty() && !alike) return p.band_spikes[band];
  return layout.populations[p.source].rate * (band < p.band_rows.size() ? p.band_rows[band] : 1);
}

std::optional<unit_traffic> cost_plan::expected_traffic(bool alike) const {
  unit_traffic all{{}, std::vector<double>(units)};
  const auto send = [&](std::uint64_t from, std::uint64_t to, double spikes) {
    if (from == population_plan::outside)
      all.from_outside[to] += spikes;
    else
      all.edges.push_back({static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to), spikes});
  };
  for (std::size_t j = 0; j < projections.size(); ++j) {
    const auto& p = layout.projections[j];
    const auto &from = populations[p.source], &to = populations[p.target];
    std::uint64_t unit = projections[j].first_unit;
    for (std::size_t b = 0; b < p.band_tiles.size(); ++b)
      for (std::uint32_t t = 0; t < p.band_tiles[b]; ++t) send(from.first_unit, unit++, expected_lines(j, b, alike));
    if (hw.kind == hardware_kind::crossbar) continue;
    for (const expected_messages& m : p.messages)
      send(from.cores > 0 ? from.first_unit + m.from : population_plan::outside, to.first_unit + m.to,
           alike ? m.alike : m.count);
    if (all.edges.size() > most_pairs) return std::nullopt;
    if (!p.messages.empty()) continue;
    const std::uint64_t sources = std::max<std::uint64_t>(from.cores, 1);
    if (all.edges.size() + sources * to.cores > most_pairs) return std::nullopt;
    const double spikes =
        layout.populations[p.source].rate * layout.populations[p.source].neurons / static_cast<double>(sources);
    for (std::uint64_t s = 0; s < sources; ++s)
      for (std::uint64_t t = 0; t < to.cores; ++t)
        send(from.cores > 0 ? from.first_unit + s : population_plan::outside, to.first_unit + t, spikes);
  }
  return all;
}

void cost_plan::settle(const std::vector<std::uint32_t>& places) {
  node_of = places;
  expected_hops = 0;
  for (std::size_t j = 0; j < projections.size(); ++j)
    hw.kind == hardware_kind::crossbar ? route_bands(j) : route_messages(j);
}

std::uint32_t cost_plan::node_at(std::uint64_t unit) const {
  return unit == population_plan::outside ? 0 : node_of[unit];
}

void cost_plan::route_bands(std::size_t projection) {
  const auto& p = layout.projections[projection];
  auto& plan = projections[projection];
  const std::uint32_t home = node_at(populations[p.source].first_unit);
  std::uint64_t unit = plan.first_unit;
  plan.routes.clear();
  for (std::size_t b = 0; b < p.band_tiles.size(); ++b) {
    std::vector<std::uint32_t> reached(node_of.begin() + static_cast<std::ptrdiff_t>(unit),
                                       node_of.begin() + static_cast<std::ptrdiff_t>(unit + p.band_tiles[b]));
    std::sort(reached.begin(), reached.end());
    reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
    band_route route;
    for (const std::uint32_t node : reached) {
      const auto way = way_between(home, node, width);
      ++route.packets;
      route.hops_x += way.x;
      route.hops_y += way.y;
      route.far_x = std::max(route.far_x, way.x);
      route.far_y = std::max(route.far_y, way.y);
    }
    expected_hops += expected_lines(projection, b) * (route.hops_x + route.hops_y);
    plan.routes.push_back(route);
    unit += p.band_tiles[b];
  }
}

// Links are averaged over all pairs of a source core and a target core.
void cost_plan::route_messages(std::size_t projection) {
  const auto& p = layout.projections[projection];
  const auto &from = populations[p.source], &to = populations[p.target];
  auto& plan = projections[projection];
  plan.far_x = plan.far_y = 0;
  std::uint64_t pairs = 0, x = 0, y = 0;
  for (std::uint64_t s = 0; s < std::max<std::uint64_t>(from.cores, 1); ++s) {
    const std::uint32_t source = from.cores > 0 ? node_at(from.first_unit + s) : 0;
    for (std::uint64_t t = 0; t < to.cores; ++t, ++pairs) {
      const auto way = way_between(source, node_at(to.first_unit + t), width);
      x += way.x;
      y += way.y;
      plan.far_x = std::max(plan.far_x, way.x);
      plan.far_y = std::max(plan.far_y, way.y);
    }
  }
  for (const expected_messages& m : p.messages) {
    const auto way =
        way_between(from.cores > 0 ? node_at(from.first_unit + m.from) : 0, node_at(to.first_unit + m.to), width);
    expected_hops += m.count * (way.x + way.y);
  }
  if (pairs == 0) return;
  plan.mean_x = static_cast<double>(x) / static_cast<double>(pairs);
  plan.mean_y = static_cast<double>(y) / static_cast<double>(pairs);
  if (!p.messages.empty()) return;
  expected_hops += layout.populations[p.source].rate * layout.populations[p.source].neurons *
                   static_cast<double>(to.cores) * (plan.mean_x + plan.mean_y);
}

}  // namespace spinule

#include "cost_plan.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

std::uint64_t groups(std::uint64_t n, double size) {
  const auto whole = static_cast<std::uint64_t>(size);
  return (n + whole - 1) / whole;
}

struct links {
  std::uint32_t x, y;
};

links between(std::uint32_t a, std::uint32_t b, std::uint32_t width) {
  const auto apart = [](std::uint32_t p, std::uint32_t q) { return p < q ? q - p : p - q; };
  return {apart(a % width, b % width), apart(a / width, b / width)};
}

}  // namespace

cost_plan::cost_plan(const hardware& h, const hardware_layout& l)
    : hw{h}, layout{l}, populations(l.populations.size()), projections(l.projections.size()) {
  check();
  if (hw.kind == hardware_kind::crossbar) {
    place_tiles();
  } else {
    place_cores();
    route_messages();
  }
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
  const std::uint64_t all_nodes = std::max<std::uint64_t>(groups(units, hw.mesh.per_node.value), 1);
  if (all_nodes > std::numeric_limits<std::uint32_t>::max())
    throw spinule_error{"placement", "more than 2^32 mesh nodes"};
  nodes = static_cast<std::uint32_t>(all_nodes);
  width = static_cast<std::uint32_t>(std::ceil(std::sqrt(static_cast<double>(nodes))));
}

void cost_plan::place_tiles() {
  std::uint64_t tiles = 0;
  for (const auto& p : layout.projections) {
    for (const auto count : p.band_tiles) tiles += count;
  }
  size_mesh(tiles);

  const auto per_node = static_cast<std::uint64_t>(hw.mesh.per_node.value);
  std::vector<char> settled(populations.size());
  std::uint64_t next = 0;
  for (const auto& p : layout.projections) {
    if (!settled[p.target] && !layout.populations[p.target].input) {
      populations[p.target].home = static_cast<std::uint32_t>(std::min<std::uint64_t>(next / per_node, nodes - 1));
      settled[p.target] = 1;
    }
    for (const auto count : p.band_tiles) next += count;
  }

  next = 0;
  for (std::size_t i = 0; i < projections.size(); ++i) {
    const std::uint32_t home = populations[layout.projections[i].source].home;
    for (const auto count : layout.projections[i].band_tiles) {
      band_route route;
      for (std::uint64_t node = next / per_node; count > 0 && node <= (next + count - 1) / per_node; ++node) {
        const auto way = between(home, static_cast<std::uint32_t>(node), width);
        ++route.packets;
        route.hops_x += way.x;
        route.hops_y += way.y;
        route.far_x = std::max(route.far_x, way.x);
        route.far_y = std::max(route.far_y, way.y);
      }
      projections[i].routes.push_back(route);
      next += count;
    }
  }
}

void cost_plan::place_cores() {
  std::uint64_t cores = 0, neurons = 0, synapses = 0;
  for (std::size_t i = 0; i < populations.size(); ++i) {
    if (layout.populations[i].input) continue;
    populations[i] = {.first_core = cores,
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

// Links are averaged over all pairs of a source core and a target core.
void cost_plan::route_messages() {
  const auto per_node = static_cast<std::uint64_t>(hw.mesh.per_node.value);
  for (std::size_t i = 0; i < projections.size(); ++i) {
    const auto& p = layout.projections[i];
    const auto &from = populations[p.source], &to = populations[p.target];
    auto& plan = projections[i];
    std::uint64_t pairs = 0, x = 0, y = 0;
    for (std::uint64_t s = 0; s < std::max<std::uint64_t>(from.cores, 1); ++s) {
      const auto source = static_cast<std::uint32_t>((from.first_core + s) / per_node);
      for (std::uint64_t t = 0; t < to.cores; ++t, ++pairs) {
        const auto way = between(source, static_cast<std::uint32_t>((to.first_core + t) / per_node), width);
        x += way.x;
        y += way.y;
        plan.far_x = std::max(plan.far_x, way.x);
        plan.far_y = std::max(plan.far_y, way.y);
      }
    }
    if (pairs == 0) continue;
    plan.mean_x = static_cast<double>(x) / static_cast<double>(pairs);
    plan.mean_y = static_cast<double>(y) / static_cast<double>(pairs);
  }
}

}  // namespace spinule

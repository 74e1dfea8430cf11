// Ground that the hardware in use takes.
#include <algorithm>
#include <cmath>

#include "cost_plan.hpp"
#include "hardware_schema.hpp"

namespace spinule {
namespace {

std::uint64_t groups(std::uint64_t n, const constant& size) {
  const auto whole = static_cast<std::uint64_t>(size.value);
  return (n + whole - 1) / whole;
}

struct parts {
  std::uint64_t tiles, converting_tiles, circuits;
};

parts count_parts(const cost_plan& plan) {
  parts n{plan.units, 0, 0};
  for (const auto& p : plan.layout.projections)
    if (p.carries_values)
      for (const auto tiles : p.band_tiles) n.converting_tiles += tiles;
  for (const auto& p : plan.layout.populations)
    if (!p.input) n.circuits += groups(p.neurons, plan.hw.neuron.per_circuit);
  return n;
}

std::vector<ground> areas_with(const cost_plan& plan, const hardware& hw) {
  std::vector<ground> all;
  const auto add = [&](std::string component, std::uint64_t count, double each_um2) {
    all.push_back({.component = std::move(component), .count = count, .um2 = static_cast<double>(count) * each_um2});
  };
  if (hw.kind == hardware_kind::digital) {
    add("chips", plan.chips, hw.capacity.chip_area.value);
    return all;
  }
  const parts n = count_parts(plan);
  const auto rows = static_cast<std::uint64_t>(hw.array.rows.value);
  const auto columns = static_cast<std::uint64_t>(hw.array.columns.value);
  const double side_um = hw.array.feature.value * hw.array.cell_pitch.value * 1e-3;
  const std::uint64_t converters = n.tiles * groups(std::max<std::uint64_t>(columns / 2, 1), hw.adc.columns_per_adc);
  add("cells", n.tiles * rows * columns, side_um * side_um);
  add("row drivers", n.tiles * rows, hw.driver.area.value);
  add("row converters", n.converting_tiles * rows, hw.dac.area.value);
  add("converters", converters, conversion_law{hw}.area_um2);
  add("accumulators", converters, hw.accumulator.area.value);
  add("neuron circuits", n.circuits, hw.neuron.area.value);
  add("nodes", plan.nodes, hw.mesh.area.value);
  return all;
}

/// With all sizes at one end of their published ranges.
hardware sized(hardware hw, std::optional<double> constant::*bound) {
  for (const auto& rule : constant_rules()) {
    const bool size = rule.unit == "um^2" || rule.key == "array.feature" || rule.key == "array.cell_pitch" ||
                      rule.key == "adc.area_growth";
    if (!size || !applies(rule.kinds, hw.kind)) continue;
    constant& c = rule.of(hw);
    c.value = (c.*bound).value_or(c.value);
  }
  return hw;
}

}  // namespace

std::vector<ground> areas_of(const cost_plan& plan) {
  auto all = areas_with(plan, plan.hw);
  const auto low = areas_with(plan, sized(plan.hw, &constant::low));
  const auto high = areas_with(plan, sized(plan.hw, &constant::high));
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].low_um2 = std::min(low[i].um2, high[i].um2);
    all[i].high_um2 = std::max(low[i].um2, high[i].um2);
  }
  std::erase_if(all, [](const ground& a) { return a.high_um2 == 0; });
  return all;
}

}  // namespace spinule

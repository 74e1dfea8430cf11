#include <spinule/backends/crossbar.hpp>

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "estimate.hpp"
#include "hardware_accountant.hpp"
#include "programmed_projection.hpp"
#include "programmed_tiles.hpp"
#include "tile_fabric.hpp"

namespace spinule {

const hardware& hardware_for(const crossbar& on, const std::string& projection) {
  const auto other = std::ranges::find(on.exceptions, projection, &projection_hardware::name);
  return other == on.exceptions.end() ? on.hardware : other->hardware;
}

namespace {

/// Weights can change only where cells take pulses.
void check_learning(const crossbar& on, const projection_description& p) {
  if (!p.plasticity) return;
  const std::string where = fmt::format("projection \"{}\"", p.name);
  const hardware& hw = hardware_for(on, p.name);
  if (hw.device.programming != programming_mode::pulses)
    throw spinule_error{where, fmt::format("its weights can change, but the cells of \"{}\" are written once; take "
                                           "device.programming=pulses, or cpu, or leave the {} out",
                                           hw.name, p.plasticity->learns() ? "rule" : "bounds")};
  if (p.plasticity->sends_another_weight())
    throw spinule_error{where,
                        "its rule keeps a variable of which the weight is one of two states, and a cell holds what it "
                        "delivers; use cpu or reference, or another rule"};
  if (hw.array.slices.value > 1 || hw.device.bits_per_slice.value > 0 || hw.array.signs == sign_storage::offset)
    throw spinule_error{where,
                        "its weights can change, and then each is one pair of cells of any value; take array.slices=1, "
                        "device.bits_per_slice=0 and array.signs=differential"};
  if (hw.array.wires == wire_model::exact && hw.array.access == cell_access::resistor)
    throw spinule_error{where,
                        "its weights can change, and with array.wires=exact every change of one cell would be a "
                        "solve of its array; take array.access=transistor or array.wires=ignored"};
  if (hw.device.telegraph_cells.value > 0)
    throw spinule_error{where,
                        "its weights can change, and traps are those of cells that are written once; take "
                        "device.telegraph_cells=0"};
  if (std::ranges::find(on.frozen, p.name, &frozen_projection::name) != on.frozen.end())
    throw spinule_error{where, "is frozen and has weights that can change; leave one of the two out"};
}

/// Full scale of converters that take it from data must have been measured, on this network.
void check_ranges(const crossbar& on, const network& net) {
  const auto all = net.projections();
  if (!on.ranges.empty() && !std::ranges::equal(on.ranges, all, {}, &projection_range::projection,
                                                [](const auto& p) -> const std::string& { return p.name; }))
    throw spinule_error{"crossbar",
                        "its ranges of converters are those of another network; measure them on this one with "
                        "measure_ranges"};
  for (const auto& p : all)
    if (on.ranges.empty() && takes_range_from_data(hardware_for(on, p.name)))
      throw spinule_error{fmt::format("projection \"{}\"", p.name),
                          fmt::format("the converters of \"{}\" take their full scale from data (adc.range=data), and "
                                      "none were shown; give what measure_ranges returns as ranges, or take "
                                      "adc.range=expected",
                                      hardware_for(on, p.name).name)};
}

}  // namespace

bool takes_range_from_data(const hardware& hw) {
  return hw.adc.converter == converter_kind::linear && hw.adc.range == converter_range::data;
}

void check_crossbar(const crossbar& on, const network& net) {
  if (on.hardware.kind != hardware_kind::crossbar)
    throw spinule_error{"crossbar",
                        fmt::format("\"{}\" is digital hardware; use the back end `digital`", on.hardware.name)};
  const auto expect = [&](const std::string& name, const char* what) {
    const auto all = net.projections();
    if (std::none_of(all.begin(), all.end(), [&](const auto& p) { return p.name == name; }))
      throw spinule_error{fmt::format("projection \"{}\"", name),
                          fmt::format("is to be {}, but the network has none of that name", what)};
  };
  for (const auto& p : net.projections()) check_learning(on, p);
  for (const auto& f : on.frozen) expect(f.name, "frozen");
  for (const auto& e : on.exceptions) expect(e.name, "on other hardware");
}

tiled_projection programmed_projection(const crossbar& on, const lowered_network& n, index_t j) {
  const connectivity& c = n.synapses(j);
  const std::string& name = n.descriptions[j].name;
  const hardware& hw = hardware_for(on, name);
  const double tick_s = on.tick.in(1_ms) * 1e-3;
  const auto tiles_of = [&] {
    if (n.descriptions[j].plasticity) return plastic_tiles::blank_tiles(n, j, hw, on.chip);
    const auto f = std::ranges::find(on.frozen, name, &frozen_projection::name);
    return f == on.frozen.end() ? tiled_projection{c, hw, n.seed, on.chip, j, name, tick_s}
                                : tiled_projection::random_forming(c.lines(), c.targets, f->gain / c.quantum, hw,
                                                                   n.seed, on.chip, j, name, tick_s);
  };
  tiled_projection tiles = tiles_of();
  if (n.summaries[j].graded) tiles.carry_values(n.summaries[j].largest_amplitude);
  if (takes_range_from_data(hw) && j < on.ranges.size() && on.ranges[j].full_scale > 0)
    tiles.full_scale(on.ranges[j].full_scale / c.quantum);
  return tiles;
}

std::unique_ptr<engine> build_crossbar(
    const crossbar& on, const network& net,
    const std::function<void(index_t projection, tiled_projection& tiles, const connectivity& c)>& watch) {
  check_crossbar(on, net);
  const auto place = [&](const lowered_network& n,
                         std::span<const shard_plan> shards) -> std::unique_ptr<synapse_fabric> {
    const auto program = [&](index_t j) {
      const auto& d = n.descriptions[j];
      tile_fabric::programmed made{programmed_projection(on, n, j), {}};
      if (d.plasticity) made.learns.emplace(n, j, hardware_for(on, d.name), made.tiles);
      if (watch) watch(j, made.tiles, n.synapses(j));
      return made;
    };
    return std::make_unique<tile_fabric>(n, shards, program);
  };
  const auto account = [&](const lowered_network& n, synapse_fabric& synapses) -> std::unique_ptr<accountant> {
    return std::make_unique<hardware_accountant>(on.hardware, n, synapses, on.spikes);
  };
  const substrate tiles{.largest_shard = std::numeric_limits<std::uint32_t>::max(), .place = place, .account = account};
  return within_memory(on.estimate(net), "crossbar", [&] {
    return std::make_unique<clocked_engine>(lower(net, on.tick), tiles, engine_options{1, on.stepping, on.precision});
  });
}

std::unique_ptr<engine> crossbar::build(const network& net) const {
  check_ranges(*this, net);
  return build_crossbar(*this, net);
}

memory_estimate crossbar::estimate(const network& net) const {
  storage how{synapse_store::tiles, precision};
  how.pair_bytes = pair_bytes(hardware);
  for (const auto& e : exceptions) how.pair_bytes = std::max(how.pair_bytes, pair_bytes(e.hardware));
  return estimate_memory(net, tick, how);
}

}  // namespace spinule

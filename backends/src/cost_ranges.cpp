// What constants make of prices, and the ends of their published ranges.
#include <algorithm>
#include <array>
#include <cmath>

#include "cost_plan.hpp"
#include "hardware_schema.hpp"

namespace spinule {
namespace {

/// Prices whose unit does not say so.
constexpr std::array other_prices{"array.read_voltage", "adc.energy_growth"};
constexpr std::array other_times{"adc.time_growth", "adc.columns_per_adc", "neuron.per_circuit", "synapse.cycles"};

bool is_time(const constant_rule& rule) {
  const bool named = std::find(other_times.begin(), other_times.end(), rule.key) != other_times.end();
  return named || (rule.unit == "ns" && !rule.key.starts_with("device."));
}

bool is_price(const constant_rule& rule) {
  // What a cell is, and writing it, which no sample pays for; and what is no part of the hardware.
  if (rule.key.starts_with("device.") || rule.key.starts_with("quantised.")) return false;
  const bool named = std::find(other_prices.begin(), other_prices.end(), rule.key) != other_prices.end();
  return named || rule.unit == "pJ" || rule.unit == "uW" || rule.unit == "uW/MHz" || is_time(rule);
}

/// V^2 t of a read, over that of `base`.
double cell_energy_over(const hardware& base, const hardware& hw) {
  const auto of = [](const hardware& h) {
    return h.array.read_voltage.value * h.array.read_voltage.value * h.array.read_time.value;
  };
  return hw.kind == hardware_kind::crossbar ? of(hw) / of(base) : 1;
}

price_list with(const hardware& hw, std::uint32_t nodes, const constant_rule& rule, double value) {
  hardware changed = hw;
  rule.of(changed).value = value;
  price_list prices{changed, nodes};
  prices.cell_energy = cell_energy_over(hw, changed);
  return prices;
}

}  // namespace

price_list::price_list(const hardware& h, std::uint32_t nodes) : hw{h} {
  if (hw.kind == hardware_kind::crossbar) {
    conversion = conversion_law{hw};
  } else {
    synapse_time = hw.synapse.time.value;
    if (hw.synapse.cycles.value > 0) synapse_time += hw.synapse.cycles.value / hw.clock.frequency.value * 1e3;
    sync_time = std::min(hw.sync.time.value + hw.sync.per_doubling.value * std::log2(nodes), hw.sync.maximum.value);
  }
}

std::vector<price_range> price_ranges(const hardware& hw, std::uint32_t nodes) {
  hardware base = hw;
  std::vector<price_range> ranges;
  for (const auto& rule : constant_rules()) {
    if (!applies(rule.kinds, hw.kind) || !is_price(rule)) continue;
    const constant& c = rule.of(base);
    if (!c.low && !c.high) continue;
    ranges.push_back({std::string{rule.key}, is_time(rule), with(hw, nodes, rule, c.low.value_or(c.value)),
                      with(hw, nodes, rule, c.high.value_or(c.value))});
  }
  return ranges;
}

price_range together(const hardware& hw, std::uint32_t nodes, const std::vector<price_range>& ranges) {
  hardware low = hw, high = hw;
  price_range all;
  for (const auto& range : ranges) {
    const auto& of = find_constant(range.constant)->of;
    constant &least = of(low), &most = of(high);
    least.value = least.low.value_or(least.value);
    most.value = most.high.value_or(most.value);
    all.moves_time |= range.moves_time;
  }
  all.low = price_list{low, nodes};
  all.high = price_list{high, nodes};
  all.low.cell_energy = cell_energy_over(hw, low);
  all.high.cell_energy = cell_energy_over(hw, high);
  return all;
}

}  // namespace spinule

#include "worst_cells.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include <spinule/simulation.hpp>

#include "stage.hpp"

namespace spinule {
namespace {

constexpr double rounding = 1e-3;  ///< what whole quanta leave of a weight, as `kept_weights::faithful` has it

void keep_worst(std::vector<worst_cell>& all, std::size_t count) {
  std::ranges::stable_sort(all, std::ranges::greater{}, &worst_cell::error);
  if (all.size() > count) all.resize(count);
}

/// Of one projection, in the order of its synapses.
std::vector<worst_cell> cells_of(const network& net, const simulation& sim, index_t j, std::size_t count) {
  const auto& p = net.projections()[j];
  const projection handle = sim.projection_at(j);
  const auto held = sim.synapses(handle);
  const auto asked = sim.asked_weights(handle);
  double mean = 0;
  for (const double w : asked) mean += std::abs(w) / static_cast<double>(asked.size());
  std::vector<worst_cell> worst;
  if (mean == 0) return worst;
  for (std::size_t s = 0; s < held.size(); ++s) {
    const double error = std::abs(held[s].weight - asked[s]) / mean;
    if (error <= rounding || (worst.size() >= 2 * count && error <= worst[count - 1].error)) continue;
    worst.push_back({.projection = p.name,
                     .source = net.populations()[p.source].name,
                     .target = net.populations()[p.target].name,
                     .source_neuron = held[s].source,
                     .target_neuron = held[s].target,
                     .delay_ms = held[s].delay.value(),
                     .asked = asked[s],
                     .held = held[s].weight,
                     .error = error});
    if (worst.size() >= 4 * count) keep_worst(worst, count);
  }
  keep_worst(worst, count);
  return worst;
}

}  // namespace

std::vector<worst_cell> worst_cells(const classifier& through, const backend_choice& on, std::size_t count) {
  if (count == 0) return {};
  const stage looking{"Looking at the cells"};
  backend_choice cells = on;
  if (calibrates(on)) cells.overrides.emplace_back("adc.range=expected");  // what cells hold is the same
  const simulation sim = simulation_on(through, cells);
  std::vector<worst_cell> all;
  for (index_t j = 0; j < through.net.projections().size(); ++j) {
    auto more = cells_of(through.net, sim, j, count);
    all.insert(all.end(), more.begin(), more.end());
  }
  keep_worst(all, count);
  return all;
}

void to_json(nlohmann::json& json, const worst_cell& c) {
  json = {{"projection", c.projection},
          {"source", c.source},
          {"source_neuron", c.source_neuron},
          {"target", c.target},
          {"target_neuron", c.target_neuron},
          {"delay_ms", c.delay_ms},
          {"asked", c.asked},
          {"held", c.held},
          {"error", c.error}};
}

}  // namespace spinule

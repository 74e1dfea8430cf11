#include <spinule/kept_weights.hpp>

#include <algorithm>
#include <cmath>

#include <spinule/simulation.hpp>

namespace spinule {
namespace {

/// Adds one synapse; means are sums until all have been added.
void add(kept_weights& k, double asked, double kept) {
  const double error = std::fabs(kept - asked);
  ++k.synapses;
  k.close += error <= 0.1 * std::fabs(asked);
  k.lost += asked != 0 && kept == 0;
  k.mean_weight += std::fabs(asked);
  k.mean_error += error;
  if (error <= k.largest_error) return;
  k.largest_error = error;
  k.worst_asked = asked;
  k.worst_kept = kept;
}

kept_weights kept_of(const engine& e, index_t projection) {
  constexpr std::uint64_t most_at_once = 1u << 24;
  const auto& d = e.net().descriptions[projection];
  const index_t sources = e.net().populations[d.source].size;
  const std::uint64_t parts =
      std::clamp<std::uint64_t>(e.net().summaries[projection].synapses / most_at_once, 1, sources);
  const auto rows = static_cast<index_t>((sources + parts - 1) / parts);
  kept_weights k{.projection = d.name};
  for (index_t first = 0; first < sources; first += rows) {
    const index_t count = std::min(rows, sources - first);
    const connectivity c = e.net().draw(projection, first, count, true);
    const auto asked = [&](std::size_t i) { return c.start[c.start.size() == 1 ? 0 : i]; };
    const auto written = e.writes_weights() ? e.weights(projection, first, count) : std::vector<double>{};
    for (std::size_t i = 0; i < c.synapses(); ++i)
      add(k, asked(i), written.empty() ? c.weight(i) * c.quantum : written[i]);
  }
  const auto n = static_cast<double>(std::max<std::uint64_t>(k.synapses, 1));
  k.mean_weight /= n;
  k.mean_error /= n;
  return k;
}

}  // namespace

std::vector<kept_weights> simulation::kept_weights() const {
  std::vector<spinule::kept_weights> all;
  for (index_t p = 0; p < engine_->net().descriptions.size(); ++p)
    if (!engine_->net().descriptions[p].plasticity) all.push_back(kept_of(*engine_, p));
  return all;
}

}  // namespace spinule

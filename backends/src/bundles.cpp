#include "bundles.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {

void bundle::expect(index_t population, std::uint64_t synapses, index_t sources, ticks first) {
  const auto k = static_cast<std::size_t>(std::lower_bound(delays.begin(), delays.end(), first) - delays.begin());
  const double each = static_cast<double>(synapses) / static_cast<double>(sources);
  const auto known = std::find_if(expected.begin(), expected.end(),
                                  [&](const share& s) { return s.population == population && s.delay == k; });
  share& mine = known != expected.end() ? *known : expected.emplace_back(share{population, k, 0});
  mine.synapses += static_cast<std::uint64_t>(each * 65536 + 0.5);
}

namespace {

bundle_plan::form form_of(const lowered_network& net, index_t projection, bool procedural) {
  const auto& d = net.descriptions[projection];
  const bool learns = d.plasticity && d.plasticity->learns();
  if (net.summaries[projection].graded && !learns) return bundle_plan::form::graded;
  if (d.plasticity) return bundle_plan::form::plastic;
  return procedural && d.procedural ? bundle_plan::form::procedural : bundle_plan::form::fixed;
}

}  // namespace

std::vector<bundle_plan> bundle_up(const lowered_network& net, bool procedural) {
  const std::vector<std::size_t> level = levels_of(net);
  std::vector<bundle_plan> all;
  std::map<std::tuple<index_t, std::size_t, std::size_t>, std::size_t> known;
  for (index_t j = 0; j < net.descriptions.size(); ++j) {
    const auto& d = net.descriptions[j];
    const auto held = form_of(net, j, procedural);
    const bool alone = held != bundle_plan::form::fixed;
    const auto [at, fresh] = known.try_emplace({d.source, level[d.target], alone ? j + std::size_t{1} : 0}, all.size());
    if (fresh) {
      bundle_plan& plan = all.emplace_back();
      plan.b.projection = j;
      plan.b.source = d.source;
      plan.b.level = level[d.target];
      plan.held = held;
    }
    bundle_plan& m = all[at->second];
    m.projections.push_back(j);
    m.b.delays.insert(m.b.delays.end(), net.summaries[j].delays.begin(), net.summaries[j].delays.end());
  }
  for (bundle_plan& m : all) {
    std::sort(m.b.delays.begin(), m.b.delays.end());
    m.b.delays.erase(std::unique(m.b.delays.begin(), m.b.delays.end()), m.b.delays.end());
    const double lines = static_cast<double>(net.populations[m.b.source].size) * static_cast<double>(m.b.delays.size());
    if (lines > std::numeric_limits<std::uint32_t>::max())
      throw spinule_error{
          fmt::format("population \"{}\"", net.populations[m.b.source].name),
          fmt::format("{} neurons with {} different delays are more than 2^32 lines; use a longer tick or fewer delays",
                      net.populations[m.b.source].size, m.b.delays.size())};
    for (const index_t j : m.projections)
      m.b.expect(net.descriptions[j].target, net.summaries[j].synapses, net.populations[m.b.source].size,
                 net.summaries[j].delays.front());
    if (const auto& d = net.descriptions[m.projections.front()]; d.modulated) {
      m.b.modulator = d.modulated->population;
      m.b.modulated_after = net.summaries[m.projections.front()].modulated_after;
    }
    if (const auto& d = net.descriptions[m.projections.front()]; d.third_factor) {
      m.b.third_factor = d.third_factor->population;
      m.b.third_factor_after = net.summaries[m.projections.front()].third_factor_after;
    }
    m.b.once = m.held == bundle_plan::form::procedural;
  }
  return all;
}

}  // namespace spinule

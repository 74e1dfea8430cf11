#include "estimate.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace spinule {
namespace {

/// A projection in numbers that are not drawn.
struct extent {
  double synapses = 0, sources = 0, targets = 0;
  double delays = 1, longest = 0;  ///< different ones; ticks
  bool equal_weights = false, dense = false, by_source = true;
  double lines() const { return sources * delays; }
  double used_lines() const { return std::min(synapses, lines()); }
};

/// Nearly all that the law can give, in ticks.
std::pair<double, double> range_of(const law& delay, milliseconds tick) {
  constexpr double deviations = 5;
  double low = delay.a, high = delay.a;
  if (delay.kind == law::shape::uniform) high = delay.b;
  if (delay.kind == law::shape::normal) low -= deviations * delay.b, high += deviations * delay.b;
  if (delay.kind == law::shape::lognormal)
    low *= std::exp(-deviations * delay.b), high *= std::exp(deviations * delay.b);
  const auto ticks_of = [&](double ms) {
    return std::clamp(std::clamp(ms, delay.low, delay.high) / tick.value(), 0.0, double{1 << 22});
  };
  return {std::floor(ticks_of(low)), std::ceil(ticks_of(high))};
}

extent extent_of(const network& net, const projection_description& p, milliseconds tick) {
  const auto& from = net.populations()[p.source];
  const auto& to = net.populations()[p.target];
  const endpoints ends = endpoints_of(from, to, p.port, p.source == p.target);
  extent e{.sources = static_cast<double>(ends.sources), .targets = static_cast<double>(ends.targets)};
  if (!p.rule) {
    e.synapses = static_cast<double>(p.list->size());
    e.equal_weights = p.list->weight.size() == 1;
    return e;
  }
  e.synapses = p.rule->expected_synapses(ends).value_or(0);
  const auto [low, high] = range_of(p.delay, tick);
  e.longest = high;
  if (!p.delay.is_constant()) e.delays = std::min(high - low + 1, std::max(e.synapses, 1.0));
  e.equal_weights = p.weight.is_constant();
  e.by_source = p.rule->by_source();
  e.dense = e.delays == 1 && e.by_source && e.synapses == e.sources * e.targets;
  return e;
}

double real_bytes(precision p) { return p == precision::full ? 8 : 4; }

/// Compressed rows.
double connectivity_bytes(const extent& e) { return 8 * e.synapses + 8 * e.lines(); }

double plastic_bytes(const projection_description& p, const extent& e, const storage& how) {
  const double real = real_bytes(how.learned), start = e.equal_weights ? 0 : real;
  const rule_storage kept = p.plasticity->storage();
  const auto beside = static_cast<double>(kept.synapse), line = static_cast<double>(kept.line),
             target = static_cast<double>(kept.target);
  if (how.synapses == synapse_store::compressed)  // plain synapses, and for each target where its own are
    return connectivity_bytes(e) + (8 + 24 + 16 * beside + (e.equal_weights ? 0 : 8)) * e.synapses +
           24 * (e.lines() + e.targets);
  const double groups = p.dendritic > 0 ? e.delays : 1;
  return (real * (1 + beside) + 2 + start) * e.synapses + (8 + line * real) * e.lines() +
         target * real * groups * e.targets;
}

double row_bytes(const extent& e, int bits) {
  const double headers = 8 * e.sources + (e.delays > 1 ? 4 * e.used_lines() : 0);
  if (e.dense) return (e.equal_weights ? 0 : bits / 8) * e.synapses + 8 * e.lines();
  if (e.equal_weights) return std::min(e.lines() * e.targets / 8, 2 * e.synapses + headers);
  return (bits == 32 ? 8 : 4) * e.synapses + headers;
}

double procedural_bytes(const extent& e) { return 4 * e.targets * (e.delays > 1 ? e.longest : 0); }

double graded_bytes(const extent& e) { return 6 * e.synapses + 8 * e.lines(); }

/// `plastic_tiles` beside the tiles: six numbers of each of two cells, twice, where the pair is and what its rule
/// keeps.
constexpr double learning_pair_bytes = 2 * 2 * 6 * 4 + 40 + 64;

double tile_bytes(const projection_description& p, const extent& e, const storage& how) {
  const double rows = e.lines() * (1 - std::exp(-e.synapses / std::max(e.lines(), 1.0)));
  return connectivity_bytes(e) + how.pair_bytes * rows * e.targets +
         (p.plasticity ? learning_pair_bytes : 0) * e.synapses;
}

double synapse_bytes(const projection_description& p, bool graded, const extent& e, const storage& how) {
  const bool learns = p.plasticity && p.plasticity->learns();
  if (graded && !learns && how.synapses == synapse_store::rows) return graded_bytes(e);
  if (how.synapses == synapse_store::tiles) return tile_bytes(p, e, how);
  if (p.plasticity) return plastic_bytes(p, e, how);
  if (how.synapses == synapse_store::compressed) return connectivity_bytes(e);
  return p.procedural && how.procedural ? procedural_bytes(e) : row_bytes(e, p.weight_bits);
}

/// What would make a projection smaller.
std::string instead_of(const projection_description& p, const extent& e, const storage& how) {
  const std::string size = fmt::format("{:.3g} synapses", e.synapses);
  if (how.synapses == synapse_store::tiles) return size + "; use fewer, or fewer delays";
  if (how.synapses == synapse_store::compressed || p.plasticity || !p.rule) return size + "; use fewer";
  std::string text = size;
  if (p.weight_bits == 32 && !e.equal_weights)
    text +=
        fmt::format("; .weight_bits = {} would take {}", e.dense ? 8 : 16, bytes_text(row_bytes(e, e.dense ? 8 : 16)));
  if (how.procedural && e.by_source && !p.procedural)
    text += fmt::format("; .procedural = true would take {}", bytes_text(procedural_bytes(e)));
  return text + "; or use fewer";
}

/// [populations] sums of a neuron: one for each lane of the ports that something leads to, up to the last.
std::vector<double> sums_of(const network& net) {
  std::vector<int> ports(net.populations().size(), 0);
  for (const auto& p : net.projections()) ports[p.target] = std::max(ports[p.target], p.port + 1);
  for (const auto& d : net.drives()) ports[d.target] = std::max(ports[d.target], d.port + 1);
  std::vector<double> sums(ports.size(), 0);
  for (std::size_t i = 0; i < ports.size(); ++i)
    for (int port = 0; port < ports[i]; ++port) sums[i] += net.populations()[i].width(port);
  return sums;
}

}  // namespace

memory_estimate estimate_memory(const network& net, milliseconds tick, const storage& how) {
  std::vector<extent> extents;
  double reach = 0, while_building = 0;
  for (const auto& p : net.projections()) {
    const extent& e = extents.emplace_back(extent_of(net, p, tick));
    reach = std::max(reach, e.longest);
    double passing = how.threads * (4 * e.sources + 8 * e.targets);
    if (!e.by_source && how.synapses == synapse_store::rows) passing = std::max(passing, connectivity_bytes(e));
    while_building = std::max(while_building, passing);
  }
  memory_estimate all;
  const auto each_sum = sums_of(net);
  for (std::size_t i = 0; i < each_sum.size(); ++i) {
    const auto& p = net.populations()[i];
    const bool plain = how.synapses == synapse_store::compressed;
    const double sums = each_sum[i] * (plain ? 8 * (reach + 1) : 4);
    const double each = 8 + sums + static_cast<double>(p.model->neuron_bytes(plain ? precision::full : how.learned));
    all.items.push_back({fmt::format("population \"{}\"", p.name), each * static_cast<double>(p.size),
                         fmt::format("{} neurons; use fewer", p.size)});
  }
  for (std::size_t j = 0; j < extents.size(); ++j) {
    const auto& p = net.projections()[j];
    const extent& e = extents[j];
    all.items.push_back({fmt::format("projection \"{}\"", p.name),
                         synapse_bytes(p, p.modulated || net.populations()[p.source].model->is_graded(), e, how) +
                             4 * e.sources + 8 * e.targets,
                         instead_of(p, e, how)});
  }
  all.items.push_back({"building", while_building, "for a while"});
  return all;
}

}  // namespace spinule

// Weights of a simulation, read and assigned.
#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/simulation.hpp>

#include "list_order.hpp"

namespace spinule {

std::vector<double> engine::weights(index_t projection, index_t first, index_t count) const {
  const connectivity c = net().draw(projection, first, count);
  std::vector<double> w(c.synapses());
  for (std::uint64_t i = 0; i < w.size(); ++i) w[i] = c.weight(i) * c.quantum;
  return w;
}

std::vector<double> engine::asked_weights(index_t projection, index_t first, index_t count) const {
  connectivity c = net().draw(projection, first, count, true);
  if (c.start.size() == 1) return std::vector<double>(c.synapses(), c.start[0]);
  return std::move(c.start);
}

namespace {

/// Sources first .. first + count - 1 of a projection.
struct synapse_range {
  const projection_description& d;
  index_t id, first, count;
  std::string where() const { return fmt::format("projection \"{}\"", d.name); }
};

synapse_range all_of(const engine& e, const projection& p) {
  const auto& d = described(e.net().descriptions, p, "simulation");
  return {d, p.id, 0, e.net().populations[d.source].size};
}

synapse_range from(const engine& e, const projection& p, index_t source) {
  synapse_range r = all_of(e, p);
  if (source >= r.count) throw spinule_error{r.where(), fmt::format("has no source {}; it has {}", source, r.count)};
  return {r.d, r.id, source, 1};
}

/// What lies by source, delay and target, in the order of the list.
template <class T>
std::vector<T> as_listed(const engine& e, const synapse_range& r, std::vector<T> sorted) {
  const auto order = list_order(e.net(), r.id, r.first, r.count);
  if (order.empty()) return sorted;
  std::vector<T> listed(sorted.size());
  for (std::size_t i = 0; i < listed.size(); ++i) listed[i] = sorted[order[i]];
  return listed;
}

std::vector<double> weights_of(const engine& e, const synapse_range& r) {
  return as_listed(e, r, e.weights(r.id, r.first, r.count));
}

std::vector<double> asked_of(const engine& e, const synapse_range& r) {
  return as_listed(e, r, e.asked_weights(r.id, r.first, r.count));
}

std::vector<listed_synapse> synapses_of(const engine& e, const synapse_range& r) {
  const connectivity c = e.net().draw(r.id, r.first, r.count);
  const auto weights = e.weights(r.id, r.first, r.count);
  std::vector<listed_synapse> all;
  all.reserve(weights.size());
  for (index_t source = 0; source < c.sources; ++source)
    for (std::size_t k = 0; k < c.delays.size(); ++k)
      for (const index_t target : c.targets_of(c.line(source, k)))
        all.push_back({r.first + source, target, weights[all.size()], static_cast<double>(c.delays[k]) * e.net().tick});
  return as_listed(e, r, std::move(all));
}

void assign_to(engine& e, const synapse_range& r, std::span<const double> weights) {
  if (!r.d.plasticity)
    throw spinule_error{r.where(),
                        "its weights are static; connect with bounds, {.lowest = ..., .highest = ...}, or a rule"};
  const std::uint64_t synapses = r.count == 1 ? e.weights(r.id, r.first, 1).size() : e.net().summaries[r.id].synapses;
  if (weights.size() != synapses)
    throw spinule_error{r.where(), fmt::format("{} weights for {} synapses; give one each", weights.size(), synapses)};
  const auto [lowest, highest] = r.d.plasticity->bounds();
  bool good = true;
  for (const double w : weights) good &= (w >= lowest) & (w <= highest);
  for (std::size_t i = 0; !good && i < weights.size(); ++i)
    if (!(weights[i] >= lowest && weights[i] <= highest))
      throw spinule_error{r.where(),
                          fmt::format("weight {} is {}, outside the bounds {} to {}", i, weights[i], lowest, highest)};
  const auto order = list_order(e.net(), r.id, r.first, r.count);
  if (order.empty()) return e.assign(r.id, r.first, r.count, weights);
  std::vector<double> sorted(weights.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) sorted[order[i]] = weights[i];
  e.assign(r.id, r.first, r.count, sorted);
}

}  // namespace

std::vector<double> simulation::weights(const projection& p) const { return weights_of(*engine_, all_of(*engine_, p)); }
std::vector<double> simulation::weights(const projection& p, index_t source) const {
  return weights_of(*engine_, from(*engine_, p, source));
}
std::vector<double> simulation::asked_weights(const projection& p) const {
  return asked_of(*engine_, all_of(*engine_, p));
}
std::vector<double> simulation::asked_weights(const projection& p, index_t source) const {
  return asked_of(*engine_, from(*engine_, p, source));
}
std::vector<listed_synapse> simulation::synapses(const projection& p) const {
  return synapses_of(*engine_, all_of(*engine_, p));
}
std::vector<listed_synapse> simulation::synapses(const projection& p, index_t source) const {
  return synapses_of(*engine_, from(*engine_, p, source));
}
void simulation::assign(const projection& p, std::span<const double> weights) {
  check_idle("assign");
  assign_to(*engine_, all_of(*engine_, p), weights);
}
void simulation::assign(const projection& p, index_t source, std::span<const double> weights) {
  check_idle("assign");
  assign_to(*engine_, from(*engine_, p, source), weights);
}

}  // namespace spinule

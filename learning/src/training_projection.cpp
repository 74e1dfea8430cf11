// A projection as it is read from a network: its synapses as a matrix or a list.
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include <spinule/engine/drawing.hpp>
#include <spinule/engine/lowering.hpp>
#include <spinule/engine/memory.hpp>
#include <spinule/error.hpp>

#include "training_parts.hpp"

namespace spinule::learning {
namespace {

[[noreturn]] void refuse_second(const std::string& where, index_t source, index_t target) {
  throw spinule_error{where, fmt::format("connects neuron {} to {} twice; a projection that is trained has one "
                                         "synapse for a pair",
                                         source, target)};
}

/// Calls use(source, target, weight, delay) for every synapse, by source or by target.
template <class Use>
void for_each_drawn(const lowered_network& net, index_t id, const Use& use) {
  row_drawer drawer{net, id};
  for (index_t i = 0; i < drawer.rows(); ++i) {
    const drawn_row row = drawer.row(i);
    for (std::size_t k = 0; k < row.partners.size(); ++k)
      drawer.by_source() ? use(i, row.partners[k], row.weight(k), row.delay(k))
                         : use(row.partners[k], i, row.weight(k), row.delay(k));
  }
}

void read_matrix(const lowered_network& net, const std::string& where, trained_projection& p) {
  p.weights.assign(p.numbers() + row_slack, 0);
  p.present.assign(std::size_t{p.sources} * p.targets, 0);
  bool any = false;
  for_each_drawn(net, p.id, [&](index_t source, index_t target, double weight, ticks delay) {
    const std::size_t place = std::size_t{source} * p.targets + target;
    if (p.present[place] != 0) refuse_second(where, source, target);
    if (!any) p.delay = delay;
    any = true;
    if (p.delays.empty() && delay != p.delay) p.delays.assign(p.present.size(), static_cast<float>(p.delay));
    if (!p.delays.empty()) p.delays[place] = static_cast<float>(delay);
    p.present[place] = 1;
    p.weights[source * p.stride + target] = static_cast<float>(weight);
  });
  if (std::ranges::all_of(p.present, [](char x) { return x != 0; })) p.present.clear();
}

void read_list(const lowered_network& net, const std::string& where, trained_projection& p) {
  struct synapse {
    index_t source, target;
    float weight;
    ticks delay;
  };
  std::vector<synapse> all;
  all.reserve(net.summaries[p.id].synapses);
  p.list_offsets.assign(p.sources + 1, 0);
  for_each_drawn(net, p.id, [&](index_t source, index_t target, double weight, ticks delay) {
    all.push_back({source, target, static_cast<float>(weight), delay});
    ++p.list_offsets[source + 1];
  });
  const auto key = [](const synapse& s) { return std::pair{s.source, s.target}; };
  if (!std::ranges::is_sorted(all, {}, key)) std::ranges::sort(all, {}, key);
  const auto twice = std::ranges::adjacent_find(all, {}, key);
  if (twice != all.end()) refuse_second(where, twice->source, twice->target);
  std::partial_sum(p.list_offsets.begin(), p.list_offsets.end(), p.list_offsets.begin());
  p.list_targets.reserve(all.size());
  p.weights.assign(all.size() + row_slack, 0);
  for (std::size_t k = 0; k < all.size(); ++k) {
    p.list_targets.push_back(all[k].target);
    p.weights[k] = all[k].weight;
  }
  if (!all.empty()) p.delay = all.front().delay;
  if (!std::ranges::all_of(all, [&](const synapse& s) { return s.delay == p.delay; }))
    for (const synapse& s : all) p.delays.push_back(static_cast<float>(s.delay));
}

void check_fits(const trained_projection& p, double synapses, bool delays, const std::string& where,
                const char* instead) {
  check_memory({{{where, synapse_layout::bytes(p.sources, p.targets, synapses, p.sparse, delays ? 2 : 0), instead}}},
               available_memory(), "trainer");
}

}  // namespace

trained_projection read_projection(const lowered_network& net, index_t id) {
  const projection_description& described = net.descriptions[id];
  const std::string where = "projection \"" + described.name + "\"";
  if (described.plasticity) throw spinule_error{where, "has a plasticity rule; what a trainer learns has none"};
  if (described.modulated) throw spinule_error{where, "is modulated; a trainer has no derivatives for that"};
  if (net.populations[described.source].sign != weight_sign::any)
    throw spinule_error{where,
                        "comes from a population of one sign, which a trainer would not keep; leave its sign out"};
  trained_projection p;
  p.id = id;
  p.source = described.source;
  p.target = described.target;
  p.port = static_cast<std::size_t>(described.port);
  p.sources = net.populations[p.source].size;
  p.targets = net.populations[p.target].size;
  if (net.populations[p.target].width(described.port) != 1)
    throw spinule_error{where, "ends at a wide port, which a trainer has no derivatives for"};
  p.stride = padded(p.targets);
  const projection_summary& summary = net.summaries[id];
  const auto synapses = static_cast<double>(summary.synapses);
  p.sparse = synapse_layout::is_sparse(synapses, static_cast<double>(p.sources) * static_cast<double>(p.targets));
  check_fits(p, synapses, summary.delays.size() > 1, where, "smaller populations, or fewer synapses");
  if (p.sparse)
    read_list(net, where, p);
  else
    read_matrix(net, where, p);
  return p;
}

void make_matrix(trained_projection& p, const std::string& where) {
  trained_projection matrix;
  matrix.sources = p.sources;
  matrix.targets = p.targets;
  check_fits(matrix, 0, !p.delays.empty(), where, "no subspace, for which a projection is a dense matrix");
  aligned_vector<float> weights(p.sources * p.stride + row_slack, 0);
  std::vector<char> present(std::size_t{p.sources} * p.targets, 0);
  std::vector<float> delays(p.delays.empty() ? 0 : present.size(), static_cast<float>(p.delay));
  p.for_each([&](std::size_t j, std::size_t i, std::size_t place) {
    weights[j * p.stride + i] = p.weights[place];
    present[j * p.targets + i] = 1;
    if (!delays.empty()) delays[j * p.targets + i] = p.delays[place];
  });
  p.sparse = false;
  p.weights = std::move(weights);
  p.present = std::move(present);
  p.delays = std::move(delays);
  p.list_offsets.clear();
  p.list_targets.clear();
  p.gradient.clear();
  p.delay_gradient.clear();
}

void list_synapses(trained_projection& p) {
  p.list_offsets.assign(1, 0);
  p.list_targets.clear();
  p.listed_weights.clear();
  for (std::size_t j = 0, row = 0; j < p.sources; ++j, row += p.targets) {
    for (std::size_t i = 0; i < p.targets; ++i)
      if (p.present[row + i] != 0) {
        p.list_targets.push_back(static_cast<std::uint32_t>(i));
        p.listed_weights.push_back(p.weights[j * p.stride + i]);
      }
    p.list_offsets.push_back(static_cast<std::uint32_t>(p.list_targets.size()));
  }
}

}  // namespace spinule::learning

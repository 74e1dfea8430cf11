#include "tile_fabric.hpp"

#include <algorithm>

namespace spinule {
namespace {

struct home {
  std::size_t shard = 0, slice = 0, level = 0;
  std::uint32_t at = 0;
};

home home_of(std::span<const shard_plan> shards, index_t target, std::size_t column) {
  for (std::size_t s = 0; s < shards.size(); ++s)
    for (std::size_t i = 0; i < shards[s].slices.size(); ++i)
      if (const slice& part = shards[s].slices[i]; part.population == target)
        return {s, i, shards[s].level, part.at[column]};
  return {};
}

}  // namespace

tile_fabric::tile_fabric(const lowered_network& net, std::span<const shard_plan> shards,
                         const std::function<programmed(index_t)>& program) {
  for (index_t j = 0; j < net.descriptions.size(); ++j) {
    const auto& d = net.descriptions[j];
    const connectivity& c = net.synapses(j);
    const home h = home_of(shards, d.target, net.summaries[j].column);
    bundle& b = bundles_.emplace_back();
    b.projection = j;
    b.source = d.source;
    b.level = h.level;
    b.delays = c.delays;
    if (d.modulated) b.modulator = d.modulated->population;
    b.modulated_after = net.summaries[j].modulated_after;
    if (d.third_factor) b.third_factor = d.third_factor->population;
    b.third_factor_after = net.summaries[j].third_factor_after;
    b.expect(d.target, c.synapses(), c.sources, c.delays.front());
    programmed made = program(j);
    arrays_.push_back({std::move(made.tiles), std::move(made.learns), &c, h.shard, h.slice, h.at});
    if (d.plasticity) arrays_.back().follows = followed_field(net, j);
  }
}

void tile_fabric::present(std::uint64_t episode) {
  for (array& a : arrays_) {
    a.tiles.present(episode);
    a.tiles.reset_counts();
    a.read_at = -1;
  }
}

void tile_fabric::reset(std::uint64_t episode) {
  for (array& a : arrays_)
    if (a.learns) a.learns->reset(a.tiles);
  present(episode);
}

void tile_fabric::begin_episode(std::uint64_t episode, moment) {
  for (array& a : arrays_)
    if (a.learns) a.learns->rest();
  present(episode);
}

void tile_fabric::assign(index_t projection, index_t first, index_t count, std::span<const double> weights, moment) {
  array& a = arrays_[projection];
  const connectivity& c = *a.synapses;
  a.learns->assign(c.line(first, 0), c.line(first + count, 0), weights, a.tiles);
}

void tile_fabric::fire(std::size_t shard, std::size_t slice, moment now, std::span<const index_t> fired) {
  for (array& a : arrays_)
    if (a.learns && a.shard == shard && a.slice == slice) a.learns->fire(now, fired, a.tiles);
}

void tile_fabric::watch(std::size_t shard, std::size_t slice, moment now, std::size_t field, const watched& neurons) {
  for (array& a : arrays_)
    if (a.follows == field && a.shard == shard && a.slice == slice) a.learns->watch(now, neurons, a.tiles);
}

// Synapses of one line onto one target share a pair of cells; each has its part of what the pair holds.
std::vector<double> tile_fabric::weights(index_t projection, index_t first, index_t count) const {
  const array& a = arrays_[projection];
  const connectivity& c = *a.synapses;
  if (a.learns) return a.learns->weights(c.line(first, 0), c.line(first + count, 0));
  const auto end = [&](std::uint64_t s, std::uint64_t last) {
    std::uint64_t e = s + 1;
    while (e < last && c.target[e] == c.target[s]) ++e;
    return e;
  };
  std::vector<double> all;
  for (std::size_t line = c.line(first, 0); line < c.line(first + count, 0); ++line)
    for (std::uint64_t s = c.offsets[line], e; s < c.offsets[line + 1]; s = e) {
      e = end(s, c.offsets[line + 1]);
      double asked = 0;
      for (std::uint64_t k = s; k < e; ++k) asked += c.weight(k);
      const double held = a.tiles.weight(line, c.target[s]) * c.quantum;
      for (std::uint64_t k = s; k < e; ++k)
        all.push_back(e == s + 1 ? held : asked != 0 ? held * c.weight(k) / asked : 0);
    }
  return all;
}

void tile_fabric::deliver(std::span<const line_list> arrivals, moment now, std::size_t shard, inbox to) {
  for (std::size_t j = 0; j < arrays_.size(); ++j) {
    array& a = arrays_[j];
    if (a.shard != shard) continue;
    if (a.learns) a.learns->arrive(arrivals[j], now, a.tiles);
    if (arrivals[j].empty()) continue;
    const line_list active = a.synapses->delays.size() > 1 ? by_line(arrivals[j]) : arrivals[j];
    a.activity = a.tiles.read(active.lines, active.amplitudes, now, {to.sums + a.at, a.synapses->targets});
    a.read_at = now;
    if (to.marks) mark(a, active, to);
  }
}

line_list tile_fabric::by_line(line_list arriving) {
  sorted_.assign(arriving.begin(), arriving.end());
  if (arriving.amplitudes.empty()) {
    std::sort(sorted_.begin(), sorted_.end());
    return {sorted_};
  }
  std::vector<std::pair<std::uint32_t, float>> pairs;
  for (std::size_t i = 0; i < arriving.size(); ++i) pairs.push_back({arriving.lines[i], arriving.amplitudes[i]});
  std::sort(pairs.begin(), pairs.end());
  amplitudes_.clear();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    sorted_[i] = pairs[i].first;
    amplitudes_.push_back(pairs[i].second);
  }
  return {sorted_, amplitudes_};
}

/// Noise and leakage reach targets that no synapse names.
void tile_fabric::mark(const array& a, line_list lines, inbox to) const {
  for (const auto line : lines)
    for (const index_t t : a.synapses->targets_of(line)) to.marks->set(a.at + t);
  for (std::uint32_t slot = a.at; slot < a.at + a.synapses->targets; ++slot)
    if (to.sums[slot] != 0) to.marks->set(slot);
}

}  // namespace spinule

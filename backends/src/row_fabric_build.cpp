#include "row_fabric_build.hpp"

#include <algorithm>

#include <tbb/enumerable_thread_specific.h>

#include "graded_rows.hpp"
#include "procedural_rows.hpp"
#include "source_rows.hpp"
#include "wire_plastic.hpp"
#include "workers.hpp"

namespace spinule {
namespace {

std::vector<piece> pieces_on(const lowered_network& net, const bundle_plan& m, const shard_plan& shard) {
  std::vector<piece> pieces;
  for (const index_t j : m.projections) {
    const endpoints ends = ends_of(net, net.descriptions[j]);
    const std::size_t column = net.summaries[j].column;
    for (const slice& s : shard.slices)
      if (s.population == net.descriptions[j].target)
        pieces.push_back({j, &net.summaries[j], ends.sources, ends.targets, s.first_target(column), s.targets(column),
                          s.at[column]});
  }
  return pieces;
}

/// Where targets first .. last - 1 of a projection lie.
struct target_range {
  index_t first, last;
  std::uint32_t set, piece, at;
};

/// [projections of the bundle] ascending.
std::vector<std::vector<target_range>> ranges_of(const bundle_plan& m, std::span<row_set* const> sets) {
  std::vector<std::vector<target_range>> all(m.projections.size());
  for (std::uint32_t s = 0; s < sets.size(); ++s)
    for (std::uint32_t i = 0; i < sets[s]->pieces().size(); ++i) {
      const piece& p = sets[s]->pieces()[i];
      const auto k = std::find(m.projections.begin(), m.projections.end(), p.projection) - m.projections.begin();
      all[static_cast<std::size_t>(k)].push_back({p.first, p.first + p.count, s, i, p.at});
    }
  for (auto& ranges : all)
    std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return all;
}

/// The ranges of a projection, ready for search. Where targets lie no processor foresees: no branch decides among four.
class range_finder {
 public:
  explicit range_finder(std::span<const target_range> ranges) : ranges_{ranges} {
    for (std::size_t k = 0; k + 1 < std::min<std::size_t>(ranges.size(), 4); ++k) last_[k] = ranges[k].last;
  }
  const target_range& operator()(index_t target) const {
    if (ranges_.size() > 4 && target >= last_[2])
      return *std::upper_bound(ranges_.begin() + 3, ranges_.end(), target,
                               [](index_t t, const target_range& r) { return t < r.last; });
    return ranges_[std::size_t{target >= last_[0]} + std::size_t{target >= last_[1]} + std::size_t{target >= last_[2]}];
  }

 private:
  std::span<const target_range> ranges_;
  index_t last_[3] = {0xffffffff, 0xffffffff, 0xffffffff};
};

/// The synapses of one source onto one row set.
struct row_buffer {
  std::vector<slotted_synapse> lines;
  slotted_synapse* next = nullptr;
  void make_room(std::size_t more) {
    const auto used = static_cast<std::size_t>(next - lines.data());
    if (lines.size() < used + more) lines.resize(2 * (used + more));
    next = lines.data() + used;
  }
  std::span<const slotted_synapse> synapses() const { return {lines.data(), next}; }
};

void distribute(const coded_row& row, std::span<const target_range> ranges, std::span<row_buffer> buffers) {
  for (row_buffer& s : buffers) s.make_room(row.targets.size());
  const range_finder find{ranges};
  const std::size_t each_delay = row.delays.size() > 1, each_code = row.codes.size() > 1;
  for (std::size_t i = 0; i < row.targets.size(); ++i) {
    const target_range& to = find(row.targets[i]);
    *buffers[to.set].next++ = {to.piece, to.at + (row.targets[i] - to.first), row.delays[i * each_delay],
                               row.codes[i * each_code]};
  }
}

/// Draws all rows of a bundle and puts them into its row sets, chunk by chunk.
void fill(const lowered_network& net, const bundle_plan& m, std::span<row_set* const> sets, int threads) {
  const auto ranges = ranges_of(m, sets);
  struct workspace {
    source_rows rows;
    std::vector<row_buffer> buffers;       ///< [sets]
    std::vector<row_set::filler> fillers;  ///< [sets]
  };
  workspace prototype{source_rows{net, m}, std::vector<row_buffer>(sets.size()), {}};
  for (row_set* set : sets) prototype.fillers.emplace_back(*set);
  tbb::enumerable_thread_specific<workspace> workspaces{[&] { return prototype; }};
  const index_t sources = net.populations[m.b.source].size;
  const auto work = [&](index_t c) {
    workspace& mine = workspaces.local();
    for (auto& filler : mine.fillers) filler.open(c * row_set::chunk);
    for (index_t source = c * row_set::chunk; source < std::min(sources, (c + 1) * row_set::chunk); ++source) {
      for (row_buffer& s : mine.buffers) s.next = s.lines.data();
      for (std::size_t k = 0; k < ranges.size(); ++k) distribute(mine.rows.row(k, source), ranges[k], mine.buffers);
      for (std::size_t s = 0; s < sets.size(); ++s) mine.fillers[s].put(mine.buffers[s].synapses());
    }
    for (auto& filler : mine.fillers) filler.close();
  };
  const index_t chunks = (sources + row_set::chunk - 1) / row_set::chunk;
  loop_over(threads)(chunks, [&](std::size_t c) { work(static_cast<index_t>(c)); });
  for (row_set* set : sets) set->finish();
}

/// The slices that a projection reaches, ascending by target, each with its shard.
std::vector<std::pair<std::size_t, stateful_rows::section>> sections_of(const lowered_network& net, std::size_t b,
                                                                        index_t j, std::span<const shard_plan> plans) {
  const index_t target = net.descriptions[j].target;
  const std::size_t c = net.summaries[j].column;
  std::vector<std::pair<std::size_t, stateful_rows::section>> sections;
  for (std::size_t s = 0; s < plans.size(); ++s)
    for (std::size_t i = 0; i < plans[s].slices.size(); ++i)
      if (const slice& x = plans[s].slices[i]; x.population == target)
        sections.push_back({s, {b, i, j, x.first_target(c), x.targets(c), x.at[c], x.width[c]}});
  std::sort(sections.begin(), sections.end(),
            [](const auto& x, const auto& y) { return x.second.first < y.second.first; });
  return sections;
}

}  // namespace

std::shared_ptr<const static_rows> draw_rows(const lowered_network& net, std::span<const bundle_plan> bundles,
                                             std::span<const shard_plan> plans, const row_options& options) {
  auto made = std::make_shared<static_rows>();
  for (const bundle_plan& m : bundles) {
    made->bundles.push_back(m.b);
  }
  made->shards.reserve(plans.size());  // row sets know where their keys are
  for (const shard_plan& plan : plans) {
    auto& shard = made->shards.emplace_back();
    for (std::size_t b = 0; b < bundles.size(); ++b) {
      if (bundles[b].held != bundle_plan::form::fixed) continue;
      if (auto pieces = pieces_on(net, bundles[b], plan); !pieces.empty())
        shard.sets.push_back({b, row_set{std::move(pieces), bundles[b].b.delays, net.tick, made->memory, shard.keys,
                                         options.marks_all}});
    }
  }
  for (std::size_t b = 0; b < bundles.size(); ++b) {
    std::vector<row_set*> sets;
    for (auto& shard : made->shards)
      for (auto& [of, rows] : shard.sets)
        if (of == b) sets.push_back(&rows);
    if (sets.empty()) continue;
    made->bundles[b].once = std::all_of(sets.begin(), sets.end(), [](const row_set* s) { return s->is_sparse(); });
    fill(net, bundles[b], sets, options.threads);
  }
  return made;
}

stateful_shards draw_stateful(const lowered_network& net, std::span<const bundle_plan> bundles,
                              std::span<const shard_plan> plans, int threads, precision learned) {
  stateful_shards all(plans.size());
  for (std::size_t b = 0; b < bundles.size(); ++b) {
    const bundle_plan& m = bundles[b];
    if (m.held == bundle_plan::form::fixed) continue;
    const auto sections = sections_of(net, b, m.projections.front(), plans);
    if (m.held == bundle_plan::form::procedural) {
      for (const auto& [shard, where] : sections) all[shard].push_back(make_procedural(net, m, where));
      continue;
    }
    std::vector<stateful_rows::section> parts;
    for (const auto& [shard, where] : sections) parts.push_back(where);
    auto rows = m.held == bundle_plan::form::graded ? wire_graded(net, m, parts, threads)
                                                    : wire_plastic(net, m, parts, threads, learned);
    for (std::size_t k = 0; k < sections.size(); ++k) all[sections[k].first].push_back(std::move(rows[k]));
  }
  return all;
}

}  // namespace spinule

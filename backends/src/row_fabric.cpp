#include <algorithm>

#include <tbb/enumerable_thread_specific.h>

#include "bit_rows.hpp"
#include "bundles.hpp"
#include "procedural_rows.hpp"
#include "row_set.hpp"
#include "source_rows.hpp"
#include "wire_plastic.hpp"
#include "workers.hpp"

namespace spinule {
namespace {

/// What never changes.
struct all_rows {
  struct entry {
    std::size_t bundle;
    row_set rows;
  };
  struct shard {
    std::vector<entry> sets;
    std::vector<count_key> keys;
  };
  std::vector<bundle> bundles;
  std::vector<std::size_t> lines;  ///< [bundles]
  row_memory memory;
  std::vector<shard> shards;
};

std::vector<piece> pieces_on(const lowered_network& net, const membership& m, const shard_plan& shard) {
  std::vector<piece> pieces;
  for (const index_t j : m.projections) {
    const auto& d = net.descriptions[j];
    for (const slice& s : shard.slices)
      if (s.population == d.target)
        pieces.push_back({j, &net.summaries[j], net.populations[d.source].size, net.populations[d.target].size, s.first,
                          s.count, s.at[static_cast<std::size_t>(d.port)]});
  }
  return pieces;
}

/// Where targets first .. last - 1 of a projection lie.
struct target_range {
  index_t first, last;
  std::uint32_t set, piece, at;
};

/// [projections of the bundle] ascending.
std::vector<std::vector<target_range>> ranges_of(const membership& m, std::span<row_set* const> sets) {
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
struct sheet {
  std::vector<placed_synapse> lines;
  placed_synapse* next = nullptr;
  void make_room(std::size_t more) {
    const auto used = static_cast<std::size_t>(next - lines.data());
    if (lines.size() < used + more) lines.resize(2 * (used + more));
    next = lines.data() + used;
  }
  std::span<const placed_synapse> synapses() const { return {lines.data(), next}; }
};

void distribute(const coded_row& row, std::span<const target_range> ranges, std::span<sheet> sheets) {
  for (sheet& s : sheets) s.make_room(row.targets.size());
  const range_finder find{ranges};
  const std::size_t each_delay = row.delays.size() > 1, each_code = row.codes.size() > 1;
  for (std::size_t i = 0; i < row.targets.size(); ++i) {
    const target_range& to = find(row.targets[i]);
    *sheets[to.set].next++ = {to.piece, to.at + (row.targets[i] - to.first), row.delays[i * each_delay],
                              row.codes[i * each_code]};
  }
}

/// Draws all rows of a bundle and puts them into its row sets, chunk by chunk.
void fill(const lowered_network& net, const membership& m, std::span<row_set* const> sets, int threads) {
  const auto ranges = ranges_of(m, sets);
  struct desk {
    source_rows rows;
    std::vector<sheet> sheets;             ///< [sets]
    std::vector<row_set::filler> fillers;  ///< [sets]
  };
  desk prototype{source_rows{net, m}, std::vector<sheet>(sets.size()), {}};
  for (row_set* set : sets) prototype.fillers.emplace_back(*set);
  tbb::enumerable_thread_specific<desk> desks{[&] { return prototype; }};
  const index_t sources = net.populations[m.b.source].size;
  const auto work = [&](index_t c) {
    desk& mine = desks.local();
    for (auto& filler : mine.fillers) filler.open(c * row_set::chunk);
    for (index_t source = c * row_set::chunk; source < std::min(sources, (c + 1) * row_set::chunk); ++source) {
      for (sheet& s : mine.sheets) s.next = s.lines.data();
      for (std::size_t k = 0; k < ranges.size(); ++k) distribute(mine.rows.row(k, source), ranges[k], mine.sheets);
      for (std::size_t s = 0; s < sets.size(); ++s) mine.fillers[s].put(mine.sheets[s].synapses());
    }
    for (auto& filler : mine.fillers) filler.close();
  };
  const index_t chunks = (sources + row_set::chunk - 1) / row_set::chunk;
  loop_over(threads)(chunks, [&](std::size_t c) { work(static_cast<index_t>(c)); });
  for (row_set* set : sets) set->finish();
}

std::shared_ptr<const all_rows> draw_rows(const lowered_network& net, std::span<const membership> members,
                                          std::span<const shard_plan> plans, int threads, bool may_tell_once) {
  auto made = std::make_shared<all_rows>();
  for (const membership& m : members) {
    made->bundles.push_back(m.b);
    made->lines.push_back(net.populations[m.b.source].size * m.b.delays.size());
  }
  made->shards.reserve(plans.size());  // row sets know where their keys are
  for (const shard_plan& plan : plans) {
    auto& shard = made->shards.emplace_back();
    for (std::size_t b = 0; b < members.size(); ++b) {
      if (members[b].held != membership::form::static_rows) continue;
      if (auto pieces = pieces_on(net, members[b], plan); !pieces.empty())
        shard.sets.push_back({b, row_set{std::move(pieces), members[b].b.delays, net.tick, made->memory, shard.keys}});
    }
  }
  for (std::size_t b = 0; b < members.size(); ++b) {
    std::vector<row_set*> sets;
    for (auto& shard : made->shards)
      for (auto& [of, rows] : shard.sets)
        if (of == b) sets.push_back(&rows);
    if (sets.empty()) continue;
    const bool sparse = std::all_of(sets.begin(), sets.end(), [](const row_set* s) { return s->is_sparse(); });
    made->bundles[b].once = sparse && may_tell_once;
    fill(net, members[b], sets, threads);
  }
  return made;
}

/// The slices that a projection reaches, ascending by target, each with its shard.
std::vector<std::pair<std::size_t, stateful_rows::place>> places_of(const lowered_network& net, std::size_t b,
                                                                    index_t j, std::span<const shard_plan> plans) {
  const auto& d = net.descriptions[j];
  std::vector<std::pair<std::size_t, stateful_rows::place>> places;
  for (std::size_t s = 0; s < plans.size(); ++s)
    for (std::size_t i = 0; i < plans[s].slices.size(); ++i)
      if (const slice& x = plans[s].slices[i]; x.population == d.target)
        places.push_back({s, {b, i, j, x.first, x.count, x.at[static_cast<std::size_t>(d.port)]}});
  std::sort(places.begin(), places.end(), [](const auto& x, const auto& y) { return x.second.first < y.second.first; });
  return places;
}

using stateful_shards = std::vector<std::vector<std::unique_ptr<stateful_rows>>>;

stateful_shards draw_stateful(const lowered_network& net, std::span<const membership> members,
                              std::span<const shard_plan> plans, int threads, precision learned) {
  stateful_shards all(plans.size());
  for (std::size_t b = 0; b < members.size(); ++b) {
    const membership& m = members[b];
    if (m.held == membership::form::static_rows) continue;
    const auto places = places_of(net, b, m.projections.front(), plans);
    if (m.held == membership::form::procedural) {
      for (const auto& [shard, where] : places) all[shard].push_back(make_procedural(net, m, where));
      continue;
    }
    std::vector<stateful_rows::place> parts;
    for (const auto& [shard, where] : places) parts.push_back(where);
    auto rows = wire_plastic(net, m, parts, threads, learned);
    for (std::size_t k = 0; k < places.size(); ++k) all[places[k].first].push_back(std::move(rows[k]));
  }
  return all;
}

class row_fabric final : public synapse_fabric {
 public:
  row_fabric(const lowered_network& net, std::span<const shard_plan> plans, bool fused, int threads,
             precision learned) {
    const auto members = bundle_up(net, fused);
    rows_ = draw_rows(net, members, plans, threads, fused);
    stateful_ = draw_stateful(net, members, plans, threads, learned);
    for (const auto& shard : rows_->shards) {
      waiting_.emplace_back(shard.keys.size());
      walkers_.emplace_back(shard.sets.size());
    }
  }
  row_fabric(const row_fabric& other) : rows_{other.rows_}, waiting_{other.waiting_}, walkers_{other.walkers_} {
    for (const auto& shard : other.stateful_) {
      auto& copy = stateful_.emplace_back();
      for (const auto& rows : shard) copy.push_back(rows->clone());
    }
  }

  std::unique_ptr<synapse_fabric> clone() const override { return std::make_unique<row_fabric>(*this); }
  std::span<const bundle> bundles() const override { return rows_->bundles; }

  std::uint64_t bytes() const override {
    std::uint64_t total = rows_->memory.taken();
    for (const auto& shard : stateful_)
      for (const auto& rows : shard) total += rows->bytes();
    return total;
  }

  void reset(std::uint64_t) override {
    forget_walks();
    for (auto& shard : stateful_)
      for (auto& rows : shard) rows->reset();
  }
  void begin_episode(std::uint64_t, moment now) override {
    forget_walks();
    for (auto& shard : stateful_)
      for (auto& rows : shard) rows->begin_episode(now);
  }

  void deliver(std::span<const line_list> arrivals, moment now, std::size_t s, mailbox to) override {
    const auto& shard = rows_->shards[s];
    auto& waiting = waiting_[s];
    for (std::size_t k = 0; k < shard.sets.size(); ++k) {
      const auto& [b, rows] = shard.sets[k];
      rows.deliver(arrivals[b], rows_->bundles[b].once, to, waiting, walkers_[s][k]);
    }
    for (std::size_t k = 0; k < waiting.size(); ++k) {
      waiting_rows& rows = waiting[k];
      if (rows.size == 0) continue;
      const count_key& key = shard.keys[k];
      add_bit_rows(rows.waiting(), key.inverts() ? rows.minus : 0, key.words, key.value(),
                   to.sums + 64 * std::size_t{key.first_word});
      rows.size = rows.minus = 0;
    }
    for (auto& rows : stateful_[s]) rows->deliver(arrivals[rows->where().bundle], now, to);
  }

  void fire(std::size_t s, std::size_t slice, moment now, std::span<const index_t> fired) override {
    for (auto& rows : stateful_[s])
      if (rows->where().slice == slice) rows->fire(now, fired);
  }

  std::vector<double> weights(index_t projection) const override {
    std::vector<const stateful_rows*> parts;
    for (const auto& shard : stateful_)
      for (const auto& rows : shard)
        if (rows->where().projection == projection) parts.push_back(rows.get());
    std::sort(parts.begin(), parts.end(),
              [](const auto* a, const auto* b) { return a->where().first < b->where().first; });
    std::vector<double> all;
    for (std::size_t l = 0; l < rows_->lines[parts.front()->where().bundle]; ++l)
      for (const auto* part : parts) part->read(l, all);
    return all;
  }

 private:
  void forget_walks() {
    for (auto& shard : walkers_) std::fill(shard.begin(), shard.end(), walkers{});
  }

  std::shared_ptr<const all_rows> rows_;
  std::vector<aligned_vector<waiting_rows>> waiting_;  ///< [shards][keys]
  std::vector<std::vector<walkers>> walkers_;          ///< [shards][sets]
  stateful_shards stateful_;
};

}  // namespace

std::unique_ptr<synapse_fabric> make_row_fabric(const lowered_network& net, std::span<const shard_plan> shards,
                                                bool fused, int threads, precision learned) {
  return std::make_unique<row_fabric>(net, shards, fused, threads, learned);
}

}  // namespace spinule

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <tbb/enumerable_thread_specific.h>

#include <spinule/error.hpp>

#include "bit_rows.hpp"
#include "row_set.hpp"
#include "synapse_fabric.hpp"
#include "workers.hpp"

namespace spinule {
namespace {

}  // namespace

void bundle::add_mail(index population, std::uint64_t synapses, index sources, const std::vector<ticks>& of) {
  const double each = static_cast<double>(synapses) / (static_cast<double>(sources) * static_cast<double>(of.size()));
  share s{population, std::vector<std::uint64_t>(delays.size(), 0)};
  for (const ticks d : of)
    s.synapses[static_cast<std::size_t>(std::lower_bound(delays.begin(), delays.end(), d) - delays.begin())] =
        static_cast<std::uint64_t>(each * 65536 + 0.5);
  mail.push_back(std::move(s));
}

namespace {

/// A bundle and its projections.
struct membership {
  bundle b;
  std::vector<index> projections;
};

std::vector<membership> bundle_up(const lowered_network& net, bool fused) {
  std::vector<std::size_t> level(net.populations.size());
  for (std::size_t l = 0; l < net.levels.size(); ++l)
    for (const index p : net.levels[l]) level[p] = l;
  std::vector<membership> all;
  std::map<std::tuple<index, std::size_t, index>, std::size_t> known;
  for (index j = 0; j < net.descriptions.size(); ++j) {
    const auto& d = net.descriptions[j];
    const auto [at, fresh] = known.try_emplace({d.source, level[d.target], fused ? 0 : j}, all.size());
    if (fresh) all.push_back({{d.source, level[d.target], {}, {}}, {}});
    membership& m = all[at->second];
    m.projections.push_back(j);
    m.b.delays.insert(m.b.delays.end(), net.summaries[j].delays.begin(), net.summaries[j].delays.end());
  }
  for (membership& m : all) {
    std::sort(m.b.delays.begin(), m.b.delays.end());
    m.b.delays.erase(std::unique(m.b.delays.begin(), m.b.delays.end()), m.b.delays.end());
    const double lines = static_cast<double>(net.populations[m.b.source].size) * static_cast<double>(m.b.delays.size());
    if (lines > std::numeric_limits<std::uint32_t>::max())
      throw error{fmt::format("population \"{}\"", net.populations[m.b.source].name),
                  fmt::format("{} neurons with {} different delays are more than 2^32 lines; use a longer tick or fewer delays",
                              net.populations[m.b.source].size, m.b.delays.size())};
    for (const index j : m.projections)
      m.b.add_mail(net.descriptions[j].target, net.summaries[j].synapses, net.populations[m.b.source].size, net.summaries[j].delays);
  }
  return all;
}

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
  row_memory memory;
  std::vector<shard> shards;
};

std::vector<piece> pieces_on(const lowered_network& net, const membership& m, const shard_plan& shard) {
  std::vector<piece> pieces;
  for (const index j : m.projections) {
    const auto& d = net.descriptions[j];
    for (const slice& s : shard.slices)
      if (s.population == d.target)
        pieces.push_back({j, &net.summaries[j], net.populations[d.source].size, net.populations[d.target].size, s.first, s.count,
                          s.at[static_cast<std::size_t>(d.port)]});
  }
  return pieces;
}

/// The synapses of one source after the other, whichever way their projection draws them.
class source_rows {
 public:
  source_rows(const lowered_network& net, const membership& m) : delays_{&m.b.delays} {
    const ticks longest = m.b.delays.back();
    if (longest < 65536) numbers_.resize(static_cast<std::size_t>(longest) + 1);
    if (!numbers_.empty())
      for (std::uint32_t k = 0; k < m.b.delays.size(); ++k) numbers_[static_cast<std::size_t>(m.b.delays[k])] = k;
    for (const index j : m.projections) {
      all_.push_back({&net.summaries[j], row_drawer{net, j}, nullptr});
      if (!all_.back().drawer.by_source()) all_.back().drawn = std::make_shared<const connectivity>(net.draw(j));
    }
  }

  /// f(target, delay of the bundle, code) for all synapses of one source in the k-th projection of the bundle.
  template <class F>
  void each(std::size_t k, index source, F&& f) {
    if (all_[k].drawn) each_drawn(all_[k], source, f);
    else each_row(all_[k], all_[k].drawer.row(source), f);
  }

 private:
  struct from {
    const projection_summary* summary;
    row_drawer drawer;
    std::shared_ptr<const connectivity> drawn;
  };
  std::uint32_t number_of(ticks delay) const {
    if (!numbers_.empty()) return numbers_[static_cast<std::size_t>(delay)];
    return static_cast<std::uint32_t>(std::lower_bound(delays_->begin(), delays_->end(), delay) - delays_->begin());
  }
  template <class F>
  void each_drawn(const from& p, index source, F&& f) const {
    const connectivity& c = *p.drawn;
    for (std::size_t k = 0; k < c.delays.size(); ++k) {
      const std::uint32_t delay = number_of(c.delays[k]);
      for (auto s = c.offsets[c.line(source, k)]; s < c.offsets[c.line(source, k) + 1]; ++s) f(c.target[s], delay, c.weight(s));
    }
  }
  template <class F>
  void each_row(const from& p, const drawn_row& row, F&& f) const {
    if (row.partners.empty()) return;
    std::uint32_t delay = number_of(row.delays[0]);
    std::int32_t code = p.summary->code(row.weights[0]);
    for (std::size_t i = 0; i < row.partners.size(); ++i) {
      if (row.delays.size() > 1) delay = number_of(row.delays[i]);
      if (row.weights.size() > 1) code = p.summary->code(row.weights[i]);
      f(row.partners[i], delay, code);
    }
  }

  const std::vector<ticks>* delays_;
  std::vector<std::uint32_t> numbers_;   ///< [ticks] of the delays, unless they are very long
  std::vector<from> all_;
};

/// Where targets first .. last - 1 of a projection lie.
struct target_range {
  index first, last;
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
  for (auto& ranges : all) std::sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return all;
}

/// Draws all rows of a bundle and puts them into its row sets, chunk by chunk.
void fill(const lowered_network& net, const membership& m, std::span<row_set* const> sets, int threads) {
  const auto ranges = ranges_of(m, sets);
  const source_rows prototype{net, m};
  tbb::enumerable_thread_specific<source_rows> rows{[&] { return prototype; }};
  const index sources = net.populations[m.b.source].size;
  const auto work = [&](index c) {
    source_rows& mine = rows.local();
    std::vector<std::vector<placed_synapse>> synapses(sets.size());
    std::vector<row_set::filler> fillers;
    for (row_set* set : sets) fillers.emplace_back(*set, c * row_set::chunk);
    for (index source = c * row_set::chunk; source < std::min(sources, (c + 1) * row_set::chunk); ++source) {
      for (auto& list : synapses) list.clear();
      for (std::size_t k = 0; k < ranges.size(); ++k)
        mine.each(k, source, [&](index target, std::uint32_t delay, std::int32_t code) {
          const target_range* to = ranges[k].data();
          while (target >= to->last) ++to;
          synapses[to->set].push_back({to->piece, to->at + (target - to->first), delay, code});
        });
      for (std::size_t s = 0; s < sets.size(); ++s) fillers[s].put(synapses[s]);
    }
    for (auto& filler : fillers) filler.close();
  };
  const index chunks = (sources + row_set::chunk - 1) / row_set::chunk;
  loop_over(threads)(chunks, [&](std::size_t c) { work(static_cast<index>(c)); });
  for (row_set* set : sets) set->finish();
}

class row_fabric final : public synapse_fabric {
 public:
  row_fabric(const lowered_network& net, std::span<const shard_plan> plans, bool fused, int threads) {
    auto made = std::make_shared<all_rows>();
    const auto members = bundle_up(net, fused);
    for (const membership& m : members) made->bundles.push_back(m.b);
    for (const shard_plan& plan : plans) {
      auto& shard = made->shards.emplace_back();
      for (std::size_t b = 0; b < members.size(); ++b)
        if (auto pieces = pieces_on(net, members[b], plan); !pieces.empty())
          shard.sets.push_back({b, row_set{std::move(pieces), members[b].b.delays.size(), made->memory, shard.keys}});
    }
    for (std::size_t b = 0; b < members.size(); ++b) {
      std::vector<row_set*> sets;
      for (auto& shard : made->shards)
        for (auto& [of, rows] : shard.sets)
          if (of == b) sets.push_back(&rows);
      fill(net, members[b], sets, threads);
    }
    rows_ = std::move(made);
    for (const auto& shard : rows_->shards) waiting_.emplace_back(shard.keys.size());
  }

  std::unique_ptr<synapse_fabric> clone() const override { return std::make_unique<row_fabric>(*this); }
  std::span<const bundle> bundles() const override { return rows_->bundles; }

  std::uint64_t bytes() const override { return rows_->memory.taken(); }

  void deliver(std::span<const line_list> arrivals, moment, std::size_t s, mailbox to) override {
    const auto& shard = rows_->shards[s];
    auto& waiting = waiting_[s];
    for (const auto& [b, rows] : shard.sets)
      if (!arrivals[b].empty()) rows.deliver(arrivals[b], to, waiting);
    for (std::size_t k = 0; k < waiting.size(); ++k) {
      auto& [plus, minus] = waiting[k];
      if (plus.size == 0 && minus.size == 0) continue;
      const count_key& key = shard.keys[k];
      add_bit_rows(plus.waiting(), minus.waiting(), key.words, key.magnitude, to.sums + 64 * std::size_t{key.first_word});
      plus.size = minus.size = 0;
    }
  }

 private:
  std::shared_ptr<const all_rows> rows_;
  std::vector<std::vector<waiting_rows>> waiting_;  ///< [shards][keys]
};

}  // namespace

std::unique_ptr<synapse_fabric> make_row_fabric(const lowered_network& net, std::span<const shard_plan> shards, bool fused, int threads) {
  return std::make_unique<row_fabric>(net, shards, fused, threads);
}

}  // namespace spinule

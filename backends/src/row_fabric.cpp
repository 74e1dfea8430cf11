#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "bit_rows.hpp"
#include "row_set.hpp"
#include "synapse_fabric.hpp"

namespace spinule {
namespace {

std::size_t level_of(const lowered_network& net, index population) {
  for (std::size_t level = 0; level < net.levels.size(); ++level)
    for (const index p : net.levels[level])
      if (p == population) return level;
  return 0;
}

/// A bundle and its projections.
struct membership {
  bundle b;
  std::vector<index> projections;
};

std::vector<membership> bundle_up(const lowered_network& net, bool fused) {
  std::vector<membership> all;
  std::map<std::tuple<index, std::size_t, index>, std::size_t> known;
  for (index j = 0; j < net.projections.size(); ++j) {
    const auto& d = net.descriptions[j];
    const std::size_t level = level_of(net, d.target);
    const auto [at, fresh] = known.try_emplace({d.source, level, fused ? 0 : j}, all.size());
    if (fresh) all.push_back({{d.source, level, {}, {}}, {}});
    membership& m = all[at->second];
    m.projections.push_back(j);
    m.b.delays.insert(m.b.delays.end(), net.projections[j].delays.begin(), net.projections[j].delays.end());
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
      m.b.mail.push_back({net.descriptions[j].target, static_cast<double>(net.projections[j].synapses()) / lines});
  }
  return all;
}

std::vector<std::uint32_t> numbers_of(const std::vector<ticks>& delays, const std::vector<ticks>& in) {
  std::vector<std::uint32_t> numbers;
  for (const ticks d : delays)
    numbers.push_back(static_cast<std::uint32_t>(std::lower_bound(in.begin(), in.end(), d) - in.begin()));
  return numbers;
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
  std::vector<shard> shards;
};

std::vector<piece> pieces_on(const lowered_network& net, const membership& m, const shard_plan& shard) {
  std::vector<piece> pieces;
  for (const index j : m.projections)
    for (const slice& s : shard.slices)
      if (s.population == net.descriptions[j].target)
        pieces.push_back({&net.projections[j], s.first, s.count, s.at[static_cast<std::size_t>(net.descriptions[j].port)],
                          numbers_of(net.projections[j].delays, m.b.delays)});
  return pieces;
}

class row_fabric final : public synapse_fabric {
 public:
  row_fabric(const lowered_network& net, std::span<const shard_plan> plans, bool fused) {
    auto made = std::make_shared<all_rows>();
    const auto members = bundle_up(net, fused);
    for (const membership& m : members) made->bundles.push_back(m.b);
    for (const shard_plan& plan : plans) {
      auto& shard = made->shards.emplace_back();
      for (std::size_t b = 0; b < members.size(); ++b)
        if (const auto pieces = pieces_on(net, members[b], plan); !pieces.empty())
          shard.sets.push_back({b, row_set{pieces, members[b].b.delays.size(), shard.keys}});
    }
    rows_ = std::move(made);
    for (const auto& shard : rows_->shards) waiting_.emplace_back(shard.keys.size());
  }

  std::unique_ptr<synapse_fabric> clone() const override { return std::make_unique<row_fabric>(*this); }
  std::span<const bundle> bundles() const override { return rows_->bundles; }

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

std::unique_ptr<synapse_fabric> make_row_fabric(const lowered_network& net, std::span<const shard_plan> shards, bool fused) {
  return std::make_unique<row_fabric>(net, shards, fused);
}

}  // namespace spinule

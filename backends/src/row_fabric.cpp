#include <algorithm>

#include "bit_rows.hpp"
#include "row_fabric_build.hpp"

namespace spinule {
namespace {

class row_fabric final : public synapse_fabric {
 public:
  row_fabric(const lowered_network& net, std::span<const shard_plan> plans, const row_options& options) {
    const auto bundles = bundle_up(net, options.procedural);
    rows_ = draw_rows(net, bundles, plans, options);
    stateful_ = draw_stateful(net, bundles, plans, options.threads, options.learned);
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

  void deliver(std::span<const line_list> arrivals, moment now, std::size_t s, inbox to) override {
    const auto& shard = rows_->shards[s];
    auto& waiting = waiting_[s];
    for (std::size_t k = 0; k < shard.sets.size(); ++k) {
      const auto& [b, rows] = shard.sets[k];
      rows.deliver(arrivals[b].lines, rows_->bundles[b].once, to, waiting, walkers_[s][k]);
    }
    for (std::size_t k = 0; k < waiting.size(); ++k) {
      waiting_rows& rows = waiting[k];
      if (rows.size == 0) continue;
      const count_key& key = shard.keys[k];
      add_bit_rows(rows.waiting(), key.inverts() ? rows.minus : 0, key.words, key.value(),
                   to.sums + 64 * std::size_t{key.first_word},
                   to.marks && !key.inverts() ? to.marks->words(key.first_word, key.words) : nullptr);
      rows.size = rows.minus = 0;
    }
    for (auto& rows : stateful_[s]) rows->deliver(arrivals[rows->where().bundle], now, to);
  }

  void fire(std::size_t s, std::size_t slice, moment now, std::span<const index_t> fired) override {
    for (auto& rows : stateful_[s])
      if (rows->where().slice == slice) rows->fire(now, fired);
  }

  void watch(std::size_t s, std::size_t slice, moment now, std::size_t field, const watched& neurons) override {
    for (auto& rows : stateful_[s])
      if (rows->where().slice == slice) rows->watch(now, field, neurons);
  }

  std::vector<double> weights(index_t projection, index_t first, index_t count) const override {
    std::vector<double> all;
    for_each_line(projection, first, count, [&](const stateful_rows& part, std::size_t l) { part.read(l, all); });
    return all;
  }
  void assign(index_t projection, index_t first, index_t count, std::span<const double> weights, moment now) override {
    for_each_line(projection, first, count, [&](stateful_rows& part, std::size_t l) {
      part.assign(l, weights.first(part.size(l)), now);
      weights = weights.subspan(part.size(l));
    });
  }

 private:
  /// Calls use(rows, line) by source, delay and target.
  template <class Use>
  void for_each_line(index_t projection, index_t first, index_t count, Use use) const {
    std::vector<stateful_rows*> parts;
    for (const auto& shard : stateful_)
      for (const auto& rows : shard)
        if (rows->where().projection == projection) parts.push_back(rows.get());
    std::sort(parts.begin(), parts.end(),
              [](const auto* a, const auto* b) { return a->where().first < b->where().first; });
    const std::size_t delays = rows_->bundles[parts.front()->where().bundle].delays.size();
    for (std::size_t l = first * delays; l < (first + std::size_t{count}) * delays; ++l)
      for (auto* part : parts) use(*part, l);
  }

  void forget_walks() {
    for (auto& shard : walkers_) std::fill(shard.begin(), shard.end(), walkers{});
  }

  std::shared_ptr<const static_rows> rows_;
  std::vector<aligned_vector<waiting_rows>> waiting_;  ///< [shards][keys]
  std::vector<std::vector<walkers>> walkers_;          ///< [shards][sets]
  stateful_shards stateful_;
};

}  // namespace

std::unique_ptr<synapse_fabric> make_row_fabric(const lowered_network& net, std::span<const shard_plan> shards,
                                                const row_options& options) {
  return std::make_unique<row_fabric>(net, shards, options);
}

}  // namespace spinule

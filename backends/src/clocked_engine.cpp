#include "clocked_engine.hpp"

#include <algorithm>
#include <bit>

#include <spinule/error.hpp>

#include "add_rows.hpp"

namespace spinule {

clocked_engine::clocked_engine(std::shared_ptr<const lowered_network> net, const substrate& on, engine_options options)
    : net_{std::move(net)}, options_{std::move(options)} {
  const auto& n = *net_;
  if (options_.choose_threads) options_.threads = worthwhile_threads(n, options_.threads);
  plans_ = std::make_shared<const std::vector<shard_plan>>(plan_shards(n, options_.threads, on.largest_shard));
  synapses_ = on.place(n, *plans_);
  if (on.account) accountant_ = on.account(n, *synapses_);
  lag_ = shortest_loop(n);
  cells_.resize(n.populations.size());
  for (index_t p = 0; p < n.populations.size(); ++p) {
    const auto& described = n.populations[p];
    cells_[p].graded = described.model->is_graded();
    cells_[p].ring.resize(std::bit_ceil(static_cast<std::size_t>(n.reach[p]) + static_cast<std::size_t>(lag_) + 1));
    cells_[p].sweep = described.model->work() * described.size;
    cells_[p].source =
        described.model->source({described.size, n.tick, n.seed, p, "population \"" + described.name + "\""});
  }
  for (const shard_plan& plan : *plans_) {
    shard& s = shards_.emplace_back();
    s.sums.assign(plan.slots + most_padding, 0);
    s.marks = marks{plan.slots};
    for (const slice& part : plan.slices) {
      cells& c = cells_[part.population];
      c.ports = static_cast<std::size_t>(n.populations[part.population].model->ports());
      c.parts.push_back({shards_.size() - 1, s.blocks.size()});
      block& b = s.blocks.emplace_back();
      b.cells = n.populations[part.population].model->block(options_.precision, part.first, part.count, n.tick);
      set_start_values(n, part.population, *b.cells, part.first, part.count);
      c.can_visit = b.cells->can_visit();
      b.asks = b.cells->asks_what_is_touched();
      s.asks |= b.asks;
      c.visit_cost = b.cells->visit_cost();
      c.sweeps_per_visit = c.visit_cost / n.populations[part.population].size / 65536;
    }
  }
  for (const lowered_drive& d : n.drives) cells_[d.population].can_visit = false, cells_[d.population].driven = true;
  for (index_t j = 0; j < n.descriptions.size(); ++j) {
    const auto& d = n.descriptions[j];
    cells& c = cells_[d.target];
    c.learns |= d.plasticity && d.plasticity->learns();
    const auto field = followed_field(n, j);
    if (!field) continue;
    c.can_visit = false;
    if (std::find(c.followed.begin(), c.followed.end(), *field) == c.followed.end()) c.followed.push_back(*field);
  }
  for (cells& c : cells_)
    std::sort(c.parts.begin(), c.parts.end(), [&](const auto& a, const auto& b) {
      return (*plans_)[a.first].slices[a.second].first < (*plans_)[b.first].slices[b.second].first;
    });
  plan_levels();
  prepare(accountant_ && accountant_->at_once() ? 1 : lag_);
  std::size_t widest = 0;
  for (const level_plan& l : levels_) widest = std::max(widest, l.last_shard - l.first_shard);
  const int threads = std::min(options_.threads, static_cast<int>(widest));
  if (threads > 1) team_ = std::make_shared<team>(threads);
  choice_ = thread_choice{std::max(threads, 1), options_.choose_threads};
}

void clocked_engine::plan_levels() {
  const auto bundles = synapses_->bundles();
  for (std::size_t level = 0; level < net_->levels.size(); ++level) {
    level_plan& l = levels_.emplace_back();
    const auto mine = [&](const shard_plan& s) { return s.level == level; };
    const auto first = std::find_if(plans_->begin(), plans_->end(), mine);
    l.first_shard = static_cast<std::size_t>(first - plans_->begin());
    l.last_shard = static_cast<std::size_t>(std::find_if_not(first, plans_->end(), mine) - plans_->begin());
    for (std::size_t b = 0; b < bundles.size(); ++b)
      if (bundles[b].level == level) l.bundles.push_back(b);
    for (const index_t p : net_->levels[level]) (cells_[p].source ? l.sources : l.neurons).push_back(p);
  }
}

void clocked_engine::prepare(int epoch) {
  epoch_ = epoch;
  const auto ticks_of = static_cast<std::size_t>(epoch);
  arrivals_.assign(ticks_of, std::vector<line_list>(synapses_->bundles().size()));
  mixtures_.assign(ticks_of, std::vector<emission_buffer>(synapses_->bundles().size()));
  for (cells& c : cells_) c.expected.assign(ticks_of, 0);
  for (shard& s : shards_)
    for (block& b : s.blocks) {
      b.sent.resize(ticks_of);
      b.reached.resize(ticks_of);
      b.reached_neurons.resize(ticks_of);
    }
}

clocked_engine::clocked_engine(const clocked_engine& other)
    : net_{other.net_},
      plans_{other.plans_},
      levels_{other.levels_},
      options_{other.options_},
      lag_{other.lag_},
      synapses_{other.synapses_->clone()},
      accountant_{other.accountant_ ? other.accountant_->clone() : nullptr},
      team_{other.team_ ? std::make_shared<team>(other.team_->size()) : nullptr},
      choice_{other.choice_},
      stopped_{other.stopped_},
      now_{other.now_},
      episode_{other.episode_} {
  for (const cells& from : other.cells_)
    cells_.push_back({from.source ? from.source->clone() : nullptr,
                      from.can_visit,
                      from.driven,
                      from.sweep,
                      from.ports,
                      from.visit_cost,
                      from.sweeps_per_visit,
                      from.learns,
                      from.graded,
                      from.followed,
                      from.ring,
                      from.parts,
                      from.calm,
                      from.visiting,
                      0,
                      {}});
  for (const shard& from : other.shards_) {
    shard& s = shards_.emplace_back(shard{{}, from.sums, from.marks, {}, {}, {}, {}, from.asks});
    for (const block& b : from.blocks) s.blocks.push_back({b.cells->clone(), b.asks, {}, {}, {}, {}});
  }
  prepare(other.epoch_);
}

void clocked_engine::reset(std::uint64_t episode) {
  synapses_->reset(episode);
  clear(episode);
}

void clocked_engine::begin_episode(std::uint64_t episode) {
  synapses_->begin_episode(episode, now_);
  clear(episode);
}

std::vector<double> clocked_engine::weights(index_t projection, index_t first, index_t count) const {
  return net_->descriptions[projection].plasticity || synapses_->writes_weights()
             ? synapses_->weights(projection, first, count)
             : engine::weights(projection, first, count);
}

void clocked_engine::assign(index_t projection, index_t first, index_t count, std::span<const double> weights) {
  synapses_->assign(projection, first, count, weights, now_);
}

void clocked_engine::clear(std::uint64_t episode) {
  now_ = 0;
  stopped_ = false;
  for (shard& s : shards_) {
    std::fill(s.sums.begin(), s.sums.end(), 0);
    s.marks.clear();
  }
  episode_ = episode;
  for (cells& c : cells_) {
    if (c.source) c.source->reset(episode);
    c.calm = 0;
    c.visiting = false;
    for (auto& sent : c.ring) sent.clear();
  }
  for (shard& s : shards_)
    for (block& b : s.blocks) b.cells->reset();
  if (accountant_) accountant_->reset();
}

bool clocked_engine::play(index_t p, std::span<const event> events, moment start) {
  return cells_[p].source && cells_[p].source->play(events, start);
}

void clocked_engine::adopt(index_t p, const any_model& changed) {
  std::vector<std::unique_ptr<neuron_block>> made;  // all of them, before any neuron changes
  for (const auto& [s, b] : cells_[p].parts) {
    const slice& part = (*plans_)[s].slices[b];
    made.push_back(changed.block(options_.precision, part.first, part.count, net_->tick));
    set_start_values(*net_, p, *made.back(), part.first, part.count);
  }
  for (std::size_t i = 0; i < made.size(); ++i) {
    const auto& [s, b] = cells_[p].parts[i];
    shards_[s].blocks[b].cells->adopt(*made[i], now_);
  }
}

std::optional<cost_report> clocked_engine::costs() const {
  if (!accountant_) return std::nullopt;
  return accountant_->report(*synapses_);
}

void clocked_engine::run(ticks n, observer& watcher) {
  if (stopped_) throw spinule_error{"run", "an error stopped this simulation in the middle of a tick; reset it first"};
  stopped_ = true;
  place_probes(watcher.probes());
  while (n > 0) {
    const ticks length = std::min<ticks>(n, epoch_);
    run_epoch(length, watcher);
    n -= length;
  }
  stopped_ = false;
}

}  // namespace spinule

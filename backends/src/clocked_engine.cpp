#include "clocked_engine.hpp"

#include <algorithm>
#include <bit>
#include <thread>

#include <tbb/parallel_for.h>

#include "multiplicity.hpp"

namespace spinule {
namespace {

/// Visiting a neuron costs about this many times sweeping past it (bench/sweep_vs_visit).
constexpr double visit_cost = 90;
/// Ticks of little mail before a block is visited: switching back and forth costs more than it saves.
constexpr int patience = 8;
/// Neurons and synaptic events in a tick below which several threads cost more than they save.
constexpr double worth_sharing = 40000;

std::vector<shard_range> cut(index size, index largest) {
  const index parts = (size - 1) / largest + 1;
  std::vector<shard_range> ranges;
  for (index i = 0; i < parts; ++i) {
    const auto begin = static_cast<index>(std::uint64_t{size} * i / parts);
    ranges.push_back({begin, static_cast<index>(std::uint64_t{size} * (i + 1) / parts) - begin});
  }
  return ranges;
}

std::vector<std::vector<std::uint32_t>> fan_outs(const lowered_network& net) {
  std::vector<std::vector<std::uint32_t>> fan_out;
  for (const auto& p : net.populations) fan_out.emplace_back(p.size, 0);
  for (std::size_t j = 0; j < net.projections.size(); ++j) {
    const connectivity& c = net.projections[j];
    auto& mine = fan_out[net.descriptions[j].source];
    for (index i = 0; i < c.sources; ++i)
      mine[i] += static_cast<std::uint32_t>(c.offsets[c.line(i + 1, 0)] - c.offsets[c.line(i, 0)]);
  }
  return fan_out;
}

}  // namespace

clocked_engine::clocked_engine(std::shared_ptr<const lowered_network> net, const substrate& on, engine_options options)
    : net_{std::move(net)}, options_{options} {
  const auto& n = *net_;
  cells_.resize(n.populations.size());
  arrivals_.resize(n.projections.size());
  fan_out_ = std::make_shared<const std::vector<std::vector<std::uint32_t>>>(fan_outs(n));
  for (index p = 0; p < n.populations.size(); ++p) {
    const auto& described = n.populations[p];
    cells& c = cells_[p];
    c.ring.resize(static_cast<std::size_t>(n.reach[p]) + 1);
    c.source = described.model->source({described.size, n.tick, n.seed, p, "population \"" + described.name + "\""});
    if (c.source) continue;
    for (const shard_range range : cut(described.size, on.largest_shard)) {
      shard s{range, described.model->block(options.precision, range.first, range.count, n.tick), {}, {}, {}, 0};
      set_start_values(n, p, *s.cells, range.first, range.count);
      s.marks.assign((range.count + 63) / 64, 0);
      c.shards.push_back(std::move(s));
    }
  }
  for (index j = 0; j < n.projections.size(); ++j) {
    const auto& d = n.descriptions[j];
    cells& target = cells_[d.target];
    std::vector<shard_range> ranges;
    for (const auto& s : target.shards) ranges.push_back(s.range);
    projections_.push_back(on.place(n, j, ranges));
    target.incoming.push_back(j);
    while (target.sums.size() <= static_cast<std::size_t>(d.port))
      target.sums.emplace_back(n.populations[d.target].size, 0);
    mean_line_.push_back(static_cast<double>(n.projections[j].synapses()) / static_cast<double>(n.projections[j].lines()));
  }
  if (on.account) accountant_ = on.account(n, projections_);
  if (options_.threads > 1) arena_ = std::make_shared<workers>(options_.threads);
}

clocked_engine::clocked_engine(const clocked_engine& other)
    : net_{other.net_}, options_{other.options_}, arrivals_(other.arrivals_.size()), mean_line_{other.mean_line_},
      fan_out_{other.fan_out_}, accountant_{other.accountant_ ? other.accountant_->clone() : nullptr},
      arena_{other.arena_}, now_{other.now_}, synaptic_events_{other.synaptic_events_} {
  for (const cells& from : other.cells_) {
    cells& c = cells_.emplace_back();
    c.source = from.source ? from.source->clone() : nullptr;
    for (const shard& s : from.shards) c.shards.push_back({s.range, s.cells->clone(), {}, {}, s.marks, s.calm});
    c.sums = from.sums;
    c.ring = from.ring;
    c.incoming = from.incoming;
  }
  for (const auto& p : other.projections_) projections_.push_back(p->clone());
}

void clocked_engine::reset(std::uint64_t episode) {
  now_ = 0;
  synaptic_events_ = 0;
  for (cells& c : cells_) {
    if (c.source) c.source->reset(episode);
    for (shard& s : c.shards) {
      s.cells->reset();
      s.calm = 0;
    }
    for (auto& spikes : c.ring) spikes.clear();
  }
  for (const auto& p : projections_) p->reset(episode);
  if (accountant_) accountant_->reset();
}

bool clocked_engine::play(index p, std::span<const event> events, moment start) {
  return cells_[p].source && cells_[p].source->play(events, start);
}

double clocked_engine::read(index p, std::size_t field, index neuron) const {
  const auto& shards = cells_[p].shards;
  const auto s = std::find_if(shards.begin(), shards.end(), [&](const shard& x) { return neuron - x.range.first < x.range.count; });
  return s->cells->read(field, neuron - s->range.first, now_ - 1);
}

std::optional<cost_report> clocked_engine::costs() const {
  if (!accountant_) return std::nullopt;
  return accountant_->report(projections_);
}

void clocked_engine::run(ticks n, observer& watcher) {
  std::vector<std::span<const index>> fired(cells_.size());
  for (ticks t = 0; t < n; ++t) {
    const moment now = now_;
    for (const auto& level : net_->levels) {
      step_level(level, now);
      for (const index p : level) {
        finish(p, now);
        fired[p] = slot(p, now);
        watcher.on_spikes(p, now, fired[p]);
      }
    }
    if (accountant_) accountant_->count({now, fired, arrivals_}, projections_);
    ++now_;
    watcher.on_tick_end(now);
  }
}

void clocked_engine::step_level(const std::vector<index>& level, moment now) {
  tasks_.clear();
  double work = 0;
  for (const index p : level) {
    cells& c = cells_[p];
    if (c.source) {
      emit(p, now);
      continue;
    }
    collect_arrivals(p, now);
    work += c.expected_mail + net_->populations[p].size;
    for (std::size_t s = 0; s < c.shards.size(); ++s) tasks_.push_back({p, s});
  }
  if (!arena_ || tasks_.size() < 2 || work < worth_sharing) {
    for (const task t : tasks_) step(t, now);
    return;
  }
  arena_->arena.execute([&] {
    tbb::parallel_for(std::size_t{0}, tasks_.size(), [&](std::size_t i) { step(tasks_[i], now); });
  });
}

void clocked_engine::emit(index p, moment now) {
  auto& spikes = slot(p, now);
  spikes.clear();
  cells_[p].source->emit(now, spikes);
  check_multiplicity(spikes, net_->populations[p].name);
}

void clocked_engine::collect_arrivals(index p, moment now) {
  cells& c = cells_[p];
  c.expected_mail = 0;
  for (const index j : c.incoming) {
    const auto& delays = net_->projections[j].delays;
    const index source = net_->descriptions[j].source;
    arrivals_[j].clear();
    for (std::size_t k = 0; k < delays.size(); ++k) {
      if (now < delays[k]) break;
      const auto& spikes = slot(source, now - delays[k]);
      if (spikes.empty()) continue;
      arrivals_[j].push_back({k, spikes});
      c.expected_mail += static_cast<double>(spikes.size()) * mean_line_[j];
    }
  }
}

bool clocked_engine::decide_visit(shard& s, double mail, index population_size) const {
  if (options_.drive != drive::automatic) return options_.drive == drive::visit;
  s.calm = mail * visit_cost < population_size ? std::min(s.calm + 1, patience) : 0;
  return s.calm == patience;
}

void clocked_engine::step(task t, moment now) {
  cells& c = cells_[t.population];
  shard& s = c.shards[t.shard];
  s.fired.clear();
  const bool visit = s.cells->can_visit() && decide_visit(s, c.expected_mail, net_->populations[t.population].size);
  for (const index j : c.incoming) {
    if (arrivals_[j].empty()) continue;
    std::int32_t* sums = c.sums[static_cast<std::size_t>(net_->descriptions[j].port)].data() + s.range.first;
    projections_[j]->deliver(arrivals_[j], now, t.shard, sums, visit ? s.marks.data() : nullptr);
  }
  std::array<std::int32_t*, 8> sums{};
  for (std::size_t port = 0; port < c.sums.size(); ++port) sums[port] = c.sums[port].data() + s.range.first;
  const arrivals in{{sums.data(), c.sums.size()}, {net_->quanta[t.population].data(), c.sums.size()}};
  if (!visit) return s.cells->sweep(now, in, s.range.first, s.fired);
  s.mail.clear();
  if (c.expected_mail > 0)
    for (std::size_t w = 0; w < s.marks.size(); ++w)
      for (; s.marks[w] != 0; s.marks[w] &= s.marks[w] - 1)
        s.mail.push_back(static_cast<index>(w * 64) + static_cast<index>(std::countr_zero(s.marks[w])));
  s.cells->visit(now, s.mail, in, s.range.first, s.fired);
}

void clocked_engine::finish(index p, moment now) {
  cells& c = cells_[p];
  auto& spikes = slot(p, now);
  if (!c.source) {
    spikes.clear();
    for (const shard& s : c.shards) spikes.insert(spikes.end(), s.fired.begin(), s.fired.end());
  }
  for (const index i : spikes) synaptic_events_ += (*fan_out_)[p][i];
}

}  // namespace spinule

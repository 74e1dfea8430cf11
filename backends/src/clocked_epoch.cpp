// What the clocked engine does in an epoch.
#include <algorithm>
#include <array>

#include "clocked_engine.hpp"
#include "multiplicity.hpp"

namespace spinule {
namespace {

/// Neurons and synaptic events in an epoch below which several threads cost more than they save.
constexpr double worth_sharing = 6000;

}  // namespace

void clocked_engine::run_epoch(int length, observer& watcher) {
  make_room(length);
  const double start = choice_.asks() ? options_.seconds() : 0;
  shared_work_ = 0;
  for (const level_plan& level : levels_) {
    for (const index_t p : level.sources) emit(p, length);
    if (level.neurons.empty()) continue;
    for (int t = 0; t < length; ++t) collect_arrivals(level, t);
    step_level(level, length);
    for (const index_t p : level.neurons) gather(p, length);
  }
  if (shared_work_ > 0) choice_.note(shared_work_, options_.seconds() - start);
  for (int t = 0; t < length; ++t) {
    report(t, watcher);
    ++now_;
  }
}

void clocked_engine::report(int tick, observer& watcher) {
  for (const auto& level : net_->levels)
    for (const index_t p : level)
      if (!cells_[p].graded) watcher.on_spikes(p, now_, sent_at(p, now_).neurons);
  if (accountant_) tell_accountant(static_cast<std::size_t>(tick));
}

void clocked_engine::tell_accountant(std::size_t tick) {
  told_.clear();
  told_reached_.assign(cells_.size(), 0);
  for (index_t p = 0; p < cells_.size(); ++p) {
    told_.push_back(sent_at(p, now_));
    for (const auto& [s, b] : cells_[p].parts) told_reached_[p] += shards_[s].blocks[b].reached[tick];
  }
  if (accountant_->asks_which_are_reached()) {
    told_neurons_.resize(cells_.size());
    for (index_t p = 0; p < cells_.size(); ++p) gather_reached(p, tick);
  }
  accountant_->count({now_, told_, arrivals_[tick], told_reached_, told_neurons_}, *synapses_);
}

void clocked_engine::gather_reached(index_t p, std::size_t tick) {
  auto& all = told_neurons_[p];
  all.assign((net_->populations[p].size + std::size_t{63}) / 64, 0);
  for (const auto& [s, b] : cells_[p].parts) {
    const auto& part = shards_[s].blocks[b].reached_neurons[tick];
    const index_t first = (*plans_)[s].slices[b].first, shift = first % 64;
    for (std::size_t w = 0; w < part.size(); ++w) {
      const std::size_t at = first / 64 + w;
      all[at] |= part[w] << shift;
      if (shift > 0 && part[w] >> (64 - shift) != 0) all[at + 1] |= part[w] >> (64 - shift);
    }
  }
}

void clocked_engine::emit(index_t p, int length) {
  for (moment now = now_; now < now_ + length; ++now) {
    auto& sent = sent_at(p, now);
    sent.clear();
    cells_[p].source->emit(now, sent);
    check_order(sent.neurons, net_->populations[p].name);
    check_multiplicity(sent.neurons, net_->most_events[p], net_->populations[p].name);
    if (cells_[p].graded) check_values(sent, *net_, p);
  }
}

void clocked_engine::collect_arrivals(const level_plan& level, int tick) {
  const auto t = static_cast<std::size_t>(tick);
  const moment now = now_ + tick;
  for (const index_t p : level.neurons) cells_[p].expected[t] = 0;
  const auto bundles = synapses_->bundles();
  for (const std::size_t b : level.bundles) {
    const bundle& from = bundles[b];
    const emission_buffer& first = sent_before(from, 0, now);
    line_list& arriving = arrivals_[t][b];
    if (from.modulated_after > 0)
      arriving = modulated(from, now, mixtures_[t][b]);
    else if (from.once || from.delays.size() == 1)
      arriving.lines = first.neurons, arriving.amplitudes = first.values;
    else
      arriving = mixture(from, now, mixtures_[t][b]);
    if (from.third_factor_after > 0)
      arriving.factor =
          now < from.third_factor_after ? 0 : value_of(sent_at(from.third_factor, now - from.third_factor_after), 0);
    for (const auto& share : from.expected) {
      const auto sent = share.delay == 0 ? first.size() : sent_before(from, share.delay, now).size();
      cells_[share.population].expected[t] += share.synapses * sent;
    }
  }
  for (const index_t p : level.neurons) decide(p, tick);
}

line_list clocked_engine::mixture(const bundle& from, moment now, emission_buffer& mixed) {
  mixed.clear();
  const auto stride = static_cast<index_t>(from.delays.size());
  for (index_t k = 0; k < stride; ++k) {
    const emission_buffer& sent = sent_before(from, k, now);
    for (const index_t i : sent.neurons) mixed.neurons.push_back(i * stride + k);
    mixed.values.insert(mixed.values.end(), sent.values.begin(), sent.values.end());
  }
  return {mixed.neurons, mixed.values};
}

line_list clocked_engine::modulated(const bundle& from, moment now, emission_buffer& mixed) {
  mixed.clear();
  const auto stride = static_cast<index_t>(from.delays.size());
  const bool one = net_->populations[from.modulator].size == 1;
  for (index_t k = 0; k < stride; ++k) {
    const moment then = now - from.delays[k] - from.modulated_after;
    if (then < 0) continue;
    const emission_buffer& sent = sent_before(from, k, now);
    const emission gains = sent_at(from.modulator, then);
    for (std::size_t n = 0; n < sent.size(); ++n) {
      const float gain = value_of(gains, one ? 0 : sent.neurons[n]);
      mixed.add(sent.neurons[n] * stride + k, sent.values.empty() ? gain : gain * sent.values[n]);
    }
  }
  return {mixed.neurons, mixed.values};
}

const emission_buffer& clocked_engine::sent_before(const bundle& from, std::size_t delay, moment now) {
  static const emission_buffer nothing;
  const ticks d = from.delays[delay];
  return now < d ? nothing : sent_at(from.source, now - d);
}

/// Two states with a price for changing between them: the state is left once the other would have saved that price
/// (A. Borodin, N. Linial and M. Saks, "An optimal on-line algorithm for metrical task system", J. ACM 39 (1992), 745,
/// for two states). Bringing a neuron up to date and finding when it fires next costs about as much as half a visit.
void clocked_engine::decide(index_t p, int tick) {
  cells& c = cells_[p];
  if (!c.can_visit) return;
  if (options_.stepping == stepping::automatic) {
    const auto due =
        static_cast<std::int64_t>(sent_at(p, now_ + tick - lag_).size());  // by themselves, if as many as then
    const auto visits = static_cast<std::int64_t>(c.expected[static_cast<std::size_t>(tick)]) + (due << 16);
    const double price = c.visit_cost / 2;
    c.calm = std::clamp(c.calm + 1 - static_cast<double>(visits) * c.sweeps_per_visit, 0.0, price);
    c.visiting = c.calm == price || (c.visiting && c.calm > 0);
  } else {
    c.visiting = options_.stepping == stepping::visit;
  }
  c.visit = (c.visit & ~(std::uint64_t{1} << tick)) | std::uint64_t{c.visiting} << tick;
}

double clocked_engine::work_of(const level_plan& level, int length) const {
  double work = 0;
  for (const index_t p : level.neurons)
    for (int t = 0; t < length; ++t)
      work += static_cast<double>(cells_[p].expected[static_cast<std::size_t>(t)]) / 65536 + cells_[p].sweep;
  return work;
}

void clocked_engine::step_level(const level_plan& level, int length) {
  const std::size_t shards = level.last_shard - level.first_shard;
  const auto run_shard = [&](std::size_t i) {
    for (int t = 0; t < length; ++t) step(level.first_shard + i, t);
  };
  const double work = team_ && shards > 1 ? work_of(level, length) : 0;
  const int threads = work >= worth_sharing ? std::min(choice_.threads(), static_cast<int>(shards)) : 1;
  if (work >= worth_sharing && choice_.asks()) shared_work_ += work;
  if (threads > 1) return team_->run(shards, run_shard, threads);
  for (std::size_t i = 0; i < shards; ++i) run_shard(i);
}

void clocked_engine::step(std::size_t which, int tick) {
  shard& s = shards_[which];
  const shard_plan& plan = (*plans_)[which];
  const auto t = static_cast<std::size_t>(tick);
  const bool reached = accountant_ && accountant_->asks_what_is_reached();
  const bool neurons = reached && accountant_->asks_which_are_reached();
  bool marked = s.asks || reached;
  for (const slice& part : plan.slices) marked = marked || cells_[part.population].visits(tick);
  synapses_->deliver(arrivals_[t], now_ + tick, which, {s.sums.data(), marked ? &s.marks : nullptr});
  if (marked) s.marks.settle();
  for (std::size_t b = 0; reached && b < s.blocks.size(); ++b)
    s.blocks[b].reached[t] = s.marks.count(plan.slices[b].at, plan.slices[b].width, plan.slices[b].count);
  for (std::size_t b = 0; neurons && b < s.blocks.size(); ++b)
    s.marks.collect(plan.slices[b].at, plan.slices[b].width, plan.slices[b].count, s.blocks[b].reached_neurons[t]);
  drive_neurons(s, plan, tick);
  for (std::size_t b = 0; b < s.blocks.size(); ++b) {
    step_block(s, plan.slices[b], s.blocks[b], tick);
    record(s.blocks[b], tick);
    if (cells_[plan.slices[b].population].learns) teach(which, b, tick);
  }
  if (marked) s.marks.clear();
}

void clocked_engine::teach(std::size_t which, std::size_t b, int tick) {
  shard& s = shards_[which];
  const slice& part = (*plans_)[which].slices[b];
  const auto& fired = s.blocks[b].sent[static_cast<std::size_t>(tick)].neurons;
  synapses_->fire(which, b, now_ + tick, fired);
  for (const std::size_t field : cells_[part.population].followed) {
    s.followed.resize(part.count);
    s.blocks[b].cells->read_all(field, now_ + tick, s.followed);
    synapses_->watch(which, b, now_ + tick, field, {s.followed, fired, part.first});
  }
}

void clocked_engine::drive_neurons(shard& s, const shard_plan& plan, int tick) {
  for (const lowered_drive& d : net_->drives)
    for (const slice& part : plan.slices)
      if (part.population == d.population)
        d.counts.add(episode_, now_ + tick, part.first_target(d.column), part.targets(d.column), d.code,
                     s.sums.data() + part.at[d.column]);
}

void clocked_engine::step_block(shard& s, const slice& part, block& b, int tick) {
  const auto t = static_cast<std::size_t>(tick);
  auto& sent = b.sent[t];
  sent.clear();
  const cells& c = cells_[part.population];
  const auto& quanta = net_->quanta[part.population];
  const std::size_t used = std::min(part.at.size(), c.ports);
  std::array<std::int32_t*, most_ports> sums;  // only the used ones are set
  for (std::size_t port = 0; port < used; ++port) sums[port] = s.sums.data() + part.at[port];
  s.finer.clear();
  for (std::size_t k = used; k < part.at.size(); ++k)
    s.finer.push_back(
        {static_cast<std::size_t>(net_->column_ports[part.population][k]), s.sums.data() + part.at[k], quanta[k]});
  arrivals in{{sums.data(), used}, {quanta.data(), used}, s.finer};
  if (b.asks && !c.driven) {
    note_touched(s, part);
    in.touched = s.touched;
  }
  if (!c.visits(tick)) return b.cells->sweep(now_ + tick, in, part.first, sent);
  s.receivers.clear();
  for (const std::uint32_t at : part.at) s.marks.each(at, part.count, [&](index_t i) { s.receivers.push_back(i); });
  if (part.at.size() > 1) {
    std::sort(s.receivers.begin(), s.receivers.end());
    s.receivers.erase(std::unique(s.receivers.begin(), s.receivers.end()), s.receivers.end());
  }
  b.cells->visit(now_ + tick, s.receivers, in, part.first, sent);
}

/// Of all columns of each port.
void clocked_engine::note_touched(shard& s, const slice& part) const {
  const auto& ports = net_->column_ports[part.population];
  s.touched.resize(std::min(part.at.size(), cells_[part.population].ports));
  for (auto& lanes : s.touched) lanes.clear();
  for (std::size_t k = 0; k < part.at.size(); ++k) {
    auto& lanes = s.touched[static_cast<std::size_t>(ports[k])];
    const bool merges = !lanes.empty();
    s.marks.each(part.at[k], part.targets(k), [&](index_t i) { lanes.push_back(i); });
    if (!merges) continue;
    std::sort(lanes.begin(), lanes.end());
    lanes.erase(std::unique(lanes.begin(), lanes.end()), lanes.end());
  }
}

void clocked_engine::gather(index_t p, int length) {
  for (int t = 0; t < length; ++t) {
    auto& all = sent_at(p, now_ + t);
    all.clear();
    for (const auto& [s, b] : cells_[p].parts) {
      auto& sent = shards_[s].blocks[b].sent[static_cast<std::size_t>(t)];
      if (all.empty())
        all.swap(sent);
      else
        all.append(sent);
    }
    if (cells_[p].graded) check_values(all, *net_, p);
  }
}

}  // namespace spinule

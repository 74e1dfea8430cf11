#include "wire_plastic.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>
#include <tbb/enumerable_thread_specific.h>
#include <spinule/engine/plastic_rows.hpp>

#include "source_rows.hpp"
#include "workers.hpp"

namespace spinule {
namespace {

/// Sources drawn by one task.
constexpr index_t chunk = 128;

struct drawn_synapse {
  std::uint32_t delay;
  index_t target;
  double weight;
};

/// What one task has drawn for one part.
struct chunk_rows {
  std::vector<std::uint32_t> sizes;  ///< [lines of the chunk]
  std::vector<std::uint16_t> target;
  start_weights start;
};

/// Puts the synapses of one source into the rows of its chunk, by delay, then target; equal ones in the order of
/// drawing. Equal weights are not kept.
void put(std::vector<drawn_synapse>& row, std::size_t delays, std::span<const stateful_rows::section> parts,
         bool equal_weights, std::span<chunk_rows> into) {
  const auto before = [](const auto& a, const auto& b) {
    return std::pair{a.delay, a.target} < std::pair{b.delay, b.target};
  };
  if (!std::is_sorted(row.begin(), row.end(), before)) std::stable_sort(row.begin(), row.end(), before);
  for (chunk_rows& s : into) s.sizes.resize(s.sizes.size() + delays, 0);
  std::size_t part = 0;
  std::uint32_t delay = 0;
  for (const drawn_synapse& x : row) {
    if (x.delay != delay) part = 0;
    delay = x.delay;
    while (x.target - parts[part].first >= parts[part].count) ++part;
    chunk_rows& to = into[part];
    ++to.sizes[to.sizes.size() - delays + x.delay];
    to.target.push_back(static_cast<std::uint16_t>(x.target - parts[part].first));
    if (!equal_weights) to.start.push_back(x.weight);
  }
}

std::shared_ptr<plastic_wiring> join(const std::vector<std::vector<chunk_rows>>& chunks, std::size_t part,
                                     const stateful_rows::section& targets, double quantum, start_weights start,
                                     bool equal_weights, const parallel_loop& each) {
  auto w = std::make_shared<plastic_wiring>();
  w->targets = targets.count;
  w->quantum = quantum;
  w->start = std::move(start);
  w->offsets.push_back(0);
  std::vector<std::uint64_t> starts;
  for (const auto& chunk_of : chunks) {
    starts.push_back(w->offsets.back());
    for (const auto size : chunk_of[part].sizes) w->offsets.push_back(w->offsets.back() + size);
  }
  w->target.assign(w->offsets.back() + plastic_wiring::padding, 0);
  if (!equal_weights) w->start.resize(w->offsets.back());
  each(chunks.size(), [&](std::size_t c) {
    const chunk_rows& from = chunks[c][part];
    std::copy(from.target.begin(), from.target.end(), w->target.begin() + static_cast<std::ptrdiff_t>(starts[c]));
    w->start.copy(from.start, starts[c]);
  });
  return w;
}

class plastic_part final : public stateful_rows {
 public:
  /// `follows`: the field of its targets that the rule follows.
  plastic_part(const section& where, std::unique_ptr<plastic_rows> rows, std::optional<std::size_t> follows)
      : stateful_rows{where}, rows_{std::move(rows)}, follows_{follows} {
    if (const ticks longest = rows_->wiring().after.back(); longest > 0)
      on_their_way_.resize(static_cast<std::size_t>(longest) + 1);
  }
  plastic_part(const plastic_part& other)
      : stateful_rows{other},
        rows_{other.rows_->clone()},
        follows_{other.follows_},
        on_their_way_{other.on_their_way_} {}
  std::unique_ptr<stateful_rows> clone() const override { return std::make_unique<plastic_part>(*this); }

  void reset() override {
    rows_->reset();
    for (auto& fired : on_their_way_) fired.clear();
  }
  void begin_episode(moment now) override {
    rows_->rest(now);
    for (auto& fired : on_their_way_) fired.clear();
  }
  void deliver(line_list arriving, moment now, inbox to) override {
    rows_->begin(now, static_cast<double>(arriving.factor));
    if (arriving.empty()) return;
    rows_->arrive({arriving.lines, arriving.amplitudes}, now, to.sums + where().at);
    if (!to.marks) return;
    const plastic_wiring& w = rows_->wiring();
    for (const std::uint32_t l : arriving)
      for (auto i = w.offsets[l]; i < w.offsets[l + 1]; ++i) to.marks->set(where().at + w.target[i]);
  }
  void fire(moment now, std::span<const index_t> fired) override {
    if (where().width > 1) {
      lanes_.clear();
      for (const index_t i : fired)
        for (index_t l = 0; l < where().width; ++l) lanes_.push_back(i * where().width + l);
      fired = lanes_;
    }
    const auto& after = rows_->wiring().after;
    if (after.back() == 0) return rows_->fire(fired, where().first, now, 0);
    const auto in = [&](moment when) -> auto& {
      return on_their_way_[static_cast<std::size_t>(when) % on_their_way_.size()];
    };
    in(now).assign(fired.begin(), fired.end());
    for (std::size_t g = 0; g < after.size(); ++g)
      if (now >= after[g]) rows_->fire(in(now - after[g]), where().first, now, g);
  }
  void watch(moment now, std::size_t field, const watched& neurons) override {
    if (follows_ == field) rows_->watch(neurons, now);
  }
  void read(std::size_t line, std::vector<double>& weights) const override { rows_->read(line, weights); }
  std::size_t size(std::size_t line) const override {
    return rows_->wiring().offsets[line + 1] - rows_->wiring().offsets[line];
  }
  void assign(std::size_t line, std::span<const double> weights, moment now) override {
    rows_->assign(line, weights, now);
  }
  std::uint64_t bytes() const override { return rows_->bytes(); }

 private:
  std::unique_ptr<plastic_rows> rows_;
  std::optional<std::size_t> follows_;
  std::vector<index_t> lanes_;  ///< of the neurons that fire, where they have several
  /// Spikes of the last ticks, by tick modulo their number, where they take a while to come to the synapses.
  std::vector<std::vector<index_t>> on_their_way_;
};

/// Delays whose spikes of targets come back after the same time share them.
void group_delays(std::span<const ticks> back, plastic_wiring& w) {
  w.after.assign(back.begin(), back.end());
  w.after.erase(std::unique(w.after.begin(), w.after.end()), w.after.end());  // ascending, as delays are
  w.group.clear();
  for (const ticks b : back)
    w.group.push_back(
        static_cast<std::uint32_t>(std::lower_bound(w.after.begin(), w.after.end(), b) - w.after.begin()));
}

}  // namespace

std::vector<std::shared_ptr<plastic_wiring>> draw_wiring(const lowered_network& net, const bundle_plan& m,
                                                         std::span<const stateful_rows::section> sections, int threads,
                                                         precision of_weights) {
  const source_rows prototype{net, m};
  tbb::enumerable_thread_specific<source_rows> rows{[&] { return prototype; }};
  const index_t sources = net.populations[m.b.source].size;
  const index_t j = m.projections.front();
  const auto& d = net.descriptions[j];
  const bool equal_weights = d.rule && d.weight.is_constant();
  start_weights start{of_weights};
  if (equal_weights) start.constant(d.equal_weight());
  std::vector<std::vector<chunk_rows>> chunks((sources + chunk - 1) / chunk,
                                              std::vector<chunk_rows>(sections.size(), {{}, {}, start}));
  const parallel_loop each = loop_over(threads);
  each(chunks.size(), [&](std::size_t c) {
    std::vector<drawn_synapse> row;
    for (auto source = static_cast<index_t>(c) * chunk;
         source < std::min(sources, (static_cast<index_t>(c) + 1) * chunk); ++source) {
      row.clear();
      const coded_row drawn = rows.local().row(0, source);
      for (std::size_t i = 0; i < drawn.targets.size(); ++i)
        row.push_back({drawn.delay(i), drawn.targets[i], drawn.weight(i)});
      put(row, m.b.delays.size(), sections, equal_weights, chunks[c]);
    }
  });
  std::vector<std::shared_ptr<plastic_wiring>> all;
  for (std::size_t k = 0; k < sections.size(); ++k) {
    all.push_back(join(chunks, k, sections[k], net.summaries[j].quantum, start, equal_weights, each));
    all.back()->where = fmt::format("projection \"{}\"", d.name);
    if (d.plasticity) group_delays(net.summaries[j].back, *all.back());
  }
  return all;
}

std::vector<std::unique_ptr<stateful_rows>> wire_plastic(const lowered_network& net, const bundle_plan& m,
                                                         std::span<const stateful_rows::section> sections, int threads,
                                                         precision learned) {
  const any_rule& rule = *net.descriptions[m.projections.front()].plasticity;
  auto wirings = draw_wiring(net, m, sections, threads, rule.learns() ? learned : precision::full);
  std::vector<std::unique_ptr<stateful_rows>> all;
  for (std::size_t k = 0; k < sections.size(); ++k)
    all.push_back(std::make_unique<plastic_part>(sections[k], rule.rows(learned, std::move(wirings[k]), net.tick),
                                                 followed_field(net, m.projections.front())));
  return all;
}

}  // namespace spinule

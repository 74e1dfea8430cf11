#include <spinule/engine/connectivity.hpp>

#include <algorithm>
#include <mutex>
#include <numeric>

#include <spinule/engine/lowering.hpp>

namespace spinule {
namespace {

std::size_t number_of(const std::vector<ticks>& delays, ticks delay) {
  if (delays.size() == 1) return 0;
  return static_cast<std::size_t>(std::lower_bound(delays.begin(), delays.end(), delay) - delays.begin());
}

/// Sorts the synapses of each source by delay and target; equal ones stay in the order of drawing. `keep`: their
/// weights as they were given.
void draw_by_source(row_drawer& drawer, const projection_summary& summary, bool keep, index_t first, connectivity& c) {
  struct synapse {
    std::size_t delay;
    index_t target;
    double weight;
  };
  const auto before = [](const synapse& a, const synapse& b) {
    return std::pair{a.delay, a.target} < std::pair{b.delay, b.target};
  };
  std::vector<synapse> row;
  for (index_t r = 0; r < c.sources; ++r) {
    const drawn_row drawn = drawer.row(first + r);
    row.clear();
    for (std::size_t i = 0; i < drawn.partners.size(); ++i)
      row.push_back({number_of(c.delays, drawn.delay(i)), drawn.partners[i], drawn.weight(i)});
    if (!std::is_sorted(row.begin(), row.end(), before)) std::stable_sort(row.begin(), row.end(), before);
    for (const synapse& x : row) {
      ++c.offsets[c.line(r, x.delay) + 1];
      c.target.push_back(x.target);
      c.code.push_back(summary.code(x.weight));
      if (keep) c.start.push_back(x.weight);
    }
  }
  std::partial_sum(c.offsets.begin(), c.offsets.end(), c.offsets.begin());
}

/// Draws every row twice: to count, then straight to where each synapse belongs. Targets come ascending by themselves.
void draw_by_target(row_drawer& drawer, const projection_summary& summary, bool keep, index_t first, connectivity& c) {
  const auto each = [&](auto use) {
    for (index_t r = 0; r < drawer.rows(); ++r) {
      const drawn_row row = drawer.row(r);
      for (std::size_t i = 0; i < row.partners.size(); ++i)
        if (row.partners[i] - first < c.sources)
          use(c.line(row.partners[i] - first, number_of(c.delays, row.delay(i))), r, row, i);
    }
  };
  each([&](std::size_t line, index_t, const drawn_row&, std::size_t) { ++c.offsets[line + 1]; });
  std::partial_sum(c.offsets.begin(), c.offsets.end(), c.offsets.begin());
  c.target.resize(c.offsets.back());
  c.code.resize(c.offsets.back());
  if (keep) c.start.resize(c.offsets.back());
  std::vector<std::uint64_t> next{c.offsets.begin(), c.offsets.end() - 1};
  each([&](std::size_t line, index_t target, const drawn_row& row, std::size_t i) {
    const std::uint64_t at = next[line]++;
    c.target[at] = target;
    c.code[at] = summary.code(row.weight(i));
    if (keep) c.start[at] = row.weight(i);
  });
}

}  // namespace

struct lowered_network::kept {
  std::mutex guard;
  std::vector<std::unique_ptr<const connectivity>> projections;
};

lowered_network::lowered_network() : kept_{std::make_unique<kept>()} {}
lowered_network::~lowered_network() = default;

const connectivity& lowered_network::synapses(index_t projection) const {
  const std::lock_guard lock{kept_->guard};
  kept_->projections.resize(descriptions.size());
  auto& mine = kept_->projections[projection];
  if (!mine) mine = std::make_unique<const connectivity>(draw(projection));
  return *mine;
}

connectivity lowered_network::draw(index_t projection, index_t first, index_t count, bool as_given) const {
  const projection_summary& s = summaries[projection];
  const auto& d = descriptions[projection];
  connectivity c;
  c.sources = std::min(count, populations[d.source].size - first);
  c.targets = ends_of(*this, d).targets;
  c.quantum = s.quantum;
  c.delays = s.delays;
  c.offsets.assign(c.lines() + 1, 0);
  row_drawer drawer{*this, projection};
  const bool given = as_given || d.plasticity || s.graded;
  const bool one = d.rule && d.weight.is_constant(), keep = given && !one;
  if (given && one) c.start.assign(1, d.equal_weight());
  if (drawer.by_source()) {
    if (c.sources == populations[d.source].size) {
      c.target.reserve(s.synapses);
      c.code.reserve(s.synapses);
    }
    draw_by_source(drawer, s, keep, first, c);
  } else {
    draw_by_target(drawer, s, keep, first, c);
  }
  const auto differs = [&](std::int32_t code) { return code != c.code.front(); };
  if (!c.code.empty() && std::none_of(c.code.begin(), c.code.end(), differs)) {
    c.constant = c.code.front();
    c.code = {};
  }
  return c;
}

}  // namespace spinule

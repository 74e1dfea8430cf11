#include "survey.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

namespace spinule {
namespace {

/// Rows drawn by one task.
constexpr index_t grain = 64;
/// Delays below this many ticks are looked up, not searched.
constexpr ticks table = 4096;
/// So many synapses have nearly all delays that they can have: nobody looks which.
constexpr std::uint64_t plenty = 1 << 20;

/// What one thread at a time has seen.
struct tally {
  row_drawer drawer;
  std::vector<std::uint32_t> fan_out;
  std::vector<char> short_delays;  ///< [table] whether that many ticks occur
  std::vector<ticks> long_delays;  ///< ascending
  std::vector<std::uint64_t> weights;
  std::vector<double> few_weights;  ///< ascending, at most one too many
  std::uint64_t synapses = 0;
  double largest = 0;
  bool dense = true;

  tally(const lowered_network& net, index_t projection)
      : drawer{net, projection},
        fan_out(net.populations[net.descriptions[projection].source].size, 0),
        short_delays(table, 0),
        weights(ends_of(net, net.descriptions[projection]).targets, 0) {}
};

template <class T>
void insert(std::vector<T>& set, T x) {
  const auto at = std::lower_bound(set.begin(), set.end(), x);
  if (at == set.end() || *at != x) set.insert(at, x);
}

void note_weight(tally& n, double weight) {
  n.largest = std::max(n.largest, std::fabs(weight));
  if (n.few_weights.size() <= projection_summary::most_few) insert(n.few_weights, weight);
}

/// Whether a source reaches every target once, in order, or none.
bool is_whole(const drawn_row& row, bool by_source, std::size_t targets) {
  if (row.partners.empty()) return true;
  if (!by_source || row.partners.size() != targets) return false;
  if (std::any_of(row.delays.begin(), row.delays.end(), [&](ticks d) { return d != row.delays[0]; })) return false;
  for (std::size_t i = 0; i < targets; ++i)
    if (row.partners[i] != i) return false;
  return true;
}

void note_delays(tally& n, std::span<const ticks> delays) {
  for (const ticks d : delays) {
    if (d < table)
      n.short_delays[static_cast<std::size_t>(d)] = 1;
    else
      insert(n.long_delays, d);
  }
}

void note_row(tally& n, index_t r, double scale) {
  const drawn_row row = n.drawer.row(r);
  const bool by_source = n.drawer.by_source();
  const std::size_t count = row.partners.size();
  n.synapses += count;
  n.dense = n.dense && is_whole(row, by_source, n.weights.size());
  if (count == 0) return;
  note_delays(n, row.delays);
  if (row.weights.size() == 1) {
    note_weight(n, row.weights[0]);
    const auto units = static_cast<std::uint64_t>(std::ceil(std::fabs(row.weights[0]) * scale));
    if (by_source)
      for (const index_t t : row.partners) n.weights[t] += units;
    else
      n.weights[r] += count * units;
  } else {
    for (std::size_t i = 0; i < count; ++i) {
      const double magnitude = std::fabs(row.weights[i]);
      note_weight(n, row.weights[i]);
      n.weights[by_source ? row.partners[i] : r] += static_cast<std::uint64_t>(std::ceil(magnitude * scale));
    }
  }
  if (by_source)
    n.fan_out[r] += static_cast<std::uint32_t>(count);
  else
    for (const index_t s : row.partners) ++n.fan_out[s];
}

/// Nine in ten of the weights that are not 0 are no smaller in magnitude, going by a few of them.
double usual_weight(const lowered_network& net, index_t projection, double greatest) {
  constexpr std::size_t draws = 64, listed = 4096;
  const auto& d = net.descriptions[projection];
  std::vector<double> seen;
  if (d.rule) {
    seen.resize(draws);
    random_stream random{net.seed, purpose::weight, ~std::uint64_t{0}};
    d.weight.draw(random, seen);
  } else {
    const auto& weights = d.list->weight;
    const std::size_t step = std::max<std::size_t>(weights.size() / listed, 1);
    for (std::size_t i = 0; i < weights.size(); i += step) seen.push_back(weights[i]);
  }
  std::erase(seen, 0.0);
  if (seen.empty()) return d.plasticity ? greatest : 0;
  for (double& w : seen) w = std::fabs(w);
  const auto tenth = seen.begin() + static_cast<std::ptrdiff_t>(seen.size() / 10);
  std::nth_element(seen.begin(), tenth, seen.end());
  return *tenth * std::fabs(net.populations[d.source].model->gain());
}

/// Weights that will change, or be rounded to a few bits of the largest, need not be drawn to be bounded.
bool bound_suffices(const projection_description& d) {
  if (d.part.sign != 0) return false;
  return d.plasticity || (d.weight_bits < 32 && d.rule && !d.weight.is_constant());
}

void merge(survey& into, const tally& from) {
  projection_summary& s = into.summary;
  s.synapses += from.synapses;
  s.largest = std::max(s.largest, from.largest);
  s.dense = s.dense && from.dense;
  for (ticks d = 0; d < table; ++d)
    if (from.short_delays[static_cast<std::size_t>(d)]) insert(s.delays, d);
  for (const ticks d : from.long_delays) insert(s.delays, d);
  for (const double w : from.few_weights) insert(s.few_weights, w);
  for (std::size_t i = 0; i < into.fan_out.size(); ++i) into.fan_out[i] += from.fan_out[i];
  for (std::size_t i = 0; i < into.weights.size(); ++i) into.weights[i] += from.weights[i];
}

/// As many tallies as are ever needed at the same time.
class tally_pool {
 public:
  explicit tally_pool(const tally& blank) : blank_{&blank} {}
  std::unique_ptr<tally> take() {
    const std::lock_guard lock{guard_};
    if (free_.empty()) return std::make_unique<tally>(*blank_);
    auto one = std::move(free_.back());
    free_.pop_back();
    return one;
  }
  void put_back(std::unique_ptr<tally> used) {
    const std::lock_guard lock{guard_};
    free_.push_back(std::move(used));
  }
  const std::vector<std::unique_ptr<tally>>& filled() const { return free_; }

 private:
  const tally* blank_;
  std::mutex guard_;
  std::vector<std::unique_ptr<tally>> free_;
};

/// Calls note(tally, row) for every row of a projection.
template <class Note>
void note_all(const tally& blank, const parallel_loop& each, Note note, survey& into) {
  tally_pool all{blank};
  const index_t rows = blank.drawer.rows();
  each((rows + grain - 1) / grain, [&](std::size_t task) {
    auto mine = all.take();
    const index_t begin = static_cast<index_t>(task) * grain, end = std::min(rows, begin + grain);
    for (index_t r = begin; r < end; ++r) note(*mine, r);
    all.put_back(std::move(mine));
  });
  for (const auto& n : all.filled()) merge(into, *n);
}

}  // namespace

survey survey_of(const lowered_network& net, index_t projection, const parallel_loop& each) {
  survey result;
  projection_summary& s = result.summary;
  const auto& d = net.descriptions[projection];
  result.fan_out.assign(net.populations[d.source].size, 0);
  result.weights.assign(ends_of(net, d).targets, 0);
  s.dense = true;
  tally first{net, projection};
  if (bound_suffices(d)) first.drawer.leave_weights_out();
  const auto possible = first.drawer.possible_delays();
  const bool delays_later = !possible.empty() && possible.front() > 0;  // of 0 it matters much whether it occurs
  if (delays_later) first.drawer.leave_delays_out();
  int exponent = 0;
  std::frexp(first.drawer.greatest_weight(), &exponent);
  result.unit = std::ldexp(1.0, exponent - 40);  // 2^24 synapses of one target do not overflow 64 bits
  note_all(
      first, each, [&](tally& n, index_t r) { note_row(n, r, 1 / result.unit); }, result);
  if (delays_later) {
    s.delays.clear();
    s.dense = false;
    tally second{net, projection};
    second.drawer.leave_weights_out();
    if (s.synapses >= plenty)
      s.delays.assign(possible.begin(), possible.end());
    else
      note_all(
          second, each, [](tally& n, index_t r) { note_delays(n, n.drawer.row(r).delays); }, result);
  }
  s.dense = s.dense && s.synapses > 0 && !d.plasticity;
  if (s.few_weights.size() > projection_summary::most_few || bound_suffices(d)) s.few_weights.clear();
  if (s.delays.empty()) s.delays.push_back(1);
  if (s.synapses > 0) s.usual = usual_weight(net, projection, first.drawer.greatest_weight());
  return result;
}

}  // namespace spinule

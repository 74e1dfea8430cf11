#include <spinule/lowering.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <spinule/error.hpp>
#include <spinule/graph.hpp>

namespace spinule {
namespace {

/// A projection drawn but not yet in quanta: synapses by source, in the order of drawing.
struct drawn {
  std::vector<std::uint64_t> offsets;  ///< [sources + 1]
  std::vector<index> target;
  std::vector<double> weight;
  std::vector<ticks> delay;
};

std::string where(const projection_description& p) { return fmt::format("projection \"{}\"", p.name); }

std::uint64_t row_key(index projection, index row) { return (std::uint64_t{projection} << 32) | row; }

class drawing {
 public:
  drawing(const network& net, index id, milliseconds tick)
      : net_{net}, p_{net.projections()[id]}, id_{id}, tick_{tick}, sources_{net.populations()[p_.source].size},
        targets_{net.populations()[p_.target].size} {}

  drawn operator()() {
    if (!p_.rule) from_list();
    else draw_rows();
    return by_source();
  }

 private:
  struct edge {
    index source, target;
    double weight;
    ticks delay;
  };

  void add(index source, index target, double weight, milliseconds delay) {
    edges_.push_back({source, target, weight, whole_ticks(delay, tick_, where(p_))});
  }

  void from_list() {
    for (const auto& s : p_.list) add(s.source, s.target, s.weight, s.delay);
  }

  void draw_rows() {
    const auto& from = net_.populations()[p_.source];
    const auto& to = net_.populations()[p_.target];
    const endpoints ends{sources_, targets_, p_.source == p_.target, from.positions, to.positions};
    const bool by_source = p_.rule->by_source();
    std::vector<index> partners;
    for (index row = 0; row < (by_source ? sources_ : targets_); ++row) {
      const std::uint64_t key = row_key(id_, row);
      random_stream wires{net_.seed(), purpose::wiring, key}, weights{net_.seed(), purpose::weight, key},
          delays{net_.seed(), purpose::delay, key};
      partners.clear();
      p_.rule->row(row, ends, wires, partners);
      for (const index other : partners) {
        const milliseconds delay{std::fmax(p_.delay.draw(delays), 0)};
        add(by_source ? row : other, by_source ? other : row, p_.weight.draw(weights), delay);
      }
    }
  }

  drawn by_source() const {
    drawn d;
    d.offsets.assign(sources_ + std::size_t{1}, 0);
    for (const auto& e : edges_) ++d.offsets[e.source + 1];
    std::partial_sum(d.offsets.begin(), d.offsets.end(), d.offsets.begin());
    d.target.resize(edges_.size());
    d.weight.resize(edges_.size());
    d.delay.resize(edges_.size());
    auto next = d.offsets;
    for (const auto& e : edges_) {
      const std::uint64_t at = next[e.source]++;
      d.target[at] = e.target;
      d.weight[at] = e.weight;
      d.delay[at] = e.delay;
    }
    return d;
  }

  const network& net_;
  const projection_description& p_;
  index id_;
  milliseconds tick_;
  index sources_, targets_;
  std::vector<edge> edges_;
};

/// Adds to `total[target]` the largest input that one tick of this projection can bring.
void add_bound(const drawn& d, double multiplicity, std::vector<double>& total) {
  for (std::size_t i = 0; i < d.target.size(); ++i) total[d.target[i]] += multiplicity * std::fabs(d.weight[i]);
}

/// The smallest power of two in which `largest` fits 30 bits.
double quantum_for(double largest) {
  if (!(largest > 0)) return 1;
  int exponent = 0;
  std::frexp(largest, &exponent);
  return std::ldexp(1.0, exponent - 30);
}

connectivity in_quanta(const drawn& d, index sources, index targets, double quantum) {
  connectivity c;
  c.sources = sources;
  c.targets = targets;
  c.quantum = quantum;
  c.delays = d.delay;
  std::sort(c.delays.begin(), c.delays.end());
  c.delays.erase(std::unique(c.delays.begin(), c.delays.end()), c.delays.end());
  if (c.delays.empty()) c.delays.push_back(1);
  c.offsets.assign(c.lines() + 1, 0);
  c.target.resize(d.target.size());
  c.code.resize(d.target.size());
  std::vector<std::uint64_t> order;
  for (index s = 0; s < sources; ++s) {
    order.resize(static_cast<std::size_t>(d.offsets[s + 1] - d.offsets[s]));
    std::iota(order.begin(), order.end(), d.offsets[s]);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
      return std::pair{d.delay[a], d.target[a]} < std::pair{d.delay[b], d.target[b]};
    });
    std::uint64_t at = d.offsets[s];
    for (const std::uint64_t from : order) {
      const auto k = std::lower_bound(c.delays.begin(), c.delays.end(), d.delay[from]) - c.delays.begin();
      ++c.offsets[c.line(s, static_cast<std::size_t>(k)) + 1];
      c.target[at] = d.target[from];
      c.code[at++] = static_cast<std::int32_t>(std::llround(d.weight[from] / quantum));
    }
  }
  std::partial_sum(c.offsets.begin(), c.offsets.end(), c.offsets.begin());
  const auto differs = [&](std::int32_t code) { return code != c.code.front(); };
  if (!c.code.empty() && std::none_of(c.code.begin(), c.code.end(), differs)) {
    c.constant = c.code.front();
    c.code = {};
  }
  return c;
}

void choose_quanta(const network& net, const std::vector<drawn>& all, lowered_network& result) {
  for (index p = 0; p < net.populations().size(); ++p) {
    const auto& cells = net.populations()[p];
    auto& quanta = result.quanta.emplace_back();
    for (int port = 0; port < cells.model->ports(); ++port) {
      std::vector<double> total(cells.size, 0);
      for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& d = net.projections()[i];
        if (d.target != p || d.port != port) continue;
        const bool repeats = net.populations()[d.source].model->is_source();
        add_bound(all[i], repeats ? most_events_per_tick : 1, total);
      }
      quanta.push_back(quantum_for(*std::max_element(total.begin(), total.end())));
    }
  }
}

}  // namespace

std::shared_ptr<const lowered_network> lower(const network& net, milliseconds tick) {
  if (!(tick >= 1_us && tick <= 1_s))
    throw error{"tick", fmt::format("{} ms is outside 0.001 ms to 1000 ms", tick.value())};
  auto result = std::make_shared<lowered_network>();
  result->seed = net.seed();
  result->tick = tick;
  result->populations.assign(net.populations().begin(), net.populations().end());
  std::vector<drawn> all;
  for (index i = 0; i < net.projections().size(); ++i) {
    const auto& p = net.projections()[i];
    auto& d = all.emplace_back(drawing{net, i, tick}());
    const double gain = net.populations()[p.source].model->gain();
    for (double& w : d.weight) w *= gain;
    result->descriptions.push_back({p.name, p.source, p.target, p.port, p.rule, p.weight, p.delay, {}});
  }
  choose_quanta(net, all, *result);
  result->reach.assign(net.populations().size(), 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& p = net.projections()[i];
    const double quantum = result->quanta[p.target][static_cast<std::size_t>(p.port)];
    const auto& c = result->projections.emplace_back(
        in_quanta(all[i], net.populations()[p.source].size, net.populations()[p.target].size, quantum));
    all[i] = {};
    result->reach[p.source] = std::max(result->reach[p.source], c.delays.back());
  }
  const auto level = same_tick_levels(graph_of(net, result->projections));
  for (index p = 0; p < level.size(); ++p) {
    if (level[p] >= result->levels.size()) result->levels.resize(level[p] + std::size_t{1});
    result->levels[level[p]].push_back(p);
  }
  return result;
}

}  // namespace spinule

#include "placement.hpp"

#include <algorithm>
#include <cmath>

#include <metis.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

constexpr std::uint32_t nowhere = 0xffffffff;
constexpr int most_sweeps = 8;
constexpr idx_t seeds = 4;                    // of METIS
constexpr std::size_t most_exchanged = 1024;  // things; of more, only moves to where room is are tried

struct neighbour {
  std::uint32_t unit;
  double spikes;
};

/// Things that lie on places, with the spikes between them. A place has room for several.
class layout {
 public:
  layout(std::size_t things, const unit_traffic& traffic, std::uint32_t places, std::uint32_t width, std::uint32_t room)
      : near_(things), outside_{traffic.from_outside}, width_{width}, room_(places, room), place_(things, nowhere) {
    for (const auto& e : traffic.edges) {
      if (e.from == e.to) continue;
      near_[e.from].push_back({e.to, e.spikes});
      near_[e.to].push_back({e.from, e.spikes});
    }
  }

  const std::vector<std::uint32_t>& places() const { return place_; }

  void put(std::uint32_t thing, std::uint32_t place) {
    place_[thing] = place;
    --room_[place];
  }

  /// The thing that exchanges the most with what lies already comes next, to where it crosses the fewest links.
  void fill() {
    std::vector<double> pull(outside_);
    for (std::size_t n = 0; n < place_.size(); ++n) {
      std::uint32_t next = nowhere;
      for (std::uint32_t i = 0; i < place_.size(); ++i)
        if (place_[i] == nowhere && (next == nowhere || pull[i] > pull[next])) next = i;
      put(next, best_place(next));
      for (const auto& [unit, spikes] : near_[next]) pull[unit] += spikes;
    }
  }

  /// Those that found no room where they were to go.
  void fill_rest(const std::vector<std::uint32_t>& things) {
    for (const auto thing : things) put(thing, best_place(thing));
  }

  /// Pairs change places, and things go where room is, as long as that takes links away.
  void improve() {
    for (int sweep = 0; sweep < most_sweeps; ++sweep) {
      bool moved = false;
      for (std::uint32_t a = 0; a < place_.size(); ++a) {
        moved |= move(a);
        for (std::uint32_t b = a + 1; b < place_.size() && place_.size() <= most_exchanged; ++b)
          moved |= exchange(a, b);
      }
      if (!moved) return;
    }
  }

 private:
  double links(std::uint32_t a, std::uint32_t b) const {
    const mesh_way way = way_between(a, b, width_);
    return way.x + way.y;
  }

  /// Links that the spikes of a thing would cross from a place; those to `but` are left out.
  double cost(std::uint32_t thing, std::uint32_t place, std::uint32_t but = nowhere) const {
    double sum = outside_[thing] * links(0, place);
    for (const auto& [unit, spikes] : near_[thing])
      if (unit != but && place_[unit] != nowhere) sum += spikes * links(place, place_[unit]);
    return sum;
  }

  std::uint32_t best_place(std::uint32_t thing) const {
    std::uint32_t best = nowhere;
    double least = 0;
    for (std::uint32_t p = 0; p < room_.size(); ++p) {
      if (room_[p] == 0) continue;
      const double here = cost(thing, p);
      if (best == nowhere || here < least) {
        best = p;
        least = here;
      }
    }
    return best;
  }

  bool move(std::uint32_t thing) {
    const std::uint32_t from = place_[thing], to = best_place(thing);
    if (to == nowhere || !(cost(thing, to) < cost(thing, from) * (1 - 1e-12))) return false;
    ++room_[from];
    put(thing, to);
    return true;
  }

  bool exchange(std::uint32_t a, std::uint32_t b) {
    const std::uint32_t p = place_[a], q = place_[b];
    if (p == q) return false;
    const double now = cost(a, p, b) + cost(b, q, a);
    if (now == 0 || !(cost(a, q, b) + cost(b, p, a) < now * (1 - 1e-12))) return false;
    std::swap(place_[a], place_[b]);
    return true;
  }

  std::vector<std::vector<neighbour>> near_;
  std::vector<double> outside_;
  std::uint32_t width_;
  std::vector<std::uint32_t> room_;  // [places]
  std::vector<std::uint32_t> place_;
};

/// METIS's graph: compressed rows, both ways, whole weights of which the largest is 1e6.
struct metis_graph {
  std::vector<idx_t> first{0}, to, weight;

  metis_graph(std::size_t units, const unit_traffic& traffic) {
    std::vector<std::vector<std::pair<idx_t, double>>> rows(units);
    double largest = 0;
    for (const auto& e : traffic.edges) {
      if (e.from == e.to) continue;
      rows[e.from].push_back({static_cast<idx_t>(e.to), e.spikes});
      rows[e.to].push_back({static_cast<idx_t>(e.from), e.spikes});
    }
    for (auto& row : rows) {
      std::sort(row.begin(), row.end());
      std::vector<std::pair<idx_t, double>> merged;
      for (const auto& [unit, spikes] : row) {
        if (merged.empty() || merged.back().first != unit) merged.push_back({unit, 0});
        merged.back().second += spikes;
        largest = std::max(largest, merged.back().second);
      }
      row = std::move(merged);
    }
    for (const auto& row : rows) {
      for (const auto& [unit, spikes] : row) {
        to.push_back(unit);
        weight.push_back(largest > 0 ? std::max<idx_t>(1, static_cast<idx_t>(std::lround(spikes / largest * 1e6))) : 1);
      }
      first.push_back(static_cast<idx_t>(to.size()));
    }
  }
};

/// [units] parts, as many as nodes, of nearly the same size.
std::vector<idx_t> parts_of(const unit_traffic& traffic, std::uint32_t nodes, idx_t seed) {
  metis_graph graph{traffic.from_outside.size(), traffic};
  std::vector<idx_t> part(traffic.from_outside.size());
  auto units = static_cast<idx_t>(part.size()), constraints = idx_t{1}, parts = static_cast<idx_t>(nodes);
  idx_t options[METIS_NOPTIONS], cut = 0;
  if (parts == 1) return part;
  METIS_SetDefaultOptions(options);
  options[METIS_OPTION_SEED] = seed;
  options[METIS_OPTION_UFACTOR] = 1;
  const int outcome =
      METIS_PartGraphRecursive(&units, &constraints, graph.first.data(), graph.to.data(), nullptr, nullptr,
                               graph.weight.data(), &parts, nullptr, nullptr, options, &cut, part.data());
  if (outcome != METIS_OK)
    throw spinule_error{"placement", "METIS cannot cut the graph of units; use mesh.placement = \"greedy\""};
  return part;
}

/// Parts as things, and the spikes between them.
unit_traffic between_parts(const unit_traffic& traffic, const std::vector<idx_t>& part, std::uint32_t nodes) {
  unit_traffic all{{}, std::vector<double>(nodes)};
  for (const auto& e : traffic.edges)
    all.edges.push_back({static_cast<std::uint32_t>(part[e.from]), static_cast<std::uint32_t>(part[e.to]), e.spikes});
  for (std::size_t i = 0; i < part.size(); ++i)
    all.from_outside[static_cast<std::size_t>(part[i])] += traffic.from_outside[i];
  return all;
}

unit_places partitioned(const unit_traffic& traffic, const mesh_shape& mesh, idx_t seed) {
  const std::size_t units = traffic.from_outside.size();
  const auto count = static_cast<std::uint32_t>((units + mesh.per_node - 1) / mesh.per_node);
  const auto part = parts_of(traffic, count, seed);
  layout parts{count, between_parts(traffic, part, count), mesh.nodes, mesh.width, 1};
  parts.fill();
  parts.improve();
  layout all{units, traffic, mesh.nodes, mesh.width, mesh.per_node};
  std::vector<std::uint32_t> used(mesh.nodes), left;
  for (std::uint32_t i = 0; i < units; ++i) {
    const std::uint32_t node = parts.places()[static_cast<std::size_t>(part[i])];
    if (used[node]++ < mesh.per_node)
      all.put(i, node);
    else
      left.push_back(i);
  }
  all.fill_rest(left);
  all.improve();
  return all.places();
}

}  // namespace

mesh_way way_between(std::uint32_t a, std::uint32_t b, std::uint32_t width) {
  const auto apart = [](std::uint32_t p, std::uint32_t q) { return p < q ? q - p : p - q; };
  return {apart(a % width, b % width), apart(a / width, b / width)};
}

unit_places places_in_order(std::size_t units, const mesh_shape& mesh) {
  unit_places places(units);
  for (std::size_t i = 0; i < units; ++i) places[i] = static_cast<std::uint32_t>(i / mesh.per_node);
  return places;
}

std::vector<unit_places> place_units(mesh_placement how, const unit_traffic& traffic, const mesh_shape& mesh) {
  const std::size_t units = traffic.from_outside.size();
  std::vector<unit_places> all;
  if (how == mesh_placement::order || mesh.nodes == 1) return all;
  layout filled{units, traffic, mesh.nodes, mesh.width, mesh.per_node}, ordered = filled;
  filled.fill();
  filled.improve();
  all.push_back(filled.places());
  const unit_places order = places_in_order(units, mesh);
  for (std::uint32_t i = 0; i < units; ++i) ordered.put(i, order[i]);
  ordered.improve();
  all.push_back(ordered.places());
  for (idx_t seed = 1; how == mesh_placement::partition && seed <= seeds; ++seed)
    all.push_back(partitioned(traffic, mesh, seed));
  return all;
}

}  // namespace spinule

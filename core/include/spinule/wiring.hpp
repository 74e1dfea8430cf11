// Who is connected to whom. A rule is a small struct; a user's own rule is one that satisfies `wiring_rule`.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <spinule/random.hpp>
#include <spinule/time.hpp>

namespace spinule {

/// A place in space, in micrometres or in steps of a grid: the rule's lengths are in the same measure.
struct position {
  double x = 0, y = 0, z = 0;
};

/// nx * ny * nz places at whole coordinates, x fastest.
std::vector<position> grid(int nx, int ny, int nz);
/// The same places in random order.
std::vector<position> shuffled(std::vector<position> places, std::uint64_t seed);

/// One synapse: the weight in the unit of the target port.
struct listed_synapse {
  index_t source = 0, target = 0;
  double weight = 0;
  milliseconds delay{0};
  bool operator==(const listed_synapse&) const = default;
};

/// The two populations a rule connects. On a wide port a target is a lane of a neuron, neuron * width + lane.
struct endpoints {
  index_t sources = 0, targets = 0;
  bool same = false;  ///< source and target are one population; never of a wide port, where every pair is allowed
  std::span<const position> source_positions = {}, target_positions = {};  ///< empty when there are none, as of lanes
  index_t width = 1;                                                       ///< lanes of a neuron
};

/// A rule draws the partners of one neuron at a time, from a stream of its own, so rows may be drawn in any order.
/// `by_source`: `row(i, ...)` appends the targets of source i; otherwise the sources of target i. Ascending, except
/// that repeats (several synapses between a pair) may follow each other.
template <class Rule>
concept wiring_rule = requires(const Rule& rule, index_t i, const endpoints& ends, random_stream& random,
                               std::vector<index_t>& partners, const std::string& where) {
  { Rule::by_source } -> std::convertible_to<bool>;
  rule.row(i, ends, random, partners);
  rule.check(ends, where);  ///< throws `spinule_error{where, ...}` when the rule cannot connect these populations
};

/// Optional: `double expected_synapses(ends) const`: how many synapses there will be, about; from it the memory that a
/// network needs is estimated before it is taken.
///
/// A rule whose rows are not independent says first how many partners each row has: `std::vector<std::uint32_t>
/// row_sizes(ends, random)`. Its row is then called with that number: `row(i, ends, size, random, partners)`.
template <class Rule>
concept sized_wiring_rule = requires(const Rule& rule, index_t i, const endpoints& ends, random_stream& random,
                                     std::vector<index_t>& partners, const std::string& where) {
  { Rule::by_source } -> std::convertible_to<bool>;
  { rule.row_sizes(ends, random) } -> std::convertible_to<std::vector<std::uint32_t>>;
  rule.row(i, ends, std::uint32_t{}, random, partners);
  rule.check(ends, where);
};

/// Every source to every target.
struct all_to_all {
  bool autapses = false;  ///< whether a neuron may connect to itself
  static constexpr bool by_source = true;
  double expected_synapses(const endpoints& ends) const;
  void check(const endpoints&, const std::string&) const {}
  void row(index_t source, const endpoints&, random_stream&, std::vector<index_t>& targets) const;
};

/// Source i to target i; the populations are of one size.
struct one_to_one {
  static constexpr bool by_source = true;
  double expected_synapses(const endpoints& ends) const { return static_cast<double>(ends.sources); }
  void check(const endpoints&, const std::string& where) const;
  void row(index_t source, const endpoints&, random_stream&, std::vector<index_t>& targets) const {
    targets.push_back(source);
  }
};

/// Source i to lane i of every neuron of a wide port; as many sources as lanes.
struct lane_by_lane {
  static constexpr bool by_source = true;
  double expected_synapses(const endpoints& ends) const { return static_cast<double>(ends.targets); }
  void check(const endpoints&, const std::string& where) const;
  void row(index_t source, const endpoints&, random_stream&, std::vector<index_t>& targets) const;
};

/// Each pair with probability p, independently.
struct fixed_probability {
  double p = 0;
  bool autapses = false;
  static constexpr bool by_source = true;
  double expected_synapses(const endpoints& ends) const;
  void check(const endpoints&, const std::string& where) const;
  void row(index_t source, const endpoints&, random_stream&, std::vector<index_t>& targets) const;
};

/// Each target receives from `k` sources; `multapses` allows the same source more than once.
struct fixed_indegree {
  std::uint32_t k = 0;
  bool autapses = false, multapses = false;
  static constexpr bool by_source = false;
  double expected_synapses(const endpoints& ends) const { return static_cast<double>(k) * ends.targets; }
  void check(const endpoints&, const std::string& where) const;
  void row(index_t target, const endpoints&, random_stream&, std::vector<index_t>& sources) const;
};

/// Each source sends to `k` targets.
struct fixed_outdegree {
  std::uint32_t k = 0;
  bool autapses = false, multapses = false;
  static constexpr bool by_source = true;
  double expected_synapses(const endpoints& ends) const { return static_cast<double>(k) * ends.sources; }
  void check(const endpoints&, const std::string& where) const;
  void row(index_t source, const endpoints&, random_stream&, std::vector<index_t>& targets) const;
};

/// `n` synapses in all, the source and the target of each drawn at random, so that a pair may have several.
struct fixed_total_number {
  std::uint64_t n = 0;
  static constexpr bool by_source = true;
  double expected_synapses(const endpoints&) const { return static_cast<double>(n); }
  void check(const endpoints&, const std::string& where) const;
  std::vector<std::uint32_t> row_sizes(const endpoints&, random_stream&) const;
  /// In the order of drawing.
  void row(index_t source, const endpoints&, std::uint32_t size, random_stream&, std::vector<index_t>& targets) const;
};

/// P = c * exp(-(D / lambda)^2) with D the Euclidean distance of two positions (Maass et al. 2002).
struct distance_dependent {
  double c = 0, lambda = 1;
  bool autapses = false;
  static constexpr bool by_source = true;
  double expected_synapses(const endpoints& ends) const;  ///< from some of the pairs
  void check(const endpoints&, const std::string& where) const;
  void row(index_t source, const endpoints&, random_stream&, std::vector<index_t>& targets) const;
};

}  // namespace spinule

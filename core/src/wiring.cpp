#include <spinule/wiring.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule {
namespace {

void check_probability(double p, const std::string& where) {
  if (!(p >= 0 && p <= 1)) throw spinule_error{where, fmt::format("probability {} is not between 0 and 1", p)};
}

void check_degree(std::uint32_t k, index_t others, bool same, bool autapses, bool multapses, const std::string& where) {
  const index_t possible = same && !autapses && others > 0 ? others - 1 : others;
  if (k > 0 && possible == 0) throw spinule_error{where, "there is no neuron to connect to"};
  if (!multapses && k > possible)
    throw spinule_error{
        where, fmt::format("degree {} exceeds the {} possible partners; allow multapses or lower it", k, possible)};
}

/// The numbers of a stream, 64 bits each, drawn many at a time. What is left over is lost.
class batched_words {
 public:
  explicit batched_words(random_stream& random) : random_{&random} {}
  std::uint64_t next() {
    if (used_ == std::size(words_)) {
      random_->bits(words_);
      used_ = 0;
    }
    used_ += 2;
    return words_[used_ - 2] | std::uint64_t{words_[used_ - 1]} << 32;
  }
  /// As `random_stream::below`.
  std::uint64_t below(std::uint64_t bound) {
    for (;;) {
      const std::uint64_t x = next();
      if (x >= bound || x >= (0 - bound) % bound) return x % bound;
    }
  }

 private:
  random_stream* random_;
  std::uint32_t words_[128];
  std::size_t used_ = std::size(words_);
};

/// Numbers below `pool` that have been taken: a bit each, or a table where most would stay clear.
class taken_numbers {
 public:
  taken_numbers(std::uint32_t k, std::uint64_t pool) : few_{pool / 64 > 8 * std::uint64_t{k} + 1024} {
    words_.resize(few_ ? std::bit_ceil(std::size_t{4} * k + 1) : pool / 64 + 1, few_ ? free : 0);
  }
  /// False where it was taken before.
  bool insert(std::uint64_t x) {
    if (!few_) {
      const std::uint64_t bit = std::uint64_t{1} << (x & 63);
      const bool fresh = (words_[x >> 6] & bit) == 0;
      words_[x >> 6] |= bit;
      return fresh;
    }
    std::size_t at = (x * 0x9E3779B97F4A7C15u >> 20) & (words_.size() - 1);
    for (; words_[at] != free; at = (at + 1) & (words_.size() - 1))
      if (words_[at] == x) return false;
    words_[at] = x;
    return true;
  }
  /// Calls use(x) for all, in any order; true where they come ascending.
  template <class Use>
  bool each(Use use) const {
    if (few_) {
      for (const std::uint64_t x : words_)
        if (x != free) use(x);
    } else {
      for (std::size_t w = 0; w < words_.size(); ++w)
        for (std::uint64_t bits = words_[w]; bits != 0; bits &= bits - 1)
          use(64 * w + static_cast<std::uint64_t>(std::countr_zero(bits)));
    }
    return !few_;
  }

 private:
  static constexpr std::uint64_t free = ~std::uint64_t{0};
  bool few_;
  std::vector<std::uint64_t> words_;
};

/// k of n, ascending, leaving out `excluded` (n or more: nothing). Without repeats by Floyd's method.
void choose(std::uint32_t k, index_t n, index_t excluded, bool repeats, random_stream& random,
            std::vector<index_t>& chosen) {
  const index_t pool = excluded < n ? n - 1 : n;
  const auto place = [&](std::uint64_t x) { return static_cast<index_t>(x >= excluded ? x + 1 : x); };
  batched_words words{random};
  const auto first = static_cast<std::ptrdiff_t>(chosen.size());
  bool ascending = false;
  if (repeats) {
    for (std::uint32_t i = 0; i < k; ++i) chosen.push_back(place(words.below(pool)));
  } else {
    taken_numbers taken{k, pool};
    for (std::uint64_t i = pool - k; i < pool; ++i)
      if (!taken.insert(words.below(i + 1))) taken.insert(i);
    ascending = taken.each([&](std::uint64_t x) { chosen.push_back(place(x)); });
  }
  if (!ascending) std::sort(chosen.begin() + first, chosen.end());
}

index_t excluded_self(index_t i, const endpoints& ends, bool autapses) {
  return ends.same && !autapses ? i : std::max(ends.sources, ends.targets);
}

}  // namespace

std::vector<position> grid(int nx, int ny, int nz) {
  std::vector<position> places;
  for (int z = 0; z < nz; ++z)
    for (int y = 0; y < ny; ++y)
      for (int x = 0; x < nx; ++x) places.push_back({double(x), double(y), double(z)});
  return places;
}

std::vector<position> shuffled(std::vector<position> places, std::uint64_t seed) {
  random_stream random{seed, purpose::wiring, ~std::uint64_t{0}};
  for (std::size_t i = places.size(); i > 1; --i) std::swap(places[i - 1], places[random.below(i)]);
  return places;
}

double all_to_all::expected_synapses(const endpoints& ends) const {
  return static_cast<double>(ends.sources) * ends.targets - (ends.same && !autapses ? ends.sources : 0);
}

void all_to_all::row(index_t source, const endpoints& ends, random_stream&, std::vector<index_t>& targets) const {
  for (index_t t = 0; t < ends.targets; ++t)
    if (autapses || !ends.same || t != source) targets.push_back(t);
}

void one_to_one::check(const endpoints& ends, const std::string& where) const {
  if (ends.sources != ends.targets)
    throw spinule_error{
        where, fmt::format("one_to_one needs populations of one size, not {} and {}", ends.sources, ends.targets)};
}

void lane_by_lane::check(const endpoints& ends, const std::string& where) const {
  if (ends.sources != ends.width)
    throw spinule_error{
        where, fmt::format("lane_by_lane needs as many sources as lanes, not {} and {}", ends.sources, ends.width)};
}

void lane_by_lane::row(index_t source, const endpoints& ends, random_stream&, std::vector<index_t>& targets) const {
  for (index_t neuron = 0; neuron < ends.targets / ends.width; ++neuron)
    targets.push_back(neuron * ends.width + source);
}

double fixed_probability::expected_synapses(const endpoints& ends) const {
  return p * all_to_all{autapses}.expected_synapses(ends);
}

void fixed_probability::check(const endpoints&, const std::string& where) const { check_probability(p, where); }

void fixed_probability::row(index_t source, const endpoints& ends, random_stream& random,
                            std::vector<index_t>& targets) const {
  if (p <= 0) return;
  double all[64];
  const double expected = p * ends.targets;  // about as many gaps as will be needed, in whole batches
  const std::span<double> gaps{all, expected < 12 ? 16u : expected < 26 ? 32u : 64u};
  for (double t = -1;;) {
    random.geometrics(p, gaps);
    for (const double gap : gaps) {
      t += 1 + gap;
      if (t >= ends.targets) return;
      if (autapses || !ends.same || t != source) targets.push_back(static_cast<index_t>(t));
    }
  }
}

void fixed_indegree::check(const endpoints& ends, const std::string& where) const {
  check_degree(k, ends.sources, ends.same, autapses, multapses, where);
}

void fixed_indegree::row(index_t target, const endpoints& ends, random_stream& random,
                         std::vector<index_t>& sources) const {
  choose(k, ends.sources, excluded_self(target, ends, autapses), multapses, random, sources);
}

void fixed_outdegree::check(const endpoints& ends, const std::string& where) const {
  check_degree(k, ends.targets, ends.same, autapses, multapses, where);
}

void fixed_outdegree::row(index_t source, const endpoints& ends, random_stream& random,
                          std::vector<index_t>& targets) const {
  choose(k, ends.targets, excluded_self(source, ends, autapses), multapses, random, targets);
}

void fixed_total_number::check(const endpoints& ends, const std::string& where) const {
  if (n > std::uint64_t{ends.sources} * ends.targets * 16)
    throw spinule_error{where, fmt::format("{} synapses are more than 16 for each of the {} x {} pairs", n,
                                           ends.sources, ends.targets)};
}

std::vector<std::uint32_t> fixed_total_number::row_sizes(const endpoints& ends, random_stream& random) const {
  std::vector<std::uint32_t> sizes(ends.sources, 0);
  std::uint32_t drawn[1024];
  for (std::uint64_t left = n; left > 0;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, 1024));
    random.below(ends.sources, {drawn, count});
    for (std::size_t i = 0; i < count; ++i) ++sizes[drawn[i]];
    left -= count;
  }
  return sizes;
}

void fixed_total_number::row(index_t, const endpoints& ends, std::uint32_t size, random_stream& random,
                             std::vector<index_t>& targets) const {
  targets.resize(size);
  random.below(ends.targets, targets);
}

void distance_dependent::check(const endpoints& ends, const std::string& where) const {
  check_probability(c, where);
  if (!(lambda > 0)) throw spinule_error{where, fmt::format("length constant {} is not positive", lambda)};
  if (ends.width > 1)
    throw spinule_error{where, "distance_dependent reaches neurons; the lanes of a port have no place"};
  if (ends.source_positions.empty() || ends.target_positions.empty())
    throw spinule_error{where, "distance_dependent needs positions on both populations; give them to network::add"};
}

double distance_dependent::expected_synapses(const endpoints& ends) const {
  const index_t between_sources = 1 + ends.sources / 64, between_targets = 1 + ends.targets / 256;
  double sum = 0, pairs = 0;
  for (index_t s = 0; s < ends.sources; s += between_sources)
    for (index_t t = 0; t < ends.targets; t += between_targets, ++pairs) {
      const position a = ends.source_positions[s], b = ends.target_positions[t];
      const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
      sum += portable_exp(-std::fmin((dx * dx + dy * dy + dz * dz) / (lambda * lambda), 700));
    }
  return pairs > 0 ? c * sum / pairs * ends.sources * ends.targets : 0;
}

void distance_dependent::row(index_t source, const endpoints& ends, random_stream& random,
                             std::vector<index_t>& targets) const {
  const position a = ends.source_positions[source];
  batched_words words{random};
  for (index_t t = 0; t < ends.targets; ++t) {
    const double u = static_cast<double>(words.next() >> 11) * 0x1p-53;  // as random_stream::uniform
    const position b = ends.target_positions[t];
    const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
    const double x = (dx * dx + dy * dy + dz * dz) / (lambda * lambda);
    if (u * (1 + x + x * x / 2) > c * (1 + 1e-12)) continue;  // exp(-x) is less than 1 / (1 + x + x^2 / 2)
    const double p = x < 700 ? c * portable_exp(-x) : 0;
    if (u < p && (autapses || !ends.same || t != source)) targets.push_back(t);
  }
}

}  // namespace spinule

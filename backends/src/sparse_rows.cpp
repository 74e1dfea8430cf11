#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <spinule/error.hpp>

#include "synapse_array.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__SANITIZE_ADDRESS__)
#define SPINULE_CLONES [[gnu::target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")]]
#else
#define SPINULE_CLONES
#endif

namespace spinule {
namespace {

SPINULE_CLONES void add_codes(std::int32_t* __restrict sums, const std::int32_t* __restrict codes, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sums[i] += codes[i];
}

/// The synapses of one projection onto one shard. Targets are numbered within the shard, in 16 bits. Sums are exact, so
/// a line may be stored in any order: where few different weights occur its synapses are grouped by weight, and a
/// synapse takes the two bytes of its target.
struct shard_rows {
  std::size_t groups = 1;
  std::vector<std::uint32_t> offsets;  ///< [lines * groups + 1]
  std::vector<std::uint16_t> target;   ///< empty when every line reaches every neuron of the shard
  std::vector<std::int32_t> values;    ///< [groups] the weight of each group; empty when `code` has them
  std::vector<std::int32_t> code;      ///< one weight per synapse
  bool dense = false;

  std::uint32_t begin(std::size_t line) const { return offsets[line * groups]; }
  std::uint32_t end(std::size_t line) const { return offsets[(line + 1) * groups]; }
};

void mark(std::uint64_t* marks, index target) { marks[target >> 6] |= std::uint64_t{1} << (target & 63); }

void add_sparse(const shard_rows& rows, std::size_t line, std::int32_t* __restrict sums) {
  for (std::size_t g = line * rows.groups; g < (line + 1) * rows.groups; ++g) {
    const std::uint16_t* __restrict target = rows.target.data() + rows.offsets[g];
    const std::size_t n = rows.offsets[g + 1] - rows.offsets[g];
    if (rows.code.empty()) {
      const std::int32_t value = rows.values[g - line * rows.groups];
#pragma GCC unroll 8
      for (std::size_t k = 0; k < n; ++k) sums[target[k]] += value;
    } else {
      const std::int32_t* __restrict code = rows.code.data() + rows.offsets[g];
#pragma GCC unroll 8
      for (std::size_t k = 0; k < n; ++k) sums[target[k]] += code[k];
    }
  }
}

void add_dense(const shard_rows& rows, std::size_t line, std::int32_t* __restrict sums) {
  const std::size_t n = rows.end(line) - rows.begin(line);
  if (!rows.code.empty()) return add_codes(sums, &rows.code[rows.begin(line)], n);
  const std::int32_t value = rows.values[0];
  for (std::size_t i = 0; i < n; ++i) sums[i] += value;
}

void add_and_mark(const shard_rows& rows, std::size_t line, std::int32_t* sums, std::uint64_t* marks) {
  if (rows.dense) add_dense(rows, line, sums);
  else add_sparse(rows, line, sums);
  for (std::uint32_t s = rows.begin(line); s < rows.end(line); ++s)
    mark(marks, rows.dense ? s - rows.begin(line) : rows.target[s]);
}

/// Lines are hit at random, so the processor cannot foresee them.
void fetch(const shard_rows& rows, std::size_t line) {
  const std::uint32_t at = rows.begin(line);
  if (!rows.dense) {
    __builtin_prefetch(rows.target.data() + at);
    __builtin_prefetch(rows.target.data() + at + 32);
  }
  if (!rows.code.empty()) __builtin_prefetch(rows.code.data() + at);
}

/// The different weights of a shard, ascending; none when there are more than a line could well be grouped by.
std::vector<std::int32_t> few_values(const std::vector<std::int32_t>& codes) {
  constexpr std::size_t most = 4;
  std::vector<std::int32_t> values;
  for (const std::int32_t c : codes) {
    const auto at = std::lower_bound(values.begin(), values.end(), c);
    if (at != values.end() && *at == c) continue;
    if (values.size() == most) return {};
    values.insert(at, c);
  }
  return values;
}

/// Rows with one weight per synapse, grouped by weight instead.
shard_rows grouped(const shard_rows& coded, std::vector<std::int32_t> values) {
  shard_rows rows;
  rows.groups = values.size();
  rows.offsets.push_back(0);
  for (std::size_t line = 0; line + 1 < coded.offsets.size(); ++line)
    for (const std::int32_t value : values) {
      for (std::uint32_t s = coded.begin(line); s < coded.end(line); ++s)
        if (coded.code[s] == value) rows.target.push_back(coded.target[s]);
      rows.offsets.push_back(static_cast<std::uint32_t>(rows.target.size()));
    }
  rows.values = std::move(values);
  return rows;
}

class sparse_rows final : public synapse_array {
 public:
  sparse_rows(const connectivity& c, std::span<const shard_range> shards) : delays_{c.delays.size()} {
    auto all = std::make_shared<std::vector<shard_rows>>();
    for (const auto& s : shards) all->push_back(cut(c, s));
    shards_ = std::move(all);
  }

  std::unique_ptr<synapse_array> clone() const override { return std::make_unique<sparse_rows>(*this); }

  void deliver(std::span<const arrival> arrivals, moment, std::size_t s, std::int32_t* sums, std::uint64_t* marks) override {
    const shard_rows& rows = (*shards_)[s];
    for (const auto& [delay, fired] : arrivals)
      for (std::size_t n = 0; n < fired.size(); ++n) {
        const std::size_t line = fired[n] * delays_ + delay;
        if (n + 2 < fired.size()) fetch(rows, fired[n + 2] * delays_ + delay);
        if (marks) add_and_mark(rows, line, sums, marks);
        else if (rows.dense) add_dense(rows, line, sums);
        else add_sparse(rows, line, sums);
      }
  }

 private:
  static shard_rows cut(const connectivity& c, shard_range s) {
    shard_rows rows;
    if (c.code.empty()) rows.values = {c.constant};
    rows.offsets.reserve(c.lines() + 1);
    rows.offsets.push_back(0);
    for (std::size_t line = 0; line < c.lines(); ++line) {
      const auto targets = c.targets_of(line);
      const auto low = std::lower_bound(targets.begin(), targets.end(), s.first);
      const auto high = std::lower_bound(low, targets.end(), s.first + s.count);
      for (auto t = low; t != high; ++t) {
        rows.target.push_back(static_cast<std::uint16_t>(*t - s.first));
        if (!c.code.empty()) rows.code.push_back(c.code[c.offsets[line] + static_cast<std::size_t>(t - targets.begin())]);
      }
      if (rows.target.size() > std::numeric_limits<std::uint32_t>::max())
        throw error{"cpu", fmt::format("more than 2^32 synapses reach one block of {} neurons", s.count)};
      rows.offsets.push_back(static_cast<std::uint32_t>(rows.target.size()));
    }
    rows.dense = is_dense(rows, s.count);
    if (rows.dense) rows.target = {};
    else if (!rows.code.empty())
      if (auto values = few_values(rows.code); !values.empty()) return grouped(rows, std::move(values));
    rows.target.shrink_to_fit();
    rows.code.shrink_to_fit();
    return rows;
  }

  static bool is_dense(const shard_rows& rows, index count) {
    for (std::size_t line = 0; line + 1 < rows.offsets.size(); ++line) {
      const std::uint32_t n = rows.offsets[line + 1] - rows.offsets[line];
      if (n == 0) continue;
      if (n != count) return false;
      for (index i = 0; i < count; ++i)
        if (rows.target[rows.offsets[line] + i] != i) return false;
    }
    return !rows.target.empty();
  }

  std::size_t delays_;
  std::shared_ptr<const std::vector<shard_rows>> shards_;
};

}  // namespace

std::unique_ptr<synapse_array> make_sparse_rows(const connectivity& c, std::span<const shard_range> shards) {
  return std::make_unique<sparse_rows>(c, shards);
}

}  // namespace spinule

#include <spinule/engine/listed_rows.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include <spinule/engine/description.hpp>
#include <spinule/error.hpp>

namespace spinule {
namespace {

/// Calls use(synapse) for those that `part` takes, with the weights it gives them.
template <class Use>
void for_each(const given_list& list, const sign_filter& part, Use use) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    listed_synapse s = list[i];
    if (!part.takes(s.weight)) continue;
    s.weight = part.used(s.weight);
    use(s);
  }
}

/// Sizes everything for the list, counts its rows and keeps what is equal. Whether it is sorted.
bool prepare(const given_list& list, const sign_filter& part, index_t sources, listed_rows& rows) {
  rows.offsets.assign(sources + std::size_t{1}, 0);
  listed_synapse first, last;
  std::size_t size = 0;
  bool sorted = true, one_weight = true, one_delay = true;
  for_each(list, part, [&](const listed_synapse& s) {
    if (size++ == 0) first = last = s;
    ++rows.offsets[s.source + std::size_t{1}];
    sorted &= last.source < s.source || (last.source == s.source && last.target <= s.target);
    one_weight &= s.weight == first.weight;
    one_delay &= s.delay == first.delay;
    rows.largest = std::max(rows.largest, std::fabs(s.weight));
    last = s;
  });
  std::partial_sum(rows.offsets.begin(), rows.offsets.end(), rows.offsets.begin());
  rows.target.resize(size);
  rows.weight.assign(one_weight ? std::min<std::size_t>(size, 1) : size, first.weight);
  rows.delay.assign(one_delay ? std::min<std::size_t>(size, 1) : size, first.delay);
  if (!sorted) rows.position.resize(size);
  return sorted;
}

/// Every synapse into its row, in the order of the list.
void deal(const given_list& list, const sign_filter& part, listed_rows& rows) {
  std::vector<std::uint64_t> next{rows.offsets.begin(), rows.offsets.end() - 1};
  const bool weights = rows.weight.size() > 1, delays = rows.delay.size() > 1, positions = !rows.position.empty();
  std::uint32_t count = 0;
  for_each(list, part, [&](const listed_synapse& s) {
    const std::uint64_t at = next[s.source]++;
    rows.target[at] = s.target;
    if (weights) rows.weight[at] = s.weight;
    if (delays) rows.delay[at] = s.delay;
    if (positions) rows.position[at] = count++;
  });
}

/// Sorts one row after the other by target.
class row_sorter {
 public:
  explicit row_sorter(listed_rows& all) : all_{all} {}

  void sort(std::uint64_t begin, std::uint64_t end) {
    const std::span<index_t> target = std::span{all_.target}.subspan(begin, end - begin);
    if (std::is_sorted(target.begin(), target.end())) return;
    order(target);
    reorder(all_.weight, begin, weights_);
    reorder(all_.delay, begin, delays_);
    reorder(all_.position, begin, positions_);
    for (std::size_t i = 0; i < target.size(); ++i) target[i] = static_cast<index_t>(keys_[i] >> 32);
  }

 private:
  static constexpr std::size_t few = 64;

  /// Places in the row by target, as target << 32 | place: no two are equal, and those of a target keep their order.
  void order(std::span<const index_t> target) {
    keys_.resize(target.size());
    for (std::size_t i = 0; i < target.size(); ++i) keys_[i] = std::uint64_t{target[i]} << 32 | i;
    if (target.size() < few) return std::sort(keys_.begin(), keys_.end());
    const index_t greatest = *std::max_element(target.begin(), target.end());
    for (int shift = 0; shift < 32 && greatest >> shift > 0; shift += 8) order_by_digit(32 + shift);
  }

  /// One pass of a radix sort, which keeps the order of equal digits.
  void order_by_digit(int shift) {
    std::array<std::size_t, 257> starts{};
    for (const std::uint64_t k : keys_) ++starts[(k >> shift & 255) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    other_keys_.resize(keys_.size());
    for (const std::uint64_t k : keys_) other_keys_[starts[k >> shift & 255]++] = k;
    keys_.swap(other_keys_);
  }

  /// A single value stands for all, or there are none.
  template <class T>
  void reorder(std::vector<T>& all, std::uint64_t begin, std::vector<T>& before) const {
    if (all.size() <= 1) return;
    before.assign(all.begin() + static_cast<std::ptrdiff_t>(begin),
                  all.begin() + static_cast<std::ptrdiff_t>(begin + keys_.size()));
    for (std::size_t i = 0; i < keys_.size(); ++i) all[begin + i] = before[keys_[i] & 0xffffffff];
  }

  listed_rows& all_;
  std::vector<std::uint64_t> keys_, other_keys_;
  std::vector<double> weights_;
  std::vector<milliseconds> delays_;
  std::vector<std::uint32_t> positions_;
};

}  // namespace

listed_rows sorted_rows(const given_list& list, const sign_filter& part, index_t sources, const std::string& where) {
  if (list.size() > std::numeric_limits<std::uint32_t>::max())
    throw spinule_error{where, fmt::format("a list of {} synapses is too long; give several of at most {}", list.size(),
                                           std::numeric_limits<std::uint32_t>::max())};
  listed_rows rows;
  const bool sorted = prepare(list, part, sources, rows);
  deal(list, part, rows);
  if (sorted) return rows;
  row_sorter sorter{rows};
  for (std::size_t i = 0; i < sources; ++i) sorter.sort(rows.offsets[i], rows.offsets[i + 1]);
  return rows;
}

std::vector<listed_synapse> listed_rows::in_given_order() const {
  std::vector<listed_synapse> list(size());
  for (index_t source = 0; source + std::size_t{1} < offsets.size(); ++source)
    for (auto i = offsets[source]; i < offsets[source + std::size_t{1}]; ++i)
      list[position.empty() ? i : position[i]] = {source, target[i], weight[weight.size() == 1 ? 0 : i],
                                                  delay[delay.size() == 1 ? 0 : i]};
  return list;
}

}  // namespace spinule

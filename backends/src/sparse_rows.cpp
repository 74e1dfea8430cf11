#include "sparse_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "add_rows.hpp"

namespace spinule {
namespace {

constexpr std::uint64_t no_row = ~std::uint64_t{0}, no_header = no_row;

template <class T>
T read(const std::byte* at) {
  T x;
  std::memcpy(&x, at, sizeof x);
  return x;
}

void prefetch(const std::byte* from, std::size_t bytes) {
  for (std::size_t b = 0; b + 1 < bytes; b += 64) __builtin_prefetch(from + b);
  __builtin_prefetch(from + bytes - 1);
}

constexpr std::size_t whole_words(std::size_t bytes) { return (bytes + 3) / 4 * 4; }

}  // namespace

sparse_rows::sparse_rows(sparse_format format, index_t sources, std::span<const ticks> delays, double synapses,
                         row_memory& memory)
    : format_{std::move(format)}, memory_{&memory} {
  for (const ticks d : delays) ticks_.push_back(static_cast<std::uint32_t>(d - delays.front()));
  const double segment = synapses / (static_cast<double>(sources) * static_cast<double>(ticks_.size()));
  fetched_ =
      sizeof(std::uint32_t) + static_cast<std::size_t>(std::min(segment * static_cast<double>(format_.size()), 508.0));
  rows_ = {reinterpret_cast<const std::byte**>(memory_->take(sizeof(std::byte*) * sources)), sources};
}

bool sparse_rows::finish() {
  const auto there = [](const std::byte* row) { return row != nullptr; };
  const auto first = std::find_if(rows_.begin(), rows_.end(), there);
  const auto last = std::find_if(rows_.rbegin(), std::make_reverse_iterator(first), there).base();
  first_ = static_cast<index_t>(first - rows_.begin());
  last_ = static_cast<index_t>(last - rows_.begin());
  return first_ < last_;
}

std::span<const index_t> sparse_rows::near(std::span<const index_t> sources) const {
  const auto begin = std::lower_bound(sources.begin(), sources.end(), first_);
  return {begin, std::lower_bound(begin, sources.end(), last_)};
}

/// Adds what is due in this tick, moves on and returns in how many ticks the next is due, or 0 at the end.
template <class Add>
[[gnu::always_inline]] inline std::uint32_t sparse_rows::step(const std::byte*& at, Add add) const {
  for (;;) {
    const auto header = read<std::uint32_t>(at);
    at += sizeof header;
    std::size_t count = header & many_synapses;
    if (count == many_synapses) {
      count = read<std::uint32_t>(at);
      at += sizeof header;
    }
    add(at, count, header >> 14 & 3);
    at += whole_words(count * format_.size());
    if (header >> 16 != same_tick) return header >> 16;
  }
}

/// Of a single delay. Rows are hit at random, so the processor cannot foresee them: where a row is is fetched first,
/// then the row.
template <class Add>
void sparse_rows::pass_over(std::span<const index_t> sources, Add add) const {
  const std::size_t all = sources.size(), far = std::min<std::size_t>(all, 32), near = std::min<std::size_t>(all, 16);
  for (std::size_t n = 0; n < far; ++n) __builtin_prefetch(&rows_[sources[n]]);
  for (std::size_t n = 0; n < near; ++n) prefetch(rows_[sources[n]], fetched_);
  for (std::size_t n = 0; n < all; ++n) {
    if (n + far < all) __builtin_prefetch(&rows_[sources[n + far]]);
    if (n + near < all) prefetch(rows_[sources[n + near]], fetched_);
    if (const std::byte* at = rows_[sources[n]]) step(at, add);
  }
}

template <class Add>
void sparse_rows::walk(std::span<const index_t> sources, walkers& w, Add add) const {
  constexpr std::size_t ahead = 16;
  begin(sources, w);
  auto& due = w.due;
  const std::size_t all = due.size(), mask = w.later.size() - 1;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < std::min(ahead, all); ++i) prefetch(due[i], fetched_);
  for (std::size_t i = 0; i < all; ++i) {
    if (i + ahead < all) prefetch(due[i + ahead], fetched_);
    const std::byte* at = due[i];
    const std::uint32_t gap = step(at, add);
    if (gap == 1)
      due[kept++] = at;
    else if (gap > 1)
      w.later[(w.now + gap) & mask].push_back(at);
  }
  due.resize(kept);
  w.now = (w.now + 1) & mask;
}

void sparse_rows::begin(std::span<const index_t> sources, walkers& w) const {
  if (w.later.empty()) w.later.resize(std::bit_ceil(std::min(ticks_.back(), longest_gap) + std::size_t{1}));
  auto& now = w.later[w.now];
  w.due.insert(w.due.end(), now.begin(), now.end());
  now.clear();
  for (const index_t source : sources) __builtin_prefetch(&rows_[source]);
  for (const index_t source : sources)
    if (rows_[source]) w.due.push_back(rows_[source]);
}

void sparse_rows::deliver(std::span<const index_t> sources, walkers& w, inbox to) const {
  sources = near(sources);
  const auto with = [&](auto add) {
    if (ticks_.size() == 1)
      pass_over(sources, add);
    else
      walk(sources, w, add);
  };
  if (!format_.values.empty())
    with([&](const std::byte* at, std::size_t count, std::size_t group) {
      const auto* slot = reinterpret_cast<const std::uint16_t*>(at);
      scatter_constant(to.sums, slot, format_.values[group], count);
      if (to.marks) to.marks->set_all(count, [&](std::size_t i) { return slot[i]; });
    });
  else if (format_.packed)
    with([&](const std::byte* at, std::size_t count, std::size_t) {
      const auto* both = reinterpret_cast<const std::uint32_t*>(at);
      scatter_packed(to.sums, both, format_.shift, count);
      if (to.marks) to.marks->set_all(count, [&](std::size_t i) { return both[i] & 0xffff; });
    });
  else
    with([&](const std::byte* at, std::size_t count, std::size_t) {
      const auto* wide = reinterpret_cast<const wide_synapse*>(at);
      scatter_wide(to.sums, wide, count);
      if (to.marks) to.marks->set_all(count, [&](std::size_t i) { return wide[i].slot; });
    });
}

void sparse_rows::filler::open(index_t first_source) {
  first_ = first_source;
  bytes_.clear();
  starts_.clear();
}

void sparse_rows::filler::put(std::span<const slotted_synapse> synapses) {
  const sparse_format& f = set_->format_;
  const auto slot = [](const slotted_synapse& s) { return static_cast<std::uint16_t>(s.slot); };
  const auto delay = [](const slotted_synapse& s) { return std::size_t{s.delay}; };
  starts_.push_back(synapses.empty() ? no_row : bytes_.size());
  if (synapses.empty()) return;
  if (!f.values.empty())
    sort<std::uint16_t>(synapses, slot, [&](const slotted_synapse& s) {
      const auto group = std::lower_bound(f.values.begin(), f.values.end(), s.code) - f.values.begin();
      return s.delay * f.groups() + static_cast<std::size_t>(group);
    });
  else if (f.packed)
    sort<std::uint32_t>(
        synapses,
        [&](const slotted_synapse& s) { return slot(s) | static_cast<std::uint32_t>(s.code >> f.shift) << 16; }, delay);
  else
    sort<wide_synapse>(
        synapses,
        [&](const slotted_synapse& s) {
          return wide_synapse{slot(s), s.code};
        },
        delay);
}

/// A counting sort, by delay and, where synapses are grouped by weight, by group.
template <class Stored, class Store, class Segment>
void sparse_rows::filler::sort(std::span<const slotted_synapse> synapses, Store store, Segment segment) {
  counts_.assign(set_->ticks_.size() * set_->format_.groups(), 0);
  next_.resize(counts_.size());
  for (const slotted_synapse& s : synapses) ++counts_[segment(s)];
  lay_out();
  for (const slotted_synapse& s : synapses) {
    const Stored stored = store(s);
    std::uint64_t& at = next_[segment(s)];
    std::memcpy(bytes_.data() + at, &stored, sizeof stored);
    at += sizeof stored;
  }
}

/// Headers, and room for what is between them. Where there are several delays, a header of no synapses leads to the
/// first tick.
void sparse_rows::filler::lay_out() {
  const std::size_t groups = set_->format_.groups(), size = set_->format_.size();
  std::uint64_t last = set_->ticks_.size() > 1 ? append(0) : no_header;
  std::uint32_t tick = 0;
  for (std::size_t segment = 0; segment < counts_.size(); ++segment) {
    const std::uint32_t count = counts_[segment], due = set_->ticks_[segment / groups];
    if (count == 0) continue;
    for (; due - tick > longest_gap; tick += longest_gap) {
      lead(last, longest_gap);
      last = append(0);
    }
    if (last != no_header) lead(last, due == tick ? same_tick : due - tick);
    tick = due;
    last = append(std::min(count, many_synapses) | static_cast<std::uint32_t>(segment % groups) << 14);
    if (count >= many_synapses) append(count);
    next_[segment] = bytes_.size();
    bytes_.resize(bytes_.size() + whole_words(count * size));
  }
}

std::uint64_t sparse_rows::filler::append(std::uint32_t word) {
  const std::uint64_t at = bytes_.size();
  bytes_.resize(at + sizeof word);
  std::memcpy(bytes_.data() + at, &word, sizeof word);
  return at;
}

void sparse_rows::filler::lead(std::uint64_t header, std::uint32_t gap) {
  const std::uint32_t word = read<std::uint32_t>(bytes_.data() + header) | gap << 16;
  std::memcpy(bytes_.data() + header, &word, sizeof word);
}

void sparse_rows::filler::close() {
  if (bytes_.empty()) return;
  std::byte* kept = set_->memory_->take(bytes_.size());
  std::memcpy(kept, bytes_.data(), bytes_.size());
  for (std::size_t i = 0; i < starts_.size(); ++i)
    if (starts_[i] != no_row) set_->rows_[first_ + i] = kept + starts_[i];
}

}  // namespace spinule

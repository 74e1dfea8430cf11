#include "sparse_rows.hpp"

#include <cstring>

#include "add_rows.hpp"

namespace spinule {
namespace {

constexpr std::uint64_t no_row = ~std::uint64_t{0};

/// Delays of which walks are worth it, and ticks of a walk per delay.
constexpr std::size_t enough_delays = 4, most_gaps = 2;

template <class T>
T read(const std::byte* at) {
  T x;
  std::memcpy(&x, at, sizeof x);
  return x;
}

void prefetch(const std::byte* from, std::size_t bytes) {
  for (std::size_t b = 0; b < bytes; b += 64) __builtin_prefetch(from + b);
}

}  // namespace

sparse_rows::sparse_rows(sparse_format format, index sources, std::span<const ticks> delays, double synapses,
                         row_memory& memory)
    : format_{std::move(format)}, sources_{sources}, memory_{&memory} {
  for (const ticks d : delays) ticks_.push_back(static_cast<std::uint32_t>(d - delays.front()));
  const double step = synapses / (static_cast<double>(sources_) * (ticks_.back() + 1.0));  // of one spike in one tick
  fetched_ = static_cast<std::size_t>(std::min(step * static_cast<double>(format_.size()), 512.0)) + 63;
}

void sparse_rows::lay_out(bool walked) {
  walked_ = walked;
  width_ = walked_ ? 2 : (ticks_.size() * format_.groups() + 4) / 2 * 2;
  records_ = reinterpret_cast<std::uint32_t*>(memory_->take(4 * sources_ * width_));
}

bool sparse_rows::suits_walking(std::span<const ticks> delays) {
  const auto length = static_cast<std::size_t>(delays.back() - delays.front() + 1);
  return delays.size() >= enough_delays && length <= most_gaps * delays.size();
}

const std::byte* sparse_rows::row(std::size_t source) const {
  return read<const std::byte*>(reinterpret_cast<const std::byte*>(record(source)));
}

const std::byte* sparse_rows::add_group(const std::byte* at, std::size_t count, std::size_t group, mailbox to) const {
  if (!format_.values.empty()) {
    const auto* place = reinterpret_cast<const std::uint16_t*>(at);
    scatter_constant(to.sums, place, format_.values[group], count);
    for (std::size_t i = 0; to.marks && i < count; ++i) to.marks->set(place[i]);
  } else if (format_.packed) {
    const auto* both = reinterpret_cast<const std::uint32_t*>(at);
    scatter_packed(to.sums, both, format_.shift, count);
    for (std::size_t i = 0; to.marks && i < count; ++i) to.marks->set(both[i] & 0xffff);
  } else {
    const auto* wide = reinterpret_cast<const wide_synapse*>(at);
    scatter_wide(to.sums, wide, count);
    for (std::size_t i = 0; to.marks && i < count; ++i) to.marks->set(wide[i].place);
  }
  return at + count * format_.size();
}

void sparse_rows::deliver(std::span<const std::uint32_t> lines, mailbox to) const {
  const auto stride = static_cast<std::uint32_t>(ticks_.size());
  const std::size_t size = format_.size(), groups = format_.groups();
  struct place {
    const std::uint32_t* record;
    const std::uint32_t* offsets;
    const std::byte* row;
  };
  const auto find = [&](std::uint32_t line) {
    const std::uint32_t source = line / stride;
    const std::uint32_t* r = record(source);
    const place p{r, r + 2 + (line - source * stride) * groups, nullptr};
    __builtin_prefetch(p.record);
    __builtin_prefetch(p.offsets);
    return p;
  };
  const auto fetch = [&](place& p) {
    p.row = read<const std::byte*>(reinterpret_cast<const std::byte*>(p.record)) + p.offsets[0] * size;
    prefetch(p.row, std::min<std::size_t>((p.offsets[groups] - p.offsets[0]) * size, 512) + 63);
  };
  const auto add = [&](const place& p) {
    const std::byte* at = p.row;
    for (std::size_t g = 0; g < groups; ++g)
      if (p.offsets[g + 1] != p.offsets[g]) at = add_group(at, p.offsets[g + 1] - p.offsets[g], g, to);
  };
  // Lines are hit at random, so the processor cannot foresee them: what finds a row is fetched first, then the row.
  constexpr std::size_t far = 32, near = 16;
  place coming[far];
  for (std::size_t n = 0; n < lines.size() + far; ++n) {
    if (n >= far) add(coming[n % far]);
    if (n < lines.size()) coming[n % far] = find(lines[n]);
    if (n >= near && n - near < lines.size()) fetch(coming[(n - near) % far]);
  }
}

/// Ends the walks that have gone through all ticks and begins new ones.
void sparse_rows::begin(std::span<const index> sources, walkers& w) const {
  if (w.started.empty()) w.started.assign(ticks_.back() + std::size_t{1}, 0);
  std::uint32_t& started = w.started[w.now];
  w.now = w.now + 1 < w.started.size() ? w.now + 1 : 0;
  w.first += started;
  if (w.first > w.at.size() / 2) {
    w.at.erase(w.at.begin(), w.at.begin() + static_cast<std::ptrdiff_t>(w.first));
    w.first = 0;
  }
  const std::size_t before = w.at.size();
  for (const index source : sources) __builtin_prefetch(record(source));
  for (const index source : sources)
    if (const std::byte* at = row(source)) w.at.push_back(at);
  started = static_cast<std::uint32_t>(w.at.size() - before);
}

void sparse_rows::walk(std::span<const index> sources, walkers& w, mailbox to) const {
  begin(sources, w);
  const auto each = [&](auto step) {
    constexpr std::size_t ahead = 16;
    const std::size_t end = w.at.size();
    for (std::size_t i = w.first; i < std::min(w.first + ahead, end); ++i) prefetch(w.at[i], fetched_);
    for (std::size_t i = w.first; i < end; ++i) {
      if (i + ahead < end) prefetch(w.at[i + ahead], fetched_);
      w.at[i] = step(w.at[i]);
    }
  };
  const std::size_t groups = format_.groups();
  if (format_.packed && !to.marks)  // the usual case, without questions
    each([&](const std::byte* at) {
      const auto count = read<std::uint32_t>(at);
      scatter_packed(to.sums, reinterpret_cast<const std::uint32_t*>(at + 4), format_.shift, count);
      return at + 4 + 4 * std::size_t{count};
    });
  else
    each([&](const std::byte* at) {
      const std::byte* synapses = at + 4 * groups;
      for (std::size_t g = 0; g < groups; ++g) synapses = add_group(synapses, read<std::uint32_t>(at + 4 * g), g, to);
      return at + (synapses - at + 3) / 4 * 4;
    });
}

bool sparse_rows::any() const {
  for (std::size_t s = 0; s < sources_; ++s)
    if (row(s)) return true;
  return false;
}

void sparse_rows::filler::open(index first_source) {
  first_ = first_source;
  bytes_.clear();
  starts_.clear();
}

void sparse_rows::filler::put(std::span<const placed_synapse> synapses) {
  const sparse_format& f = set_->format_;
  const auto place = [](const placed_synapse& s) { return static_cast<std::uint16_t>(s.place); };
  const auto delay = [](const placed_synapse& s) { return std::size_t{s.delay}; };
  if (!f.values.empty())
    sort<std::uint16_t>(synapses, place, [&](const placed_synapse& s) {
      const auto group = std::lower_bound(f.values.begin(), f.values.end(), s.code) - f.values.begin();
      return s.delay * f.groups() + static_cast<std::size_t>(group);
    });
  else if (f.packed)
    sort<std::uint32_t>(
        synapses,
        [&](const placed_synapse& s) { return place(s) | static_cast<std::uint32_t>(s.code >> f.shift) << 16; }, delay);
  else
    sort<wide_synapse>(
        synapses,
        [&](const placed_synapse& s) {
          return wide_synapse{place(s), s.code};
        },
        delay);
}

/// A counting sort, by delay and, where synapses are grouped by weight, by group.
template <class Stored, class Store, class Segment>
void sparse_rows::filler::sort(std::span<const placed_synapse> synapses, Store store, Segment segment) {
  starts_.push_back(synapses.empty() ? no_row : bytes_.size());
  if (synapses.empty()) return;
  counts_.assign(set_->ticks_.size() * set_->format_.groups(), 0);
  next_.resize(counts_.size());
  for (const placed_synapse& s : synapses) ++counts_[segment(s)];
  if (set_->walked_)
    lay_out_walk();
  else
    lay_out_record();
  std::byte* row = bytes_.data() + starts_.back();
  for (const placed_synapse& s : synapses) {
    const Stored stored = store(s);
    std::uint32_t& at = next_[segment(s)];
    std::memcpy(row + at, &stored, sizeof stored);
    at += sizeof stored;
  }
}

void sparse_rows::filler::lay_out_record() {
  const auto size = static_cast<std::uint32_t>(set_->format_.size());
  std::uint32_t* offset = set_->record(first_ + starts_.size() - 1) + 2;
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    offset[i] = before;
    next_[i] = before * size;
    before += counts_[i];
  }
  offset[counts_.size()] = before;
  bytes_.resize(bytes_.size() + std::size_t{before} * size);
}

void sparse_rows::filler::lay_out_walk() {
  const std::size_t groups = set_->format_.groups(), size = set_->format_.size();
  std::uint32_t at = 0, tick = 0;
  for (std::size_t k = 0; k < set_->ticks_.size(); ++k, ++tick) {
    at += static_cast<std::uint32_t>(4 * groups * (set_->ticks_[k] - tick));  // ticks without synapses
    tick = set_->ticks_[k];
    const std::uint32_t* counts = counts_.data() + k * groups;
    bytes_.resize(starts_.back() + at + 4 * groups);
    std::memcpy(bytes_.data() + starts_.back() + at, counts, 4 * groups);
    at += static_cast<std::uint32_t>(4 * groups);
    for (std::size_t g = 0; g < groups; ++g) {
      next_[k * groups + g] = at;
      at += static_cast<std::uint32_t>(counts[g] * size);
    }
    at = (at + 3) / 4 * 4;
  }
  bytes_.resize(starts_.back() + at);
}

void sparse_rows::filler::close() {
  if (bytes_.empty()) return;
  std::byte* kept = set_->memory_->take(bytes_.size());
  std::memcpy(kept, bytes_.data(), bytes_.size());
  for (std::size_t i = 0; i < starts_.size(); ++i) {
    if (starts_[i] == no_row) continue;
    const std::byte* row = kept + starts_[i];
    std::memcpy(set_->record(first_ + i), &row, sizeof row);
  }
}

}  // namespace spinule

#include "row_set.hpp"

#include <algorithm>

#include "bit_rows.hpp"

namespace spinule {

void row_set::deliver(std::span<const std::uint32_t> lines, mailbox to, std::span<waiting_rows> waiting) const {
  for (const auto& f : bits_) deliver_bits(f, lines, to, waiting[f.key]);
  for (const auto& f : dense_) deliver_dense(f, lines, to);
  if (has_sparse_) deliver_sparse(lines, to);
}

void row_set::deliver_bits(const bit_form& f, std::span<const std::uint32_t> lines, mailbox to, waiting_rows& waiting) const {
  const std::size_t plus = waiting.plus.size, minus = waiting.minus.size;
  const std::uint64_t** next_plus = waiting.plus.room(lines.size());
  const std::uint64_t** next_minus = waiting.minus.room(lines.size());
  const std::uint32_t fetched = std::min(f.words, 64u);
  for (const std::uint32_t line : lines) {  // without branches: which row is there cannot be foreseen
    const auto [up, down] = f.row[line];
    *next_plus = up;
    *next_minus = down;
    for (std::uint32_t w = 0; w < fetched; w += 8) {
      __builtin_prefetch(up + w);
      __builtin_prefetch(down + w);
    }
    next_plus += up != nullptr;
    next_minus += down != nullptr;
  }
  waiting.plus.size = static_cast<std::size_t>(next_plus - waiting.plus.rows.data());
  waiting.minus.size = static_cast<std::size_t>(next_minus - waiting.minus.rows.data());
  if (!to.marks) return;
  const auto mark = [&](bit_rows rows) {
    for (const std::uint64_t* bits : rows)
      for (std::uint32_t w = 0; w < f.words; ++w) to.marks[f.first_word + w] |= bits[w];
  };
  mark(waiting.plus.waiting(plus));
  mark(waiting.minus.waiting(minus));
}

void row_set::deliver_dense(const dense_form& f, std::span<const std::uint32_t> lines, mailbox to) const {
  bool any = false;
  for (const std::uint32_t line : lines) {
    const std::byte* row = f.row[line];
    if (!row) continue;
    any = true;
    std::int32_t* sums = to.sums + f.at;
    if (f.bits == 0) add_constant(sums, f.constant, f.count);
    else if (f.bits == 8) add_codes(sums, reinterpret_cast<const std::int8_t*>(row), f.shift, f.count);
    else if (f.bits == 16) add_codes(sums, reinterpret_cast<const std::int16_t*>(row), f.shift, f.count);
    else add_codes(sums, reinterpret_cast<const std::int32_t*>(row), f.shift, f.count);
  }
  if (!any || !to.marks) return;
  for (std::uint32_t i = f.at; i < f.at + f.count; ++i) to.marks[i >> 6] |= std::uint64_t{1} << (i & 63);
}

void row_set::add_segment(const std::byte* at, std::size_t count, std::size_t group, mailbox to) const {
  const auto mark = [&](std::uint32_t place) { to.marks[place >> 6] |= std::uint64_t{1} << (place & 63); };
  if (!sparse_.values.empty()) {
    const auto* place = reinterpret_cast<const std::uint16_t*>(at);
    scatter_constant(to.sums, place, sparse_.values[group], count);
    for (std::size_t i = 0; to.marks && i < count; ++i) mark(place[i]);
  } else if (sparse_.packed) {
    const auto* both = reinterpret_cast<const std::uint32_t*>(at);
    scatter_packed(to.sums, both, sparse_.shift, count);
    for (std::size_t i = 0; to.marks && i < count; ++i) mark(both[i] & 0xffff);
  } else {
    const auto* wide = reinterpret_cast<const wide_synapse*>(at);
    scatter_wide(to.sums, wide, count);
    for (std::size_t i = 0; to.marks && i < count; ++i) mark(wide[i].place);
  }
}

void row_set::deliver_sparse(std::span<const std::uint32_t> lines, mailbox to) const {
  const sparse_form& f = sparse_;
  const auto stride = static_cast<std::uint32_t>(delays_);
  const std::size_t size = f.size(), width = delays_ * f.groups + 1;
  const auto offsets_of = [&](std::uint32_t source, std::uint32_t line) {
    return f.offsets.data() + source * width + (line - source * stride) * f.groups;
  };
  constexpr std::size_t ahead = 8;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    if (n + ahead < lines.size()) {  // lines are hit at random, so the processor cannot foresee them
      const std::uint32_t line = lines[n + ahead], source = line / stride;
      const std::uint32_t* o = offsets_of(source, line);
      const std::byte* from = f.row[source] + o[0] * size;
      const std::size_t bytes = std::min<std::size_t>((o[f.groups] - o[0]) * size, 512);
      for (std::size_t b = 0; b < bytes; b += 64) __builtin_prefetch(from + b);
    }
    const std::uint32_t line = lines[n], source = line / stride;
    const std::uint32_t* o = offsets_of(source, line);
    for (std::size_t g = 0; g < f.groups; ++g)
      if (o[g + 1] != o[g]) add_segment(f.row[source] + o[g] * size, o[g + 1] - o[g], g, to);
  }
}

std::uint64_t row_set::bytes() const {
  std::uint64_t total = 8 * (sparse_.row.size()) + 4 * sparse_.offsets.size();
  const auto add = [&](const auto& chunks) {
    for (const auto& c : chunks) total += c.size() * sizeof(c[0]);
  };
  add(sparse_.memory);
  for (const auto& f : bits_) {
    add(f.memory);
    total += f.row.size() * sizeof(f.row[0]);
  }
  for (const auto& f : dense_) {
    add(f.memory);
    total += f.row.size() * sizeof(f.row[0]);
  }
  return total;
}

}  // namespace spinule

#include "row_set.hpp"

#include <algorithm>

#include "bit_rows.hpp"

namespace spinule {

void row_set::deliver(std::span<const std::uint32_t> lines, mailbox to, std::span<waiting_rows> waiting) const {
  for (const auto& f : bits_) deliver_bits(f, lines, to, waiting[f.key]);
  for (const auto& f : dense_) deliver_dense(f, lines, to);
  if (has_sparse_) deliver_sparse(lines, to);
}

void row_set::deliver_bits(const bit_form& f, std::span<const std::uint32_t> lines, mailbox to,
                           waiting_rows& waiting) const {
  const std::size_t stride = f.stride(), fetched = std::min<std::size_t>(stride, 128);
  const std::uint64_t** next = waiting.room(2 * lines.size());
  const std::uint64_t** const first = next;
  for (const std::uint32_t line : lines) {
    const std::uint64_t* row = f.rows + line * stride;
    for (std::size_t w = 0; w < fetched; w += 8) __builtin_prefetch(row + w);
    for (std::size_t w = 0; w < stride; w += f.words) *next++ = row + w;
  }
  waiting.size += static_cast<std::size_t>(next - first);
  if (f.minus) waiting.minus += lines.size();
  if (!to.marks) return;
  const std::uint64_t inverted = (*keys_)[f.key].inverts() ? ~std::uint64_t{0} : 0;
  for (const std::uint32_t line : lines)
    for (std::uint32_t w = 0; w < f.words; ++w) {
      if (f.plus) to.marks->set_word(f.first_word + w, f.row(line, false)[w]);
      if (f.minus) to.marks->set_word(f.first_word + w, f.row(line, true)[w] ^ inverted);
    }
}

void row_set::deliver_dense(const dense_form& f, std::span<const std::uint32_t> lines, mailbox to) const {
  constexpr std::size_t together = 64;
  const std::byte* rows[together];
  std::size_t waiting = 0, all = 0;
  std::int32_t* sums = to.sums + f.at;
  const auto add = [&] {
    if (f.bits == 0)
      add_constant(sums, f.constant * static_cast<std::int32_t>(waiting), f.count);
    else
      add_rows(sums, {rows, waiting}, f.bits, f.shift, f.stored);
    all += waiting;
    waiting = 0;
  };
  for (const std::uint32_t line : lines) {
    rows[waiting] = f.row[line];
    waiting += rows[waiting] != nullptr;
    if (waiting == together) add();
  }
  if (waiting > 0) add();
  if (all == 0 || !to.marks) return;
  for (std::uint32_t i = f.at; i < f.at + f.count; ++i) to.marks->set(i);
}

void row_set::add_segment(const std::byte* at, std::size_t count, std::size_t group, mailbox to) const {
  if (!sparse_.values.empty()) {
    const auto* place = reinterpret_cast<const std::uint16_t*>(at);
    scatter_constant(to.sums, place, sparse_.values[group], count);
    for (std::size_t i = 0; to.marks && i < count; ++i) to.marks->set(place[i]);
  } else if (sparse_.packed) {
    const auto* both = reinterpret_cast<const std::uint32_t*>(at);
    scatter_packed(to.sums, both, sparse_.shift, count);
    for (std::size_t i = 0; to.marks && i < count; ++i) to.marks->set(both[i] & 0xffff);
  } else {
    const auto* wide = reinterpret_cast<const wide_synapse*>(at);
    scatter_wide(to.sums, wide, count);
    for (std::size_t i = 0; to.marks && i < count; ++i) to.marks->set(wide[i].place);
  }
}

void row_set::deliver_sparse(std::span<const std::uint32_t> lines, mailbox to) const {
  const sparse_form& f = sparse_;
  const auto stride = static_cast<std::uint32_t>(delays_);
  const std::size_t size = f.size();
  struct place {
    const std::uint32_t* record;
    const std::uint32_t* offsets;
    const std::byte* row;
  };
  const auto find = [&](std::uint32_t line) {
    const std::uint32_t source = line / stride;
    const std::uint32_t* record = f.records + source * f.width;
    const place p{record, record + 2 + (line - source * stride) * f.groups, nullptr};
    __builtin_prefetch(p.record);
    __builtin_prefetch(p.offsets);
    return p;
  };
  const auto fetch = [&](place& p) {
    p.row = f.row(p.record) + p.offsets[0] * size;
    const std::size_t bytes = std::min<std::size_t>((p.offsets[f.groups] - p.offsets[0]) * size, 512);
    for (std::size_t b = 0; b < bytes + 63; b += 64) __builtin_prefetch(p.row + b);
  };
  const auto add = [&](const place& p) {
    for (std::size_t g = 0; g < f.groups; ++g)
      if (p.offsets[g + 1] != p.offsets[g])
        add_segment(p.row + (p.offsets[g] - p.offsets[0]) * size, p.offsets[g + 1] - p.offsets[g], g, to);
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

}  // namespace spinule

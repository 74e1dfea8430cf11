#include "row_set.hpp"

#include <algorithm>

#include "bit_rows.hpp"

namespace spinule {

void row_set::deliver(std::span<const std::uint32_t> lines, bool once, inbox to, std::span<waiting_rows> waiting,
                      walkers& w) const {
  if (!once && !lines.empty()) {
    for (const auto& f : bits_) deliver_bits(f, lines, to, waiting[f.key]);
    for (const auto& f : dense_) deliver_dense(f, lines, to);
  }
  if (!sparse_) return;
  if (once || delays_ == 1) return sparse_->deliver(lines, w, to);
  w.sources.clear();  // of the first delay, whose lines come first
  for (auto line = lines.begin(); line != lines.end() && *line % delays_ == 0; ++line)
    w.sources.push_back(static_cast<index_t>(*line / delays_));
  sparse_->deliver(w.sources, w, to);
}

void row_set::deliver_bits(const bit_form& f, std::span<const std::uint32_t> lines, inbox to,
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
  if (!to.marks || !(*keys_)[f.key].inverts()) return;  // else they are marked when they are counted
  const std::size_t signs = std::size_t{f.plus} + std::size_t{f.minus};
  if (f.plus) to.marks->set_rows(f.first_word, f.words, first, lines.size(), signs, false);
  if (f.minus) to.marks->set_rows(f.first_word, f.words, first + (signs - 1), lines.size(), signs, true);
}

void row_set::deliver_dense(const dense_form& f, std::span<const std::uint32_t> lines, inbox to) const {
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
  to.marks->set_all(f.count, [&](std::size_t i) { return f.at + static_cast<std::uint32_t>(i); });
}

}  // namespace spinule

#include "receiver_count.hpp"

#include <utility>

#include <spinule/engine/instruction_sets.hpp>

namespace spinule {
namespace {

SPINULE_CLONES void join(std::uint64_t* __restrict to, const std::uint64_t* from, std::size_t words) {
  for (std::size_t w = 0; w < words; ++w) to[w] |= from[w];
}

SPINULE_CLONES std::uint64_t count_and_clear(std::uint64_t* set, std::size_t words) {
  std::uint64_t count = 0;
  for (std::size_t w = 0; w < words; ++w) {
    count += static_cast<std::uint64_t>(__builtin_popcountll(set[w]));
    set[w] = 0;
  }
  return count;
}

void mark(std::uint64_t* set, std::span<const index_t> targets, index_t width) {
  for (const index_t t : targets) {
    const index_t neuron = width == 1 ? t : t / width;
    set[neuron / 64] |= std::uint64_t{1} << (neuron % 64);
  }
}

}  // namespace

// A set takes at most as much memory as the targets themselves, of 4 bytes.
std::size_t receiver_count::add(const connectivity& synapses, index_t width) {
  projection& p = projections_.emplace_back(projection{&synapses, width, nullptr});
  const std::size_t lines = synapses.lines();
  const std::size_t place = projections_.size() - 1;
  if (2 * words_ * lines > synapses.target.size()) return place;
  std::vector<std::uint64_t> sets(lines * words_);
  for (std::size_t line = 0; line < lines; ++line) mark(sets.data() + line * words_, synapses.targets_of(line), width);
  p.sets = std::make_shared<const std::vector<std::uint64_t>>(std::move(sets));
  return place;
}

void receiver_count::reach_one(const projection& p, std::size_t line) {
  any_ = true;
  if (!p.sets)
    mark(reached_.data(), p.synapses->targets_of(line), p.width);
  else
    join(reached_.data(), p.sets->data() + line * words_, words_);
}

std::uint64_t receiver_count::take() {
  if (!std::exchange(any_, false)) return 0;
  return count_and_clear(reached_.data(), words_);
}

}  // namespace spinule

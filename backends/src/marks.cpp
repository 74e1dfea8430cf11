#include "marks.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include <spinule/engine/instruction_sets.hpp>

namespace spinule {
namespace {

/// Four rows at a time, to spare loads and stores.
SPINULE_CLONES void join(std::uint64_t* __restrict to, std::size_t words, const std::uint64_t* const* rows,
                         std::size_t count, std::size_t step, std::uint64_t flip) {
  std::size_t r = 0;
  for (; r + 4 <= count; r += 4) {
    const std::uint64_t *a = rows[r * step], *b = rows[(r + 1) * step], *c = rows[(r + 2) * step],
                        *d = rows[(r + 3) * step];
    for (std::size_t w = 0; w < words; ++w) to[w] |= (a[w] ^ flip) | (b[w] ^ flip) | (c[w] ^ flip) | (d[w] ^ flip);
  }
  for (; r < count; ++r) {
    const std::uint64_t* a = rows[r * step];
    for (std::size_t w = 0; w < words; ++w) to[w] |= a[w] ^ flip;
  }
}

/// Of columns of one slot for each neuron, 64 neurons at a time.
SPINULE_CLONES std::uint64_t count_narrow(const std::uint64_t* words, std::span<const std::uint32_t> first,
                                          std::uint32_t neurons) {
  std::uint64_t count = 0;
  for (std::uint32_t done = 0; done < neurons; done += 64) {
    std::uint64_t any = 0;
    for (const std::uint32_t column : first) {
      const std::uint32_t slot = column + done, shift = slot % 64;
      const std::uint64_t* from = words + slot / 64;
      any |= shift == 0 ? from[0] : from[0] >> shift | from[1] << (64 - shift);
    }
    const std::uint32_t left = neurons - done;
    count += static_cast<std::uint64_t>(__builtin_popcountll(left < 64 ? any & ((std::uint64_t{1} << left) - 1) : any));
  }
  return count;
}

}  // namespace

void marks::set_rows(std::uint32_t first_word, std::uint32_t words, const std::uint64_t* const* rows, std::size_t count,
                     std::size_t step, bool flip) {
  if (count > 0) join(this->words(first_word, words), words, rows, count, step, flip ? ~std::uint64_t{0} : 0);
}

std::uint64_t* marks::words(std::uint32_t first_word, std::uint32_t words) {
  for (std::uint32_t w = first_word; w < first_word + words; ++w) touched_[w] |= has_bits;
  return words_.data() + first_word;
}

template <class Use>
void marks::each_touched(Use use) {
  for (std::size_t first = 0; first < touched_.size(); first += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, touched_.data() + first, sizeof eight);
    if (eight == 0) continue;
    for (std::size_t word = first; word < std::min(first + 8, words_.size()); ++word)
      if (touched_[word] != 0) use(word);
  }
}

/// A product brings the lowest bits of eight bytes side by side.
void marks::take_bytes(std::size_t word) {
  std::uint64_t bits = 0;
  for (std::size_t k = 0; k < 8; ++k) {
    std::uint64_t eight = 0;
    for (std::size_t i = 0; i < 8; ++i) eight |= std::uint64_t{bytes_[64 * word + 8 * k + i]} << 8 * i;
    bits |= (eight * 0x0102040810204080) >> 56 << 8 * k;
  }
  words_[word] |= bits;
  std::memset(bytes_.data() + 64 * word, 0, 64);
  touched_[word] = has_bits;
}

void marks::settle() {
  if (!std::exchange(any_bytes_, false)) return;
  each_touched([&](std::size_t word) {
    if (touched_[word] == has_bytes) take_bytes(word);
  });
}

std::uint64_t marks::count(std::span<const std::uint32_t> first, std::span<const std::uint32_t> width,
                           std::uint32_t neurons) const {
  if (std::all_of(width.begin(), width.end(), [](std::uint32_t w) { return w == 1; }))
    return count_narrow(words_.data(), first, neurons);
  std::vector<std::uint64_t> reached;
  collect(first, width, neurons, reached);
  std::uint64_t count = 0;
  for (const std::uint64_t word : reached) count += static_cast<std::uint64_t>(std::popcount(word));
  return count;
}

void marks::collect(std::span<const std::uint32_t> first, std::span<const std::uint32_t> width, std::uint32_t neurons,
                    std::vector<std::uint64_t>& into) const {
  into.assign((neurons + std::size_t{63}) / 64, 0);
  for (std::size_t k = 0; k < first.size(); ++k)
    each(first[k], neurons * width[k], [&](std::uint32_t i) {
      const std::uint32_t neuron = i / width[k];
      into[neuron / 64] |= std::uint64_t{1} << neuron % 64;
    });
}

void marks::clear() {
  each_touched([&](std::size_t word) {
    words_[word] = 0;
    if (touched_[word] == has_bytes) std::memset(bytes_.data() + 64 * word, 0, 64);
    touched_[word] = 0;
  });
}

}  // namespace spinule

// Which slots of a shard have got something in a tick.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace spinule {

/// A bit per slot and, above, a bit per 64 of them: looking through them and clearing them costs what has been marked,
/// not what there is.
class marks {
 public:
  explicit marks(std::uint32_t slots = 0) : words_(slots / 64 + 1, 0), touched_(words_.size() / 64 + 1, 0) {}

  void set(std::uint32_t slot) { set_word(slot >> 6, std::uint64_t{1} << (slot & 63)); }
  /// Slots 64 * word + the numbers of the bits.
  void set_word(std::uint32_t word, std::uint64_t bits) {
    words_[word] |= bits;
    touched_[word >> 6] |= std::uint64_t{bits != 0} << (word & 63);
  }

  /// Calls use(slot - first) for all that are marked from `first` on, ascending.
  template <class Use>
  void each(std::uint32_t first, std::uint32_t count, Use use) const {
    const std::uint32_t last = first + count;
    for (std::uint32_t t = first >> 12; t <= last >> 12 && t < touched_.size(); ++t)
      for (std::uint64_t words = touched_[t]; words != 0; words &= words - 1) {
        const std::uint32_t word = 64 * t + static_cast<std::uint32_t>(std::countr_zero(words));
        for (std::uint64_t bits = words_[word]; bits != 0; bits &= bits - 1) {
          const std::uint32_t slot = 64 * word + static_cast<std::uint32_t>(std::countr_zero(bits));
          if (slot - first < count) use(slot - first);
        }
      }
  }

  void clear() {
    for (std::size_t t = 0; t < touched_.size(); ++t) {
      for (std::uint64_t words = touched_[t]; words != 0; words &= words - 1)
        words_[64 * t + static_cast<std::size_t>(std::countr_zero(words))] = 0;
      touched_[t] = 0;
    }
  }

 private:
  std::vector<std::uint64_t> words_, touched_;
};

}  // namespace spinule

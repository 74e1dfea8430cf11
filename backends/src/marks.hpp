// Which slots of a shard have got something in a tick.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace spinule {

/// Slots are marked one by one in bytes, which are stored without being read, or 64 at a time in bits. Looking through
/// them and clearing them costs what has been marked, and a byte for every 64 slots that there are.
class marks {
 public:
  explicit marks(std::uint32_t slots = 0)
      : words_(slots / 64 + 2, 0), bytes_(64 * words_.size(), 0), touched_((words_.size() + 7) / 8 * 8, 0) {}

  void set(std::uint32_t slot) {
    bytes_[slot] = 1;
    touched_[slot >> 6] = has_bytes;
    any_bytes_ = true;
  }
  /// Slots slot_of(0) ... slot_of(count - 1).
  template <class SlotOf>
  void set_all(std::size_t count, SlotOf slot_of) {
    std::uint8_t* const bytes = bytes_.data();  // known to stay where they are, whatever is stored
    std::uint8_t* const touched = touched_.data();
    any_bytes_ |= count > 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t slot = slot_of(i);
      bytes[slot] = 1;
      touched[slot >> 6] = has_bytes;
    }
  }
  /// Rows of bits: rows[0], rows[step], ... so many of `count`, each of `words` words from slot 64 * first_word on;
  /// `flip`: their complements.
  void set_rows(std::uint32_t first_word, std::uint32_t words, const std::uint64_t* const* rows, std::size_t count,
                std::size_t step, bool flip);

  /// Such words, to be joined with bits.
  std::uint64_t* words(std::uint32_t first_word, std::uint32_t words);

  /// Brings bytes into bits. Call when all is marked, before `each` and `count`.
  void settle();
  /// Calls use(slot - first) for all that are marked from `first` on, ascending.
  template <class Use>
  void each(std::uint32_t first, std::uint32_t count, Use use) const {
    const std::uint32_t last = first + count;
    for (std::uint32_t word = first >> 6; word <= last >> 6 && word < words_.size(); ++word) {
      if (touched_[word] == 0) continue;
      for (std::uint64_t bits = words_[word]; bits != 0; bits &= bits - 1) {
        const std::uint32_t slot = 64 * word + static_cast<std::uint32_t>(std::countr_zero(bits));
        if (slot - first < count) use(slot - first);
      }
    }
  }
  /// Of so many neurons, those with a mark in some column; the slots of neuron i in the k-th column are first[k] +
  /// width[k] * i and the width[k] - 1 after it.
  std::uint64_t count(std::span<const std::uint32_t> first, std::span<const std::uint32_t> width,
                      std::uint32_t neurons) const;
  /// Which these are: one bit for each neuron.
  void collect(std::span<const std::uint32_t> first, std::span<const std::uint32_t> width, std::uint32_t neurons,
               std::vector<std::uint64_t>& into) const;
  void clear();

 private:
  static constexpr std::uint8_t has_bits = 1, has_bytes = 3;  ///< and perhaps bits
  void take_bytes(std::size_t word);
  template <class Use>
  void each_touched(Use use);

  std::vector<std::uint64_t> words_;  ///< [words of 64 slots] and one more
  std::vector<std::uint8_t> bytes_, touched_;
  bool any_bytes_ = false;
};

}  // namespace spinule

// Poisson numbers for whole populations at a few cycles each.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <spinule/time.hpp>

namespace spinule {

/// Numbers of a Poisson law, one per neuron and tick, by inversion of a 32-bit uniform number: each probability is
/// right to 2^-32, and what is rarer than that does not occur. Neuron n's number is a pure function of (seed, stream,
/// episode, tick, n): n / 64, n / 16 % 4, n / 2 % 8 and n % 2 choose group, word, lane and half of Philox4x32-10
/// (Salmon et al. 2011). Its upper 16 bits decide nearly always; the lower ones are drawn only when they do not.
class poisson_counts {
 public:
  static constexpr double largest_mean = 64;
  /// `mean` in [0, largest_mean].
  poisson_counts(double mean, std::uint64_t seed, std::uint32_t stream);
  /// sums[i] += value * number of neuron first + i, for i < count.
  void add(std::uint64_t episode, moment now, index_t first, index_t count, std::int32_t value,
           std::int32_t* sums) const;
  /// No number is larger.
  std::uint32_t greatest() const { return static_cast<std::uint32_t>(thresholds_.size()); }

 private:
  void add_group(const std::array<std::uint32_t, 5>& key, index_t group, index_t from, index_t to, std::int32_t value,
                 std::int32_t* sums) const;
  std::vector<std::uint32_t> thresholds_;  ///< how many of these a uniform number is not below, is its count
  std::vector<std::int16_t> tops_;         ///< their upper halves, less 2^15
  std::size_t common_ = 0;                 ///< thresholds that are reached more often than once in 1000
  std::uint32_t key_[2];
  std::uint32_t stream_;
};

}  // namespace spinule

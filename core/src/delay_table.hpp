// Delays in whole ticks, looked up instead of worked out.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <spinule/distribution.hpp>
#include <spinule/time.hpp>

namespace spinule {

/// A normal or lognormal law over spans of time, rounded to ticks: each delay is the law's quantile of a number of 32
/// bits, spread over what lies within the bounds. As a quantile never falls, all numbers that give the same delay lie
/// side by side, and it takes a table of where they begin.
class delay_table {
 public:
  /// A delay too short or too long to be ticks.
  static constexpr ticks refused = -1;

  /// Null for other laws, and for those that no table of a few thousand delays describes.
  static std::shared_ptr<const delay_table> of(const law& l, milliseconds tick);

  /// 32 bits of the stream each; `refused` where the law gives what cannot be ticks.
  void draw(random_stream& random, std::span<ticks> out) const;
  /// All that can be drawn, ascending.
  std::span<const ticks> delays() const { return delays_; }
  /// A span in ms that is refused; 0 if there is none.
  double refused_span() const { return refused_span_; }

 private:
  static constexpr int guide_bits = 10;
  void add(std::uint64_t end, double span_ms, milliseconds tick);
  void make_guide();

  std::vector<std::uint64_t> ends_;   ///< [delays] first number that gives the next one
  std::vector<ticks> delays_;         ///< ascending
  std::vector<std::uint16_t> guide_;  ///< [2^guide_bits] the delay of the first number with these leading bits
  double refused_span_ = 0;
};

}  // namespace spinule

// Delays in whole ticks, looked up instead of worked out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <spinule/distribution.hpp>
#include <spinule/time.hpp>

namespace spinule {

/// A drawn span to the nearest tick: no tick for 0 and less, at least one for any other.
inline ticks drawn_ticks(double span_ms, double tick_ms) {
  return span_ms > 0 ? static_cast<ticks>(std::clamp(span_ms / tick_ms, 0.5, 2147483646.0) + 0.5) : 0;
}

/// A normal or lognormal law over spans of time, rounded to ticks: each delay is the law's quantile of a number of 32
/// bits, spread over what lies within the bounds. As a quantile never falls, all numbers that give the same delay lie
/// side by side, and it takes a table of where they begin.
class delay_table {
 public:
  /// Null for other laws, and for those that no table of a few thousand delays describes.
  static std::shared_ptr<const delay_table> of(const law& l, milliseconds tick);

  /// 32 bits of the stream each.
  void draw(random_stream& random, std::span<ticks> out) const;
  /// All that can be drawn, ascending.
  std::span<const ticks> delays() const { return delays_; }
  /// The shortest and the longest span in ms that can be drawn.
  const std::pair<double, double>& range() const { return range_; }

 private:
  static constexpr int guide_bits = 10;
  void add(std::uint64_t end, ticks delay);
  void make_guide();

  std::vector<std::uint64_t> ends_;   ///< [delays] first number that gives the next one
  std::vector<ticks> delays_;         ///< ascending
  std::vector<std::uint16_t> guide_;  ///< [2^guide_bits] the delay of the first number with these leading bits
  std::pair<double, double> range_;
};

}  // namespace spinule

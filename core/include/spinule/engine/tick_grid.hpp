// Moments and spans in milliseconds, as ticks.
#pragma once

#include <cstdint>
#include <string>

#include <spinule/time.hpp>

namespace spinule {

/// The one conversion from time to ticks. Tick k is the time from k ticks, included, to k + 1, excluded.
///
/// A time that is a multiple of the tick, up to 1e-6 of a tick or to what four roundings of a double can do to it, is
/// that multiple: 0.3 ms is 3 ticks of 0.1 ms, although 0.3 / 0.1 in binary is less. So every multiple up to 2^53 ticks
/// is exact that a double of milliseconds tells from its neighbours.
class tick_grid {
 public:
  /// `tick` > 0. It is taken for the simplest fraction that it rounds: 0.1 ms for 100 us, 1.0 / 3 ms for 1000 / 3 us.
  explicit tick_grid(milliseconds tick);

  /// A time in ticks: a whole number for a multiple. Infinite for times that are.
  double count(milliseconds time) const;
  /// The tick that contains a moment, which must lie within 2^62 ticks.
  moment containing(milliseconds time) const;
  /// The first tick that does not begin before a moment, between -2^62 and 2^62.
  moment first_from(milliseconds time) const;
  /// A span in whole ticks. Throws `spinule_error{where, ...}` when it is none, naming the multiples beside it; when it
  /// is negative, not finite, or longer than 2^31 - 1 ticks.
  ticks whole(milliseconds span, const std::string& where) const;

  /// A tick with the first and the last whole microsecond that belong to it.
  struct microseconds {
    moment tick;
    std::int64_t first, last;
  };
  /// The tick that contains the beginning of a microsecond `us` >= 0, or the one whose beginning is nearest: in whole
  /// numbers alone.
  microseconds of_microsecond(std::int64_t us, bool nearest) const;
  /// A tick is `numerator() / denominator()` microseconds.
  std::int64_t numerator() const { return numerator_; }
  std::int64_t denominator() const { return denominator_; }

 private:
  milliseconds tick_;
  std::int64_t numerator_ = 1, denominator_ = 1;  ///< their product is below 2^56
};

/// Throws `spinule_error{where, ...}` for a source that would stop before it starts.
void check_window(milliseconds start, milliseconds stop, const std::string& where);

/// The ticks that begin in [start, stop); either bound may be infinite.
struct tick_window {
  moment start, stop;
  tick_window(milliseconds from, milliseconds to, milliseconds tick)
      : start{tick_grid{tick}.first_from(from)}, stop{tick_grid{tick}.first_from(to)} {}
  bool holds(moment tick) const { return tick >= start && tick < stop; }
};

}  // namespace spinule

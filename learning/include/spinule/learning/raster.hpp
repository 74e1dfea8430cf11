// Events on a grid of bins.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include <spinule/recording.hpp>
#include <spinule/time.hpp>

namespace spinule::learning {

/// Address `address` was active in bin `bin`.
struct raster_event {
  std::uint32_t bin = 0;
  index_t address = 0;
  auto operator<=>(const raster_event&) const = default;
};

/// A(a, t): how many events address a has in bin t. Kept as its events, by bin, then address; an address that is active
/// several times in a bin is there several times.
class raster {
 public:
  /// In any order. Throws `spinule_error` when there are no addresses or no bins, or an event is outside them.
  raster(index_t addresses, std::uint32_t bins, std::vector<raster_event> events);
  /// The events of a recording before `length`, which later ones do not belong to: bin t is the time from t bins,
  /// included, to t + 1, excluded, as a `replay` population at ticks of that length has it. Throws `spinule_error` when
  /// a channel or a time is out of range, a bin is no tick, or `length` is not positive.
  raster(std::span<const event> events, index_t addresses, milliseconds bin, milliseconds length);

  index_t addresses() const { return addresses_; }
  std::uint32_t bins() const { return bins_; }
  std::span<const raster_event> events() const { return events_; }
  bool operator==(const raster&) const = default;

  /// Every address at most once in a bin.
  raster once() const;
  /// As a recording: every event at the beginning of its bin.
  recording as_recording(milliseconds bin) const;

 private:
  index_t addresses_;
  std::uint32_t bins_;
  std::vector<raster_event> events_;
};

/// Events that both have, of rasters of equal size: with one of them the truth, what is found of it in the very bin.
/// Throws `spinule_error` when their sizes differ.
std::size_t common_events(const raster& a, const raster& b);

}  // namespace spinule::learning

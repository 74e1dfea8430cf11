// Event data, as every reader delivers it and every back end replays it.
#pragma once

#include <cstdint>
#include <vector>

#include <spinule/units.hpp>

namespace spinule {

/// One event of a recording: channel `channel` was active `time_us` microseconds after its start.
struct event {
  std::int64_t time_us = 0;
  std::uint32_t channel = 0;
  bool operator==(const event&) const = default;
};

/// The events of one sample, by time, those of one time by channel; `length` is at least the last time.
struct recording {
  std::vector<event> events;
  milliseconds length{0};
};

/// A recording and its class.
struct labelled_recording {
  recording events;
  std::uint32_t label = 0;
};

}  // namespace spinule

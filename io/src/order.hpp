// The order of events in a recording.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <spinule/recording.hpp>

namespace spinule {

inline bool earlier(const event& a, const event& b) {
  return a.time_us != b.time_us ? a.time_us < b.time_us : a.channel < b.channel;
}

/// Orders by time, those of one time by channel; equal events are all kept. One pass where times already ascend.
inline void put_in_order(std::vector<event>& events) {
  for (auto at = events.begin(), end = events.end(); at != end;) {
    auto next = at + 1;
    if (next == end) return;
    if (next->time_us < at->time_us) return std::sort(events.begin(), end, earlier);
    if (next->time_us == at->time_us) {
      while (next != end && next->time_us == at->time_us) ++next;
      std::sort(at, next, earlier);
      --next;
    }
    at = next;
  }
}

/// The first whole millisecond after the last event.
inline milliseconds length_of(std::int64_t last_us) { return milliseconds{static_cast<double>(last_us / 1000 + 1)}; }

}  // namespace spinule

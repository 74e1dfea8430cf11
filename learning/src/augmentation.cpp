#include <spinule/learning/augmentation.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include <spinule/error.hpp>

namespace spinule::learning {

namespace {

void sort(std::vector<event>& events) {
  std::ranges::sort(events, [](const event& a, const event& b) {
    return a.time_us != b.time_us ? a.time_us < b.time_us : a.channel < b.channel;
  });
}

void check_channels(const recording& given, std::uint32_t channels) {
  for (const event& e : given.events)
    if (e.channel >= channels)
      throw spinule_error{"augmentation",
                          fmt::format("channel {} must be below {}, the number of channels", e.channel, channels)};
}

/// The last whole microsecond in [0, length).
std::int64_t last_time(milliseconds length) {
  return std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(length.in(1_us))) - 1);
}

struct centre {
  double time_us = 0, channel = 0;
};

centre centre_of(const recording& given) {
  centre sum;
  for (const event& e : given.events) {
    sum.time_us += static_cast<double>(e.time_us);
    sum.channel += e.channel;
  }
  const double n = static_cast<double>(given.events.size());
  return {sum.time_us / n, sum.channel / n};
}

}  // namespace

recording shift_channels(const recording& given, std::uint32_t channels, std::uint32_t largest_shift,
                         random_stream& draw) {
  check_channels(given, channels);
  const std::int64_t most = largest_shift;
  const std::int64_t shift = static_cast<std::int64_t>(draw.below(2 * std::uint64_t{largest_shift} + 1)) - most;
  recording result{{}, given.length};
  for (const event& e : given.events)
    if (const std::int64_t c = e.channel + shift; c >= 0 && c < channels)
      result.events.push_back({e.time_us, static_cast<std::uint32_t>(c)});
  return result;
}

recording blend(const recording& a, const recording& b, std::uint32_t channels, random_stream& draw) {
  check_channels(a, channels);
  check_channels(b, channels);
  std::int64_t later = 0, higher = 0;  // what is added to a and taken from b
  if (!a.events.empty() && !b.events.empty()) {
    const centre of_a = centre_of(a), of_b = centre_of(b);
    later = static_cast<std::int64_t>((of_b.time_us - of_a.time_us) / 2);
    higher = static_cast<std::int64_t>((of_b.channel - of_a.channel) / 2);
  }
  recording result{{}, std::max(a.length, b.length)};
  const std::int64_t last = last_time(result.length);
  const auto add = [&](const recording& from, std::int64_t time_shift, std::int64_t channel_shift) {
    for (const event& e : from.events) {
      const std::int64_t t = e.time_us + time_shift, c = e.channel + channel_shift;
      if (draw.uniform() < 0.5 && t >= 0 && t <= last && c >= 0 && c < channels)
        result.events.push_back({t, static_cast<std::uint32_t>(c)});
    }
  };
  add(a, later, higher);
  add(b, -later, -higher);
  sort(result.events);
  return result;
}

recording jitter(const recording& given, milliseconds deviation, random_stream& draw) {
  const double deviation_us = deviation.in(1_us);
  if (!(deviation_us >= 0) || !std::isfinite(deviation_us))
    throw spinule_error{"augmentation",
                        fmt::format("deviation {} ms must be 0 or more, and finite", deviation.value())};
  recording result = given;
  if (deviation_us == 0) return result;
  std::vector<double> normal(given.events.size());
  draw.normals(normal);
  const double last = static_cast<double>(last_time(given.length));
  for (std::size_t i = 0; i < normal.size(); ++i) {
    std::int64_t& t = result.events[i].time_us;
    const double moved = std::nearbyint(static_cast<double>(t) + deviation_us * normal[i]);
    t = static_cast<std::int64_t>(std::clamp(moved, 0.0, last));
  }
  sort(result.events);
  return result;
}

recording drop_events(const recording& given, double probability, random_stream& draw) {
  if (!(probability >= 0 && probability <= 1))
    throw spinule_error{"augmentation", fmt::format("probability {} must be from 0 to 1", probability)};
  recording result{{}, given.length};
  for (const event& e : given.events)
    if (draw.uniform() >= probability) result.events.push_back(e);
  return result;
}

}  // namespace spinule::learning

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

recording move_picture(const recording& given, std::uint32_t channels, std::uint32_t width, std::uint32_t height,
                       const picture_moves& most, random_stream& draw) {
  check_channels(given, channels);
  const std::uint64_t pixels = std::uint64_t{width} * height;
  if (pixels == 0 || channels % pixels != 0)
    throw spinule_error{"augmentation", fmt::format("{} channels are no whole number of pictures of {} x {} pixels",
                                                    channels, width, height)};
  const auto demand = [](bool holds, const char* name, double value, const char* what) {
    if (!holds) throw spinule_error{"augmentation", fmt::format("{} = {}; give {}", name, value, what)};
  };
  demand(most.shift >= 0 && most.shift <= 1e6, "shift", most.shift, "0 or more pixels");
  demand(most.turn >= 0 && most.turn <= 45, "turn", most.turn, "0 to 45 degrees");
  demand(most.zoom >= 0 && most.zoom < 1, "zoom", most.zoom, "a share from 0 to below 1");
  const auto within = [&](double bound) { return bound * (2 * draw.uniform() - 1); };
  const double right = within(most.shift), down = within(most.shift), scale = 1 + within(most.zoom);
  // Half the angle's tangent by its series, so that the same pixels come out on every processor.
  const double half = within(most.turn) * (3.14159265358979 / 360), t = half * (1 + half * half / 3);
  const double cosine = scale * (1 - t * t) / (1 + t * t), sine = scale * 2 * t / (1 + t * t);
  const double middle_x = (width - 1) / 2.0, middle_y = (height - 1) / 2.0;
  recording result{{}, given.length};
  for (const event& e : given.events) {
    const double x = e.channel % width - middle_x, y = static_cast<double>(e.channel % pixels / width) - middle_y;
    const double to_x = std::floor(cosine * x - sine * y + middle_x + right + 0.5);
    const double to_y = std::floor(sine * x + cosine * y + middle_y + down + 0.5);
    if (to_x >= 0 && to_x < width && to_y >= 0 && to_y < height)
      result.events.push_back({e.time_us, static_cast<std::uint32_t>(e.channel / pixels * pixels) +
                                              static_cast<std::uint32_t>(to_y) * width +
                                              static_cast<std::uint32_t>(to_x)});
  }
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

#include <spinule/learning/raster.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include <spinule/engine/tick_grid.hpp>
#include <spinule/error.hpp>

namespace spinule::learning {
namespace {

std::uint32_t whole_bins(milliseconds length, const tick_grid& grid) {
  if (!(length.value() > 0))
    throw spinule_error{"raster", fmt::format("a length of {} ms must be positive", length.value())};
  const double bins = std::ceil(grid.count(length));
  if (!(bins <= std::numeric_limits<ticks>::max()))
    throw spinule_error{"raster", fmt::format("a length of {} ms is more than 2^31 - 1 bins", length.value())};
  return static_cast<std::uint32_t>(bins);
}

}  // namespace

raster::raster(index_t addresses, std::uint32_t bins, std::vector<raster_event> events)
    : addresses_{addresses}, bins_{bins}, events_{std::move(events)} {
  if (addresses == 0 || bins == 0)
    throw spinule_error{"raster", fmt::format("{} addresses and {} bins: give at least one of each", addresses, bins)};
  for (const auto& [bin, address] : events_) {
    if (address >= addresses)
      throw spinule_error{"raster",
                          fmt::format("address {} must be below {}, the number of addresses", address, addresses)};
    if (bin >= bins)
      throw spinule_error{"raster", fmt::format("bin {} must be below {}, the number of bins", bin, bins)};
  }
  if (!std::is_sorted(events_.begin(), events_.end())) std::sort(events_.begin(), events_.end());
}

raster::raster(std::span<const event> events, index_t addresses, milliseconds bin, milliseconds length)
    : raster{addresses, 1, {}} {
  if (!(bin >= 1_us && bin <= 1_s))
    throw spinule_error{"raster", fmt::format("a bin of {} ms: give 1 us to 1 s", bin.value())};
  const tick_grid grid{bin};
  bins_ = whole_bins(length, grid);
  events_.reserve(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto [time_us, channel] = events[i];
    if (time_us < 0) throw spinule_error{"raster", fmt::format("event {} lies at {} us, before the start", i, time_us)};
    if (channel >= addresses)
      throw spinule_error{"raster", fmt::format("event {}: address {} must be below {}, the number of addresses", i,
                                                channel, addresses)};
    if (const moment t = grid.of_microsecond(time_us, false).tick; t < moment{bins_})
      events_.push_back({static_cast<std::uint32_t>(t), channel});
  }
  std::sort(events_.begin(), events_.end());
}

raster raster::once() const {
  raster result = *this;
  result.events_.erase(std::unique(result.events_.begin(), result.events_.end()), result.events_.end());
  return result;
}

recording raster::as_recording(milliseconds bin) const {
  recording result{{}, bins_ * bin};
  result.events.reserve(events_.size());
  for (const auto& [t, address] : events_)
    result.events.push_back({static_cast<std::int64_t>(std::ceil((t * bin).in(0.001_ms) - 1e-6)), address});
  return result;
}

std::size_t common_events(const raster& a, const raster& b) {
  if (a.addresses() != b.addresses() || a.bins() != b.bins())
    throw spinule_error{"raster", fmt::format("{} addresses and {} bins do not match {} and {}", a.addresses(),
                                              a.bins(), b.addresses(), b.bins())};
  std::vector<raster_event> both;
  std::set_intersection(a.events().begin(), a.events().end(), b.events().begin(), b.events().end(),
                        std::back_inserter(both));
  return both.size();
}

}  // namespace spinule::learning

// The 5-byte event record: decoding, checking, encoding.
#include <fmt/format.h>

#include <bit>
#include <cstring>

#include <spinule/error.hpp>
#include <spinule/io/nmnist.hpp>

#include "order.hpp"

namespace spinule {
namespace {

constexpr std::size_t record = 5;
constexpr std::uint32_t overflow_row = 240;
constexpr std::int64_t overflow_us = 1 << 13;

struct raw_event {
  std::uint32_t x, y, polarity;
  std::int64_t time_us;
};

/// One record as the 40-bit number it is; `p` + 5 <= `end`.
std::uint64_t word_at(const std::byte* p, const std::byte* end) {
  std::uint64_t word = 0;
  if (std::endian::native == std::endian::little && end - p >= 8) {
    std::memcpy(&word, p, 8);  // one load in place of five
    return __builtin_bswap64(word) >> 24;
  }
  for (std::size_t i = 0; i < record; ++i) word = word << 8 | std::to_integer<std::uint64_t>(p[i]);
  return word;
}

raw_event unpack(std::uint64_t word) {
  return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint32_t>(word >> 24) & 0xff,
          static_cast<std::uint32_t>(word >> 23) & 1, static_cast<std::int64_t>(word & 0x7fffff)};
}

void check_sensor(sensor pixels) {
  if (pixels.width == 0 || pixels.width > 256 || pixels.height == 0 || pixels.height > overflow_row)
    throw spinule_error{"5-byte event records",
                        fmt::format("a sensor of {} x {} pixels does not fit; from 1 x 1 to 256 x {} do", pixels.width,
                                    pixels.height, overflow_row)};
}

void check_length(std::span<const std::byte> bytes, const std::string& where) {
  if (bytes.size() % record != 0)
    throw file_error{where, fmt::format("holds {} bytes, which is no multiple of {}: the last event is cut; "
                                        "copy or unpack the file again",
                                        bytes.size(), record)};
}

/// Looks again, slowly, at what a quick pass found wrong.
[[noreturn]] void explain(std::span<const std::byte> bytes, const std::string& where, sensor pixels) {
  std::int64_t base = 0, last = 0;
  for (std::size_t at = 0; at < bytes.size(); at += record) {
    const raw_event e = unpack(word_at(&bytes[at], bytes.data() + bytes.size()));
    const auto wrong = [&](const std::string& what) { throw file_error{fmt::format("{}, byte {}", where, at), what}; };
    if (e.y == overflow_row) {
      base += overflow_us;
      continue;
    }
    if (e.x >= pixels.width || e.y >= pixels.height)
      wrong(fmt::format("pixel ({}, {}) is outside the {} x {} sensor; the file is damaged or from another camera", e.x,
                        e.y, pixels.width, pixels.height));
    if (e.time_us + base < last)
      wrong(fmt::format(
          "time runs backwards, from {} us to {} us; the file is damaged or its events must be sorted by time", last,
          e.time_us + base));
    last = e.time_us + base;
  }
  throw file_error{where, "is damaged"};
}

/// Hands every event to `take`, with its full time; returns whether all is well and the last time.
template <class Take>
std::pair<bool, std::int64_t> pass(std::span<const std::byte> bytes, sensor pixels, Take take) {
  std::int64_t base = 0, last = 0;
  bool bad = false;
  for (const std::byte *p = bytes.data(), *end = p + bytes.size(); p != end; p += record) {
    raw_event e = unpack(word_at(p, end));
    if (e.y == overflow_row) [[unlikely]] {
      base += overflow_us;
      continue;
    }
    e.time_us += base;
    bad |= (e.x >= pixels.width) | (e.y >= pixels.height) | (e.time_us < last);
    last = e.time_us;
    take(e);
  }
  return {!bad, last};
}

}  // namespace

recording decode_nmnist(std::span<const std::byte> bytes, const std::string& where, sensor pixels) {
  check_sensor(pixels);
  check_length(bytes, where);
  recording result;
  result.events.resize(bytes.size() / record);
  event* out = result.events.data();
  event before;
  bool tie_out_of_order = false;
  const auto [good, last_us] = pass(bytes, pixels, [&](const raw_event& e) {
    const event now{e.time_us, pixels.channel(e.x, e.y, e.polarity)};
    tie_out_of_order |= (now.time_us == before.time_us) & (now.channel < before.channel);
    *out++ = before = now;
  });
  if (!good) explain(bytes, where, pixels);
  result.events.resize(static_cast<std::size_t>(out - result.events.data()));
  if (tie_out_of_order) put_in_order(result.events);
  result.length = length_of(last_us);
  return result;
}

nmnist_extent scan_nmnist(std::span<const std::byte> bytes, const std::string& where, sensor pixels) {
  check_sensor(pixels);
  check_length(bytes, where);
  nmnist_extent extent;
  const auto [good, last_us] = pass(bytes, pixels, [&](const raw_event&) { ++extent.events; });
  if (!good) explain(bytes, where, pixels);
  extent.last_us = last_us;
  return extent;
}

std::vector<std::byte> encode_nmnist(std::span<const event> events, sensor pixels) {
  check_sensor(pixels);
  std::vector<std::byte> bytes;
  bytes.reserve(events.size() * record);
  std::int64_t last = 0;
  for (const event& e : events) {
    if (e.channel >= pixels.channels() || e.time_us < last || e.time_us >= 1 << 23)
      throw spinule_error{
          "5-byte event records",
          fmt::format("event (channel {}, {} us) does not fit; channels below {}, ascending times below 2^23 us do",
                      e.channel, e.time_us, pixels.channels())};
    last = e.time_us;
    const std::uint32_t x = e.channel % pixels.width, row = e.channel / pixels.width;
    const auto time = static_cast<std::uint32_t>(e.time_us);
    const std::uint32_t tail = (row / pixels.height) << 23 | time;
    for (const std::uint32_t byte : {x, row % pixels.height, tail >> 16, tail >> 8 & 0xff, tail & 0xff})
      bytes.push_back(static_cast<std::byte>(byte));
  }
  return bytes;
}

}  // namespace spinule

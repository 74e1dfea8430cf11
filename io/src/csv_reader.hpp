// One file of events as text: its columns, and its events one by one.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spinule {

/// What is said of a sensor, in options or in comments. 0 and empty: nothing.
struct csv_sensor {
  std::uint32_t width = 0, height = 0, channels = 0;
  std::string time_unit;
};

/// Which columns a file has.
struct csv_columns {
  bool picture = false;  ///< x and y, not channel
  bool polarity = false, sample = false, label = false;
  bool operator==(const csv_columns&) const = default;
};

/// One event as it stands in the file.
struct csv_event {
  std::int64_t time_us = 0;
  std::uint32_t x = 0, y = 0;  ///< a channel is x
  bool on = false;
  std::string_view sample, label;  ///< empty where the file has no such column
  std::size_t line = 0;
};

/// What was read of one file.
struct csv_summary {
  csv_columns columns;
  std::uint32_t greatest_x = 0, greatest_y = 0;
  std::uint64_t events = 0;
};

/// Hands the events of a file to `take`. `sensor` is completed by the file's comments; where it then says how large the
/// sensor is, events beyond it are refused. Throws `file_error{file:line, ...}`.
csv_summary read_csv(const std::filesystem::path& path, csv_sensor& sensor,
                     const std::function<void(const csv_event&)>& take);

}  // namespace spinule

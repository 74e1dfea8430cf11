#include "csv_reader.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>

#include "bytes.hpp"

namespace spinule {
namespace {

constexpr std::uint64_t largest_table = std::uint64_t{4} << 30;
constexpr std::size_t most_columns = 64, longest_line = 4096, longest_name = 256;
constexpr std::uint32_t most_pixels = 1 << 15, most_channels = 1 << 24;

enum column : std::size_t { time, channel, x, y, polarity, sample, label, kinds };
using names = std::vector<std::string_view>;
const std::array<names, kinds> names_of{names{"time", "t", "timestamp", "ts"},
                                        names{"channel", "ch", "unit", "address", "addr"},
                                        names{"x"},
                                        names{"y"},
                                        names{"polarity", "pol", "p", "on"},
                                        names{"sample", "recording", "trial"},
                                        names{"label", "class"}};

std::string lower(std::string_view text) {
  std::string copy{text};
  for (char& c : copy) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return copy;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == text.npos ? std::string_view{} : text.substr(first, last - first + 1);
}

/// Microseconds in a unit; 0: unknown.
double microseconds_in(std::string_view unit) {
  if (unit == "s" || unit == "sec" || unit == "seconds") return 1e6;
  if (unit == "ms") return 1e3;
  if (unit == "us" || unit == "\xc2\xb5s" || unit == "\xce\xbcs") return 1;
  if (unit == "ns") return 1e-3;
  return 0;
}

class reader {
 public:
  reader(const std::filesystem::path& path, csv_sensor& sensor) : path_{path}, sensor_{sensor} {
    read_file(path, bytes_, largest_table);
    text_ = {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  csv_summary read(const std::function<void(const csv_event&)>& take) {
    std::string_view line;
    while (next_line(line))
      if (!place_of_[time])
        read_header(line);
      else
        take(read_event(line));
    if (!place_of_[time]) refuse("is empty; its first line names the columns");
    if (summary_.events == 0) refuse("holds no event below its header");
    return summary_;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw file_error{number_ > 0 ? fmt::format("{}:{}", path_.string(), number_) : path_.string(), what};
  }

  /// The next that is neither empty nor a comment.
  bool next_line(std::string_view& line) {
    while (!text_.empty()) {
      ++number_;
      const auto end = text_.find('\n');
      line = text_.substr(0, end);
      text_.remove_prefix(end == text_.npos ? text_.size() : end + 1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.size() > longest_line)
        refuse(fmt::format("has a line of more than {} bytes; this is no list of events", longest_line));
      if (line.find('\0') != line.npos) refuse("holds a byte 0: this is no text");
      if (line.starts_with('#'))
        read_comment(line.substr(1));
      else if (!trimmed(line).empty())
        return true;
    }
    return false;
  }

  /// "# width = 34"; a comment that is none of these means nothing.
  void read_comment(std::string_view text) {
    const auto mark = text.find_first_of("=:");
    if (mark == text.npos || place_of_[time]) return;
    const std::string key = lower(trimmed(text.substr(0, mark)));
    const std::string_view given = trimmed(text.substr(mark + 1));
    if (key == "width") set(sensor_.width, given, most_pixels, "width");
    if (key == "height") set(sensor_.height, given, most_pixels, "height");
    if (key == "channels") set(sensor_.channels, given, most_channels, "channels");
    if (key != "time_unit" && key != "time unit") return;
    const std::string unit = lower(given);
    if (microseconds_in(unit) == 0) refuse(fmt::format("the unit of time \"{}\" is none of s, ms, us, ns", unit));
    if (!sensor_.time_unit.empty() && microseconds_in(sensor_.time_unit) != microseconds_in(unit))
      refuse(fmt::format("says that times are in {}, and {} was said before", unit, sensor_.time_unit));
    sensor_.time_unit = unit;
  }

  void set(std::uint32_t& to, std::string_view text, std::uint32_t most, const char* what) {
    std::uint32_t value = 0;
    if (!whole(text, value) || value == 0 || value > most)
      refuse(fmt::format("\"{}\" is no {}; it is a whole number from 1 to {}", text, what, most));
    if (to != 0 && to != value) refuse(fmt::format("says that the {} is {}, and {} was said before", what, value, to));
    to = value;
  }

  void read_header(std::string_view line) {
    separator_ = ' ';
    for (const char c : {',', ';', '\t'})
      if (separator_ == ' ' && line.find(c) != line.npos) separator_ = c;
    split(line);
    columns_ = fields_.size();
    for (std::size_t i = 0; i < columns_; ++i) read_column(fields_[i], i);
    const auto has = [&](column c) { return place_of_[c].has_value(); };
    const auto found = [&] { return fmt::format("it has {}", fmt::join(fields_, ", ")); };
    if (!has(time)) refuse(fmt::format("the first line names no time (time_us, t_ms, ...); {}", found()));
    if (has(channel) == (has(x) && has(y)) || has(x) != has(y))
      refuse(fmt::format("the first line must name a channel, or x and y; {}", found()));
    if (factor_ == 0) factor_ = microseconds_in(sensor_.time_unit);
    if (factor_ == 0)
      refuse(
          fmt::format("nothing says the unit of time; call the column time_us (s, ms, us, ns), write a comment # "
                      "time_unit = us above it, or give --time-unit; {}",
                      found()));
    summary_.columns = {.picture = has(x), .polarity = has(polarity), .sample = has(sample), .label = has(label)};
    limit_x_ = has(x) ? sensor_.width : sensor_.channels;
    limit_y_ = has(x) ? sensor_.height : 0;
  }

  void read_column(std::string_view name, std::size_t place) {
    std::string base = lower(trimmed(name)), unit;
    if (const auto mark = base.find_first_of("_[(/ "); mark != base.npos) {
      unit = base.substr(mark + 1);
      base.resize(mark);
      while (unit.ends_with(']') || unit.ends_with(')')) unit.pop_back();
      while (unit.starts_with(' ') || unit.starts_with('[') || unit.starts_with('(')) unit.erase(0, 1);
    }
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      if (std::ranges::find(names_of[kind], base) == names_of[kind].end()) continue;
      if (kind != time && !unit.empty()) return;  // "class_name" and such
      if (place_of_[kind])
        refuse(fmt::format("the first line names two columns of one kind, {} and {}", fields_[*place_of_[kind]], name));
      place_of_[kind] = place;
      if (kind == time && !unit.empty()) read_unit(unit, name);
    }
  }

  void read_unit(const std::string& unit, std::string_view name) {
    factor_ = microseconds_in(unit);
    if (factor_ == 0) refuse(fmt::format("the column {} is in no unit of time: s, ms, us or ns", name));
    if (const double said = microseconds_in(sensor_.time_unit); said != 0 && said != factor_)
      refuse(fmt::format("the column {} contradicts the unit {} that was said before", name, sensor_.time_unit));
  }

  csv_event read_event(std::string_view line) {
    split(line);
    if (fields_.size() != columns_)
      refuse(
          fmt::format("has {} field{}, and the header {}", fields_.size(), fields_.size() == 1 ? "" : "s", columns_));
    csv_event e;
    e.line = number_;
    e.time_us = microseconds(fields_[*place_of_[time]]);
    const bool picture = summary_.columns.picture;
    e.x = place(picture ? x : channel, limit_x_, picture ? most_pixels : most_channels);
    if (picture) e.y = place(y, limit_y_, most_pixels);
    if (place_of_[polarity]) e.on = is_on(fields_[*place_of_[polarity]]);
    if (place_of_[sample]) e.sample = named(sample);
    if (place_of_[label]) e.label = named(label);
    summary_.greatest_x = std::max(summary_.greatest_x, e.x);
    summary_.greatest_y = std::max(summary_.greatest_y, e.y);
    ++summary_.events;
    return e;
  }

  std::int64_t microseconds(std::string_view text) const {
    double value = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (wrong != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
      refuse(fmt::format("\"{}\" is no time", text));
    const double us = std::floor(value * factor_ + 0.5);
    if (!(us >= 0 && us <= 9e15)) refuse(fmt::format("the time {} is not from 0 to 9e15 us", text));
    return static_cast<std::int64_t>(us);
  }

  std::uint32_t place(column kind, std::uint32_t limit, std::uint32_t most) const {
    const std::string_view text = fields_[*place_of_[kind]];
    std::uint32_t value = 0;
    if (!whole(text, value) || value >= (limit > 0 ? limit : most))
      refuse(fmt::format("{} \"{}\" is no whole number from 0 to {}", names_of[kind][0], text,
                         (limit > 0 ? limit : most) - 1));
    return value;
  }

  bool is_on(std::string_view text) const {
    const std::string word = lower(text);
    if (word == "1" || word == "+1" || word == "on" || word == "true") return true;
    if (word != "0" && word != "-1" && word != "off" && word != "false")
      refuse(fmt::format("polarity \"{}\" is none of 1, 0, -1, on, off, true, false", text));
    return false;
  }

  std::string_view named(column kind) const {
    const std::string_view text = fields_[*place_of_[kind]];
    if (text.empty()) refuse(fmt::format("the {} is empty", names_of[kind][0]));
    if (text.size() > longest_name)
      refuse(fmt::format("the {} is longer than {} bytes", names_of[kind][0], longest_name));
    return text;
  }

  /// A whole number, also written as 3.0, as tables of real numbers have it.
  static bool whole(std::string_view text, std::uint32_t& to) {
    const char* last = text.data() + text.size();
    const auto [end, wrong] = std::from_chars(text.data(), last, to);
    if (wrong != std::errc{} || end == text.data()) return false;
    return end == last || (*end == '.' && std::all_of(end + 1, last, [](char c) { return c == '0'; }));
  }

  void split(std::string_view line) {
    fields_.clear();
    if (separator_ == ' ') return split_at_spaces(line);
    for (;;) {
      if (fields_.size() == most_columns) refuse(fmt::format("has more than {} columns", most_columns));
      line = line.substr(std::min(line.find_first_not_of(" "), line.size()));
      std::size_t end = 0;
      if (line.starts_with('"')) {
        end = line.find('"', 1);
        if (end == line.npos) refuse("opens a quotation that does not end in this line");
        fields_.push_back(line.substr(1, end - 1));
        end = line.find(separator_, end);
      } else {
        end = line.find(separator_);
        fields_.push_back(trimmed(line.substr(0, end)));
      }
      if (end == line.npos) return;
      line.remove_prefix(end + 1);
    }
  }

  void split_at_spaces(std::string_view line) {
    for (line = trimmed(line); !line.empty(); line = trimmed(line)) {
      if (fields_.size() == most_columns) refuse(fmt::format("has more than {} columns", most_columns));
      const auto end = std::min(line.find_first_of(" \t"), line.size());
      fields_.push_back(line.substr(0, end));
      line.remove_prefix(end);
    }
  }

  std::filesystem::path path_;
  csv_sensor& sensor_;
  std::vector<std::byte> bytes_;
  std::string_view text_;  ///< what is left of it
  std::size_t number_ = 0;
  char separator_ = ',';
  std::size_t columns_ = 0;
  std::array<std::optional<std::size_t>, kinds> place_of_;
  std::vector<std::string_view> fields_;
  double factor_ = 0;  ///< microseconds in the unit of time
  std::uint32_t limit_x_ = 0, limit_y_ = 0;
  csv_summary summary_;
};

}  // namespace

csv_summary read_csv(const std::filesystem::path& path, csv_sensor& sensor,
                     const std::function<void(const csv_event&)>& take) {
  return reader{path, sensor}.read(take);
}

}  // namespace spinule

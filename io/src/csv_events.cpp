#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <spinule/error.hpp>
#include <spinule/io/own_recordings.hpp>

#include "csv_extent.hpp"
#include "csv_reader.hpp"
#include "order.hpp"

namespace spinule {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t longest_us = 1'000'000'000;  // 1000 s
constexpr std::size_t most_classes = 10'000;

struct csv_file {
  data_part part = data_part::all;  ///< all: nothing says a part
  std::string folder;               ///< a class, where the file lies in a folder for one
  fs::path path;
};

std::string lower_case(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

data_part part_named(const std::string& name) {
  const std::string word = lower_case(name);
  return word == "train" ? data_part::train : word == "test" ? data_part::test : data_part::all;
}

bool is_csv(const fs::path& path) {
  const std::string extension = lower_case(path.extension().string());
  return extension == ".csv" || extension == ".tsv";
}

std::vector<fs::path> contents_of(const fs::path& folder) {
  std::vector<fs::path> all;
  std::error_code problem;
  for (fs::directory_iterator at{folder, problem}, end; !problem && at != end; at.increment(problem))
    if (at->path().filename().string().front() != '.') all.push_back(at->path());
  if (problem) throw file_error{folder.string(), "cannot be listed: " + problem.message()};
  std::sort(all.begin(), all.end());
  return all;
}

/// Files of a folder, and of its folders: of parts, and in each of these of classes.
void list(const fs::path& folder, data_part part, const std::string& label, std::vector<csv_file>& files) {
  std::error_code ignored;
  for (const fs::path& path : contents_of(folder)) {
    const std::string name = path.filename().string();
    if (!fs::is_directory(path, ignored)) {
      if (!is_csv(path)) continue;
      const data_part own = part == data_part::all && label.empty() ? part_named(path.stem().string()) : part;
      files.push_back({own, label, path});
    } else if (const data_part named = part_named(name); named != data_part::all && part == data_part::all) {
      list(path, named, "", files);
    } else if (label.empty()) {
      list(path, part, name, files);
    }
  }
}

std::vector<csv_file> files_of(const fs::path& path) {
  std::error_code ignored;
  std::vector<csv_file> files;
  if (!fs::is_directory(path, ignored)) {
    files.push_back({data_part::all, "", path});
    return files;
  }
  list(path, data_part::all, "", files);
  if (files.empty())
    throw file_error{path.string(), "holds no .csv or .tsv file, by itself or in a folder for each class"};
  std::sort(files.begin(), files.end(),
            [](const csv_file& a, const csv_file& b) { return std::tie(a.part, a.path) < std::tie(b.part, b.path); });
  return files;
}

/// The class that a file name gives: "left" of left_001.csv or left-1.csv; empty: none.
std::string class_in(const fs::path& file) {
  const std::string stem = file.stem().string();
  const auto mark = stem.find_last_of("_-");
  if (mark == stem.npos || mark == 0 || mark + 1 == stem.size()) return {};
  const auto digits = stem.find_first_not_of("0123456789", mark + 1);
  return digits == stem.npos ? stem.substr(0, mark) : std::string{};
}

/// By number where all are numbers, else by name.
void put_classes_in_order(std::vector<std::string>& classes) {
  const auto as_number = [](const std::string& name, std::int64_t& to) {
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), to);
    return wrong == std::errc{} && end == name.data() + name.size();
  };
  std::int64_t a = 0, b = 0;
  const bool numbers = std::all_of(classes.begin(), classes.end(), [&](const auto& c) { return as_number(c, a); });
  std::sort(classes.begin(), classes.end(), [&](const std::string& one, const std::string& other) {
    if (!numbers) return one < other;
    as_number(one, a), as_number(other, b);
    return std::tie(a, one) < std::tie(b, other);
  });
}

/// All that files hold, before their channels are known.
class collected {
 public:
  collected(csv_sensor given, const csv_options& options)
      : sensor{std::move(given)}, from_first_{options.from_first}, labelled_{options.labelled} {}

  struct event_at {
    std::int64_t time_us;
    std::uint32_t x, y;
    bool on;
  };
  struct one_sample {
    data_part part;
    std::string label, where;  ///< file and line of the first event
    std::vector<event_at> events;
  };
  csv_sensor sensor;
  std::optional<csv_columns> columns;
  std::uint32_t greatest_x = 0, greatest_y = 0;
  std::vector<one_sample> samples;

  void read(const csv_file& file) {
    std::map<std::string, std::size_t, std::less<>> places;
    const std::size_t before = samples.size();
    const csv_summary s = read_csv(file.path, sensor, [&](const csv_event& e) {
      auto found = places.find(e.sample);
      if (found == places.end()) {
        found = places.emplace(std::string{e.sample}, samples.size()).first;
        samples.push_back({file.part, std::string{e.label}, fmt::format("{}:{}", file.path.string(), e.line), {}});
      }
      one_sample& to = samples[found->second];
      if (to.label != e.label)
        throw file_error{fmt::format("{}:{}", file.path.string(), e.line),
                         fmt::format("has label \"{}\", and the sample has \"{}\" at {}", e.label, to.label, to.where)};
      to.events.push_back({e.time_us, e.x, e.y, e.on});
    });
    if (columns && (columns->picture != s.columns.picture || columns->polarity != s.columns.polarity))
      throw file_error{file.path.string(), "has other columns of channels than the files before it"};
    columns = s.columns;
    greatest_x = std::max(greatest_x, s.greatest_x);
    greatest_y = std::max(greatest_y, s.greatest_y);
    for (std::size_t i = before; i < samples.size(); ++i) finish(samples[i], file);
  }

 private:
  void finish(one_sample& sample, const csv_file& file) const {
    if (sample.label.empty()) sample.label = !file.folder.empty() ? file.folder : class_in(file.path);
    if (sample.label.empty() && !labelled_) sample.label = fs::absolute(file.path).parent_path().filename().string();
    if (sample.label.empty())
      throw file_error{file.path.string(),
                       "says no class: give it a column label, put it in a folder named for its class, or call it "
                       "CLASS_NUMBER.csv"};
    const auto [first, last] = std::ranges::minmax(sample.events, {}, &event_at::time_us);
    if (from_first_)
      for (event_at& e : sample.events) e.time_us -= first.time_us;
    if (last.time_us - (from_first_ ? first.time_us : 0) >= longest_us)
      throw file_error{sample.where,
                       fmt::format("its sample goes on until {} us, which is 1000 s and more; check the unit of time{}",
                                   last.time_us, from_first_ ? "" : ", or count from the first event (--from-first)")};
    sample.events.shrink_to_fit();
  }

  bool from_first_, labelled_;
};

/// Throws where nothing says how large the sensor is, and says what would be enough.
void check_sensor(const collected& all, const std::string& path) {
  const csv_sensor& sensor = all.sensor;
  if (all.columns->picture && (sensor.width == 0 || sensor.height == 0))
    throw file_error{path, fmt::format("nothing says how large the sensor is; the greatest x is {} and the greatest y "
                                       "{}, so give --width {} --height {}, or more, or write comments # width = {} "
                                       "and # height = {} above the first line",
                                       all.greatest_x, all.greatest_y, all.greatest_x + 1, all.greatest_y + 1,
                                       all.greatest_x + 1, all.greatest_y + 1)};
  if (!all.columns->picture && sensor.channels == 0)
    throw file_error{path, fmt::format("nothing says how many channels there are; the greatest is {}, so give "
                                       "--channels {}, or more, or write a comment # channels = {} above the first "
                                       "line",
                                       all.greatest_x, all.greatest_x + 1, all.greatest_x + 1)};
  if (all.columns->picture ? all.greatest_x >= sensor.width || all.greatest_y >= sensor.height
                           : all.greatest_x >= sensor.channels)
    throw file_error{path, "has events beyond the sensor that a later file describes"};
}

std::vector<std::string> classes_in(const collected& all, const std::string& path) {
  std::set<std::string> labels;
  for (const auto& s : all.samples) labels.insert(s.label);
  if (labels.size() > most_classes)
    throw file_error{path, fmt::format("has {} classes; is the column label one of classes?", labels.size())};
  std::vector<std::string> classes(labels.begin(), labels.end());
  put_classes_in_order(classes);
  return classes;
}

}  // namespace

csv_events::csv_events(const fs::path& path, csv_options options)
    : options_{std::move(options)},
      name_{"CSV (" + fs::absolute(path / ".").lexically_normal().parent_path().filename().string() + ")"} {
  collected all{{options_.width, options_.height, options_.channels, options_.time_unit}, options_};
  for (const csv_file& file : files_of(path)) all.read(file);
  check_sensor(all, path.string());
  const bool picture = all.columns->picture;
  options_.width = picture ? all.sensor.width : 0;
  options_.height = picture ? all.sensor.height : 0;
  const std::uint32_t plane = picture ? all.sensor.width * all.sensor.height : all.sensor.channels;
  channels_ = std::size_t{plane} * (all.columns->polarity ? 2 : 1);
  classes_ = options_.classes.empty() ? classes_in(all, path.string()) : options_.classes;
  bool divided = false;
  for (auto& s : all.samples) {
    const bool says = options_.labelled || std::ranges::find(classes_, s.label) != classes_.end();
    const auto found = says ? std::ranges::find(classes_, s.label) : classes_.begin();
    if (found == classes_.end())
      throw file_error{s.where, fmt::format("the class \"{}\" is none of {}", s.label, fmt::join(classes_, ", "))};
    divided |= s.part != data_part::all;
    if (options_.part != data_part::all && s.part != options_.part) continue;
    labels_.push_back(static_cast<std::uint32_t>(found - classes_.begin()));
    says_label_.push_back(says);
    std::vector<event> events;
    for (const auto& e : s.events)
      events.push_back({e.time_us, (e.on ? plane : 0) + (picture ? e.y * options_.width : 0) + e.x});
    s.events = {};
    keep(std::move(events));
  }
  if (labels_.empty())
    throw file_error{path.string(), divided ? "holds no sample of the part asked for"
                                            : "is not divided into parts: there is no folder train or test in it"};
}

void csv_events::keep(std::vector<event> events) {
  put_in_order(events);
  for (const event& e : events) {
    times_us_.push_back(static_cast<std::uint32_t>(e.time_us));
    channels_of_.push_back(e.channel);
  }
  offsets_.push_back(times_us_.size());
}

bool holds_files(const fs::path& folder, std::initializer_list<const char*> extensions, int depth) {
  constexpr int most_entries = 1000;
  std::error_code problem;
  int entries = 0;
  for (fs::directory_iterator at{folder, problem}, end; !problem && at != end && entries < most_entries;
       at.increment(problem), ++entries) {
    std::error_code ignored;
    if (std::ranges::find(extensions, at->path().extension().string()) != extensions.end()) return true;
    if (depth > 0 && at->is_directory(ignored) && holds_files(at->path(), extensions, depth - 1)) return true;
  }
  return false;
}

csv_options csv_extent(const fs::path& path) {
  csv_sensor sensor;
  csv_summary most;
  for (const csv_file& file : files_of(path)) {
    const csv_summary s = read_csv(file.path, sensor, [](const csv_event&) {});
    most.greatest_x = std::max(most.greatest_x, s.greatest_x);
    most.greatest_y = std::max(most.greatest_y, s.greatest_y);
  }
  const auto known = [](std::uint32_t said, std::uint32_t greatest) { return said > 0 ? said : greatest + 1; };
  return {.width = known(sensor.width, most.greatest_x),
          .height = known(sensor.height, most.greatest_y),
          .channels = known(sensor.channels, most.greatest_x)};
}

std::uint32_t csv_events::label(std::size_t i) const {
  check_index(i);
  return labels_[i];
}

labelled_recording csv_events::read(std::size_t i) const {
  labelled_recording result{.events = {}, .label = label(i)};
  auto& events = result.events.events;
  for (std::uint64_t n = offsets_[i]; n < offsets_[i + 1]; ++n) events.push_back({times_us_[n], channels_of_[n]});
  result.events.length = length_of(events.empty() ? 0 : events.back().time_us);
  return result;
}

bool csv_events::says_label(std::size_t i) const {
  check_index(i);
  return says_label_[i];
}

std::int64_t csv_events::last_us() const {
  return times_us_.empty() ? 0 : std::int64_t{*std::max_element(times_us_.begin(), times_us_.end())};
}

std::string csv_events::label_name(std::uint32_t label) const {
  return label < classes_.size() ? classes_[label] : dataset::label_name(label);
}

}  // namespace spinule

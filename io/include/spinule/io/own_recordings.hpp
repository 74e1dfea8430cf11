// Recordings of one's own: event lists in CSV files, and anything that a function can give.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <spinule/io/dataset.hpp>

namespace spinule {

/// What the files themselves need not say.
struct csv_options {
  data_part part = data_part::all;
  std::uint32_t width = 0, height = 0;  ///< pixels, where events have x and y; 0: a comment in the files says it
  std::uint32_t channels = 0;           ///< where events have a channel; the same
  std::string time_unit = {};           ///< "s", "ms", "us" or "ns"; empty: the header or a comment says it
  bool from_first = false;              ///< times count from the first event of each sample
  std::vector<std::string> classes =
      {};                ///< names in order; empty: those found in the files, in order of number or name
  bool labelled = true;  ///< false: a sample need not say its class; its label is then 0
};

/// Event lists as text, one event a line, the columns named by the first: a time, then a channel, or x, y and perhaps a
/// polarity; `sample` where a file holds several recordings; `label`. docs/formats.md has all names, and how folders
/// and file names say class and part. channel = (polarity * height + y) * width + x, or polarity * channels + channel.
///
/// Samples are in order of part (train before test), path and first line. All events are held in memory, 8 bytes each.
class csv_events final : public dataset {
 public:
  /// A file, or a folder of files. Throws `file_error{file:line, ...}` for what is no such list, outside the sensor, or
  /// at odds with the rest; `file_error{path, ...}` when nothing says how large the sensor is, and then what would do.
  explicit csv_events(const std::filesystem::path& path, csv_options options = {});

  std::string name() const override { return name_; }
  std::size_t size() const override { return labels_.size(); }
  std::size_t channels() const override { return channels_; }
  std::size_t classes() const override { return classes_.size(); }
  std::size_t width() const override { return options_.width; }
  std::size_t height() const override { return options_.height; }
  std::uint32_t label(std::size_t i) const override;
  labelled_recording read(std::size_t i) const override;
  std::string label_name(std::uint32_t label) const override;
  /// Of all samples.
  std::uint64_t events() const { return times_us_.size(); }
  std::int64_t last_us() const;
  /// Whether sample i says its class. Throws `spinule_error` when i >= size().
  bool says_label(std::size_t i) const;

 private:
  void keep(std::vector<event> events);

  csv_options options_;  ///< width and height as found
  std::string name_;
  std::size_t channels_ = 0;
  std::vector<std::string> classes_;
  std::vector<std::uint32_t> labels_;
  std::vector<bool> says_label_;
  std::vector<std::uint64_t> offsets_{0};  ///< [samples + 1]
  std::vector<std::uint32_t> times_us_, channels_of_;
};

/// What a function gives.
struct recording_source {
  std::string name = "own recordings";
  std::size_t size = 0, channels = 0, classes = 0;
  std::size_t width = 0, height = 0;  ///< 0: the channels form no picture
  /// Sample i, the same whenever it is asked for; may be called by several threads at once.
  std::function<labelled_recording(std::size_t)> read;
  std::vector<std::uint32_t> labels = {};     ///< [samples]; empty: each sample is read once for it
  std::vector<std::string> label_names = {};  ///< [classes]; empty: numbers
};

/// A data set of them. Events may come in any order.
class own_recordings final : public dataset {
 public:
  /// Throws `spinule_error` for sizes that are 0 or do not fit each other, and a label that is no class.
  explicit own_recordings(recording_source source);

  std::string name() const override { return source_.name; }
  std::size_t size() const override { return source_.size; }
  std::size_t channels() const override { return source_.channels; }
  std::size_t classes() const override { return source_.classes; }
  std::size_t width() const override { return source_.width; }
  std::size_t height() const override { return source_.height; }
  std::uint32_t label(std::size_t i) const override;
  /// Throws `spinule_error` naming the sample, for a channel, a time or a label that cannot be.
  labelled_recording read(std::size_t i) const override;
  std::string label_name(std::uint32_t label) const override;

 private:
  recording_source source_;
};

}  // namespace spinule

// Spiking Heidelberg Digits and its layout (Cramer, Stradmann, Schemmel, Zenke, IEEE TNNLS 33(7), 2022).
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <spinule/io/dataset.hpp>
#include <spinule/io/engine/hdf5_reader.hpp>

namespace spinule {

/// Which samples of a file, by their numbers from 0 on. A range that goes beyond the file ends with it.
struct shd_options {
  std::uint32_t first = 0, last = std::numeric_limits<std::uint32_t>::max();
};

/// A file of spoken digits, .h5 or .h5.gz, through the isolated reader of hdf5_reader.hpp:
///
///     /spikes/times   rows of variable length, floating point (binary16 in the published files), seconds
///     /spikes/units   rows of the same lengths, integers, cochlear channel 0 .. 699
///     /labels         integers, one per row
///     /extra/keys     optional: the name of each class; without it there are 20, "zero" .. "nine", "null" .. "neun"
///
/// A time becomes whole microseconds, to the nearest, halves up. Binary16 is coarse (0.49 ms from 0.5 s on), so many
/// spikes of a sample share a time: the order of events is by time, then by channel; repeated ones are all kept.
///
/// The spikes are held in memory, 6 bytes each.
class shd final : public dataset {
 public:
  /// Throws `file_error` naming sample and spike when a time is not finite, negative or 1000 s or more, a channel or a
  /// label is out of range, rows or their lengths do not match, or a data set is missing or of another type.
  explicit shd(const std::filesystem::path& file, const shd_options& which = {}, const hdf5_limits& limits = {});

  std::string name() const override { return name_; }
  std::size_t size() const override { return labels_.size(); }
  std::size_t channels() const override { return 700; }
  std::size_t classes() const override { return names_.size(); }
  std::uint32_t label(std::size_t i) const override;
  labelled_recording read(std::size_t i) const override;
  std::string label_name(std::uint32_t label) const override;

  /// Spikes in all samples.
  std::uint64_t spikes() const { return channels_.size(); }
  /// Time of the last of them, 0 when there are none.
  std::int64_t last_us() const;

 private:
  void keep(const shd_options& which);

  std::string name_;
  std::vector<std::string> names_;
  std::vector<std::uint32_t> labels_;
  std::vector<std::uint64_t> offsets_;  ///< sample i has spikes offsets_[i] .. offsets_[i + 1] - 1
  std::vector<std::uint32_t> times_us_;
  std::vector<std::uint16_t> channels_;
};

}  // namespace spinule

// What a file or folder holds, at a glance but checked to the last event.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace spinule {

struct dataset_info {
  std::string format;  ///< "N-MNIST folder", "N-MNIST recording", "SHD HDF5", "MNIST idx images", ...
  std::uint64_t samples = 0;
  std::optional<std::uint64_t> events;      ///< in all samples; none for images, whose events depend on the code
  std::optional<std::int64_t> duration_us;  ///< time of the last event of the longest sample
  std::uint32_t width = 0;                  ///< pixels; 0 when the channels form no picture
  std::uint32_t height = 0;
  std::uint32_t channels = 0;
  std::map<std::uint32_t, std::uint64_t> labels;    ///< how often each class occurs; empty when the file does not say
  std::map<std::uint32_t, std::string> names = {};  ///< of these classes, where they have other names than numbers
  std::string remark = {};                          ///< of files that are known and not read: what can be read instead

  bool operator==(const dataset_info&) const = default;
};

/// Looks into N-MNIST folders (see nmnist.hpp) and .bin files, 5-byte recordings of 128 x 128 cameras (.bs2), SHD files
/// (.h5, .h5.gz), idx files, event lists (CSV) and folders of these. Every event is checked as its reader checks it.
/// What a file is follows from its content, and only for 5-byte recordings and lists, which have no mark, from its
/// name. Event files of other programs are named with a `remark`, and nothing in them is checked. Throws `file_error`
/// when there is nothing, the content is wrong, or the format is unknown: then it says what was found and what is
/// known.
dataset_info inspect(const std::filesystem::path& path);

/// What an event file of another program is, with its `remark`; none for any other file. Only its beginning is looked
/// at. Throws `file_error` for what cannot be opened.
std::optional<dataset_info> of_another_program(const std::filesystem::path& path);

/// A line for each field that is known, for people.
std::string to_text(const dataset_info& info);

/// The fields of `info` by their names, as an object of JSON.
std::string to_json(const dataset_info& info);

}  // namespace spinule

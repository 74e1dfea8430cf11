// Foreign HDF5 files, read where they can do no harm.
//
// The HDF5 library crashes, hangs or reads other files when a file is damaged or made to. So it never runs in this
// process: a forked child with limits on memory and time opens the file, checks everything before it allocates, and
// sends plain arrays back through a pipe. If the child dies, the file is refused with an error and nothing else
// happens. Refused as well: links other than hard ones, data stored in other files, virtual data sets, filters other
// than deflate, shuffle and fletcher32, and data sets that claim to hold more than their stored bytes can.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace spinule {

/// One data set. Its element type follows from the file: unsigned integers of up to 16 bits come as uint16, all others
/// as int64 (uint64 beyond 2^63 - 1 is cut to that), floating point of up to 32 bits as float, up to 64 as double,
/// strings as text. All but the last are exact.
struct hdf5_array {
  using storage = std::variant<std::vector<std::uint16_t>, std::vector<std::int64_t>, std::vector<float>,
                               std::vector<double>, std::vector<std::string>>;
  std::vector<std::uint64_t> shape;    ///< extents, outermost first; empty for a scalar
  storage values;                      ///< row by row
  bool ragged = false;                 ///< rows of different lengths (HDF5's variable-length type)
  std::vector<std::uint64_t> offsets;  ///< ragged only: row r is values[offsets[r]] .. values[offsets[r + 1] - 1]
};

/// A data set, or a group: all data sets below it.
struct hdf5_request {
  std::string path;      ///< absolute: "/spikes/times", "/" for the whole file
  bool required = true;  ///< what is missing and not required is left out
};

struct hdf5_limits {
  std::uint64_t file_bytes = std::uint64_t{4} << 30;  ///< of the file, after gzip
  std::uint64_t bytes = std::uint64_t{1} << 30;       ///< of all arrays together
  std::uint32_t objects = 10'000;                     ///< groups and data sets visited
  std::uint32_t depth = 32;                           ///< of groups within groups
  std::chrono::milliseconds patience{5000};           ///< processor time of the reader without progress
};

/// Reads data sets of a file, which may be compressed as a whole with gzip; by their paths.
/// Throws `file_error` naming the file and, where known, the data set.
std::map<std::string, hdf5_array> read_hdf5(const std::filesystem::path& path, std::span<const hdf5_request> requests,
                                            const hdf5_limits& limits = {});

}  // namespace spinule

#include "foreign_formats.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include <spinule/io/engine/hdf5_reader.hpp>

namespace spinule {
namespace {

using namespace std::string_view_literals;

constexpr const char* as_camera = "a CSV file with columns time_us, x, y, polarity";
constexpr const char* as_channels = "a CSV file with columns time_us, channel";

dataset_info known_as(std::string format, const std::string& remark) {
  dataset_info info;
  info.format = std::move(format);
  info.remark = "not read by Spinule; " + remark;
  return info;
}

/// The number after `key` in the lines of a header, 0 if there is none.
std::uint32_t number_after(std::string_view header, std::string_view key) {
  const auto at = header.find(key);
  if (at == header.npos) return 0;
  const auto digits = header.find_first_not_of(" =", at + key.size());
  std::uint32_t value = 0;
  if (digits != header.npos) std::from_chars(header.data() + digits, header.data() + header.size(), value);
  return value;
}

/// The lines that begin with %.
std::string_view percent_lines(std::string_view start) {
  std::size_t end = 0;
  while (end < start.size() && start[end] == '%') {
    const auto line_end = start.find('\n', end);
    if (line_end == start.npos) return start;
    end = line_end + 1;
  }
  return start.substr(0, end);
}

dataset_info aedat(const std::string& start) {
  const std::string_view mark = "#!AER-DAT";
  const std::string version = start.size() > mark.size() ? start.substr(mark.size(), 3) : "";
  const char* by = version.starts_with('4') ? "DV" : version.starts_with('3') ? "cAER" : "jAER";
  return known_as(fmt::format("AEDAT {} ({})", version, by),
                  fmt::format("export its events as {} (of a cochlea {}), with {}", as_camera, as_channels,
                              version.starts_with('4') ? "dv-processing" : "jAER"));
}

dataset_info prophesee(std::string_view header) {
  const auto write = [](const std::string& format) {
    return known_as(format, fmt::format("write its events as {}, with metavision_file_to_csv or expelliarmus, and name "
                                        "the columns",
                                        as_camera));
  };
  const auto has = [&](std::string_view text) { return header.find(text) != header.npos; };
  dataset_info info = has("evt 2.0") || has("format EVT2;")   ? write("Prophesee RAW, EVT 2.0")
                      : has("evt 2.1") || has("format EVT21") ? write("Prophesee RAW, EVT 2.1")
                      : has("evt 3.0") || has("format EVT3")  ? write("Prophesee RAW, EVT 3.0")
                      : has("evt 4") || has("format EVT4")    ? write("Prophesee RAW, EVT 4")
                                                              : write("Prophesee DAT");
  info.width = std::max(number_after(header, "width"), number_after(header, "Width"));
  info.height = std::max(number_after(header, "height"), number_after(header, "Height"));
  return info;
}

dataset_info event_stream(const std::string& start) {
  constexpr std::array kinds{"generic", "DVS", "ATIS", "asynchronous & ATIS", "color"};
  const auto byte = [&](std::size_t i) {
    return i < start.size() ? static_cast<unsigned char>(start[i]) : static_cast<unsigned char>(0);
  };
  const std::size_t kind = byte(15);
  dataset_info info = known_as(fmt::format("Event Stream {}.{}.{}, {}", byte(12), byte(13), byte(14),
                                           kind < kinds.size() ? kinds[kind] : "of unknown kind"),
                               fmt::format("write its events as {}, with event_stream or faery", as_camera));
  if (kind > 0) {
    info.width = byte(16) | static_cast<std::uint32_t>(byte(17)) << 8;
    info.height = byte(18) | static_cast<std::uint32_t>(byte(19)) << 8;
  }
  return info;
}

dataset_info other_idx(const std::string& start) {
  const int type = static_cast<unsigned char>(start[2]), dimensions = static_cast<unsigned char>(start[3]);
  const char* element = type == 8      ? "bytes"
                        : type == 9    ? "signed bytes"
                        : type == 0x0b ? "16-bit integers"
                        : type == 0x0c ? "32-bit integers"
                        : type == 0x0d ? "float"
                                       : "double";
  return known_as(fmt::format("idx of {}, {} dimension{}", element, dimensions, dimensions == 1 ? "" : "s"),
                  "images are read as bytes of 3 dimensions, labels as bytes of 1, as MNIST has them");
}

bool is_other_idx(const std::string& start) {
  if (start.size() < 4 || start[0] != 0 || start[1] != 0) return false;
  const int type = static_cast<unsigned char>(start[2]), dimensions = static_cast<unsigned char>(start[3]);
  const bool known = type == 8 || type == 9 || (type >= 0x0b && type <= 0x0e);
  return known && dimensions >= 1 && dimensions <= 8 && !(type == 8 && (dimensions == 1 || dimensions == 3));
}

struct marked {
  std::string_view start, format, remark;
};
/// Files that hold many kinds of things, events among them.
constexpr std::array containers{
    marked{"MATLAB 5.0 MAT-file"sv, "MATLAB 5 file", "write its events as a CSV file"},
    marked{"\x93NUMPY"sv, "NumPy array", "write its events as a CSV file (numpy.savetxt with a header)"},
    marked{"PK\x03\x04"sv, "zip archive (NumPy .npz, PyTorch)", "write its events as a CSV file"},
    marked{"#ROSBAG V2.0"sv, "ROS bag", "write its event messages as a CSV file"},
    marked{"\x80\x02"sv, "Python pickle", "write its events as a CSV file"},
    marked{"\x80\x03"sv, "Python pickle", "write its events as a CSV file"},
    marked{"\x80\x04"sv, "Python pickle", "write its events as a CSV file"},
    marked{"\x80\x05"sv, "Python pickle", "write its events as a CSV file"},
};

}  // namespace

std::optional<dataset_info> foreign_file(const std::string& start) {
  if (start.starts_with("#!AER-DAT")) return aedat(start);
  if (start.starts_with("% ")) {
    const std::string_view header = percent_lines(start);
    if (header.find("evt ") != header.npos || header.find("format EVT") != header.npos ||
        header.find("Data file containing") != header.npos)
      return prophesee(header);
  }
  if (start.starts_with("Event Stream")) return event_stream(start);
  if (is_other_idx(start)) return other_idx(start);
  for (const marked& m : containers)
    if (start.starts_with(m.start)) return known_as(std::string{m.format}, std::string{m.remark});
  return {};
}

std::optional<dataset_info> foreign_hdf5(const std::filesystem::path& path) {
  const hdf5_request markers[] = {{.path = "/labels", .required = false},
                                  {.path = "/session_description", .required = false},
                                  {.path = "/version", .required = false}};
  const auto found = read_hdf5(path, markers);
  if (found.contains("/labels")) return {};
  const std::string instead =
      "SHD has /labels, /spikes/times and /spikes/units; write other events so, or as a CSV file";
  if (found.contains("/session_description")) return known_as("NWB (HDF5)", instead);
  if (found.contains("/version")) return known_as("NIR graph, or another HDF5 file with /version", instead);
  return known_as("HDF5 file of another kind than SHD", instead);
}

}  // namespace spinule
